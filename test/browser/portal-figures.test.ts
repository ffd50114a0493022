/** What a customer sees of plan, cost and usage, on some of the demo's customers. */
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { readCost, readForecast } from '../../src/contracts/routes/costs.ts';
import { readCustomer } from '../../src/contracts/routes/customers.ts';
import { listPeriods } from '../../src/contracts/routes/periods.ts';
import { readGaps, readUsage } from '../../src/contracts/routes/usage-reads.ts';
import { moneyText } from '../../ui/src/money/money-text.ts';
import { quantityText } from '../../ui/src/money/quantity-text.ts';
import { allowancesOf } from '../../ui/src/portal/allowances.ts';
import { expectAccessible } from '../harness/browser/accessibility.ts';
import { apiOf } from '../harness/browser/api.ts';
import { describeInBrowser } from '../harness/browser/chromium.ts';
import { rowsOf } from '../harness/browser/lists.ts';
import { asMember, withoutSignInLimits } from '../harness/browser/member.ts';
import { type DemoName, portalDemo } from '../harness/browser/portal-demo.ts';
import { asAdmin } from '../harness/browser/session.ts';
import { expectToldOfTrouble, troubledApi } from '../harness/browser/troubled-api.ts';

const demo = portalDemo();

describeInBrowser(
  'a customer’s figures',
  (browsing) => {
    const api = () => apiOf(browsing.platform.url, browsing.platform.ready.admin_token);
    const idOf = (who: DemoName) => ({ customerId: demo.memberOf(who).customerId });
    const as = (who: DemoName) => asMember(browsing.platform, idOf(who).customerId, 'viewer');
    const open = (path: string, who: DemoName = 'paying', options = {}) =>
      browsing.open(path, { before: as(who), ...options });
    const heading = (page: Page, name: string) => page.getByRole('heading', { name, exact: true });

    it('the overview has plan, cost so far, forecast with its range, and every allowance, as the API says them', async () => {
      const params = idOf('paying');
      const page = await open('/');
      await heading(page, 'Overview').waitFor();
      const cost = await api().call(readCost, { params });
      const forecast = await api().call(readForecast, { params });
      const { deployment } = await api().call(readCustomer, { params });
      const main = page.locator('main');
      await main.getByText(moneyText(cost.total_cents), { exact: true }).first().waitFor();
      const range = `Between ${moneyText(forecast.low_cents)} and ${moneyText(forecast.high_cents)}, four times of five`;
      await main.getByText(range).waitFor();
      await main.getByText('$99.00 a month').waitFor();
      await main.getByRole('link', { name: deployment.instance_url }).waitFor();
      const uses = allowancesOf(cost.lines);
      expect(uses.map(({ key }) => key)).toContain('network_bytes');
      for (const { used, size } of uses) {
        await main
          .getByText(`${quantityText(used)} of ${quantityText(size ?? 0)} `)
          .first()
          .waitFor();
      }
      expect(await main.getByRole('progressbar').count()).toBe(uses.length);
      expect(await page.title()).toBe('Overview · Tenantry');
      await expectAccessible(page);
    });

    it('a trial says how many days are left, and what happens then', async () => {
      const { subscription } = await api().call(readCustomer, { params: idOf('trialing') });
      const days = Math.ceil((Date.parse(subscription.trial_ends_at ?? '') - Date.now()) / 86_400_000);
      const page = await open('/', 'trialing');
      await page.getByText(`${days} days left`).waitFor();
      await page.getByText('Nothing is charged by itself').waitFor();
      await page.getByText('This period is shown and never invoiced.').waitFor();
    });

    it('the cost of a period is its lines with their why; another period is an address, and is gone back from', async () => {
      const params = idOf('paying');
      const page = await open('/cost');
      const cost = await api().call(readCost, { params });
      const lines = page.getByRole('grid', { name: 'Lines of the period' });
      for (const { description, amount_cents, reason } of cost.lines) {
        const row = lines.getByRole('row').filter({ hasText: description }).filter({ hasText: reason }).first();
        expect(await row.textContent()).toContain(moneyText(amount_cents));
      }
      await page.getByText(`Total so far ${moneyText(cost.total_cents)}`).waitFor();
      await expectAccessible(page);
      const { items } = await api().call(listPeriods, { params });
      const trial = items.find(({ kind }) => kind === 'trial');
      const past = await api().call(readCost, { params, query: { period: trial?.start } });
      await page.getByRole('grid', { name: 'Billing periods' }).getByRole('link').last().focus();
      await page.keyboard.press('Enter');
      await page.getByText(`Total ${moneyText(past.total_cents)}`).waitFor();
      await lines.getByText('a trial has no fee').waitFor();
      expect(new URL(page.url()).searchParams.get('period')).toBe(trial?.start);
      await page.goBack();
      await page.getByText(`Total so far ${moneyText(cost.total_cents)}`).waitFor();
    });

    it('usage by day is drawn and listed, with the outage as a gap, and a day leads to its hours', async () => {
      const params = idOf('paying');
      const page = await open('/usage');
      await page.getByRole('img', { name: 'CPU, core-hours, as bars; gaps are marked' }).waitFor();
      const usage = await api().call(readUsage, { params, query: { limit: 100 } });
      const rows = rowsOf(page, 'Usage');
      expect(await rows.count()).toBe(usage.items.length);
      const [, day] = usage.items;
      expect(await rows.nth(1).textContent()).toContain(quantityText(day?.cpu_hours ?? -1));
      const gaps = await api().call(readGaps, { params });
      expect(gaps.items).toMatchObject([{ reason: 'missing', windows: 6 }]);
      await page.getByRole('grid', { name: 'Gaps in usage' }).getByText('Nothing was reported').waitFor();
      await expectAccessible(page);
      await rows.nth(1).getByRole('link').click();
      const date = day?.window_start.slice(0, 10) ?? '';
      await page.waitForURL(`**/usage?day=${date}`);
      await page.getByText(`Hours of ${date}`).waitFor();
      await expect.poll(() => rows.count()).toBe(24);
    });

    it('another range and quantity are in the address; the file is the same range', async () => {
      const page = await open('/usage');
      await page.getByRole('combobox', { name: 'By' }).selectOption('hour1');
      await page.waitForURL('**/usage?range=hour1');
      await page.getByRole('combobox', { name: 'Quantity' }).selectOption('memory_gb_hours');
      await page.waitForURL('**/usage?range=hour1&field=memory_gb_hours');
      await page.getByRole('img', { name: /^Memory, GB-hours/ }).waitFor();
      const href = await page.getByRole('link', { name: 'Download as CSV' }).getAttribute('href');
      const file = await page.request.get(href ?? '');
      expect(file.headers()['content-type']).toContain('text/csv');
      expect((await file.text()).trim().split('\n').length - 1).toBe(await rowsOf(page, 'Usage').count());
    });

    it('an API that is slow, fails or answers HTML is said where the figure would be, with another try', async () => {
      const trouble = troubledApi('**/api/usage/*/cost');
      const page = await open('/', 'paying', { before: [as('paying'), trouble.install] });
      await page.getByText('four times of five').waitFor();
      await expectToldOfTrouble(page, trouble, page.getByText('Before tax'));
    });

    it('an admin who comes to the first address is led to their own', async () => {
      const page = await browsing.open('/', { before: asAdmin(browsing.platform) });
      await page.waitForURL('**/console/customers');
    });
  },
  { ...withoutSignInLimits, ...demo.env },
  demo,
);
