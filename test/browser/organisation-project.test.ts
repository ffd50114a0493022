/** One project of an organisation: what it costs, what of, since when, and its labels. */
import { beforeAll, expect, it } from 'vitest';
import { listBillingProjects, readBillingTrends } from '../../src/contracts/routes/organisation-billing.ts';
import { expectAccessible } from '../harness/browser/accessibility.ts';
import { describeInBrowser } from '../harness/browser/chromium.ts';
import { expectFits } from '../harness/browser/fits.ts';
import { asPerson, organisation, organisationWork, type Project } from '../harness/browser/organisation-work.ts';
import { asAdmin } from '../harness/browser/session.ts';
import { expectToldOfTrouble, troubledApi } from '../harness/browser/troubled-api.ts';
import { withMinutes } from '../harness/browser/usage-work.ts';
import { money } from '../harness/browser/words.ts';

describeInBrowser(
  'organisation billing: one project',
  (browsing) => {
    let work: ReturnType<typeof organisationWork>;
    let shop: Project;
    const open = (path: string, options = {}) =>
      browsing.open(path, { before: asPerson(browsing.platform, 'org-admin'), ...options });
    const address = (query = '') => `/organisation/projects/${shop.namespace}${query}`;

    beforeAll(async () => {
      work = organisationWork(browsing.platform);
      shop = await work.project('Shop', { team: 'commerce' });
      await shop.use(412);
    });

    it('shows overview, breakdown and trends with the API’s own numbers, which fit together', async () => {
      const page = await open(address());
      const breakdown = page.getByRole('grid', { name: 'This month by kind of resource' });
      await breakdown.waitFor();
      const overview = await work.overview(shop.namespace);
      const total = money(overview.billing_summary.current_month_total);
      const facts = page.locator('dl').first();
      await facts.getByText(total).first().waitFor();
      const cell = (kind: string) =>
        breakdown.locator('tbody tr', { hasText: kind }).locator('[data-label="Cost"]').textContent();
      expect(await cell('CPU')).toBe(money(overview.cost_breakdown.cpu_cost));
      expect(await cell('Memory')).toBe(money(overview.cost_breakdown.memory_cost));
      expect(await cell('Total')).toBe(total);
      const trends = page.getByRole('region', { name: 'Trends' });
      await trends.getByText(`Total: ${total}`).waitFor();
      await trends.getByRole('img', { name: 'Cost over time' }).waitFor();
      await expectAccessible(page);
      await trends.getByRole('combobox', { name: 'Range' }).selectOption({ label: 'Last 12 months' });
      await page.waitForURL(`**${address('?range=year')}`);
      const { namespace } = shop;
      const query = { organisation, namespace, by: 'meter', granularity: 'month' } as const;
      const { data } = await work.admin.call(readBillingTrends, { query });
      const row = trends.getByRole('grid').locator('tbody tr').first();
      await expect.poll(() => row.locator('[data-label="Total"]').textContent()).toBe(money(data.total));
      expect(await page.title()).toBe('Project · Tenantry');
    });

    it('its numbers move without a reload', async () => {
      const page = await open(address());
      await page.getByText('Live', { exact: true }).waitFor();
      await shop.use(200);
      const total = money((await work.overview(shop.namespace)).billing_summary.current_month_total);
      await page.getByRole('region', { name: 'Trends' }).getByText(`Total: ${total}`).waitFor();
      await page.locator('dl').first().getByText(total).first().waitFor();
    });

    it('labels are set by an org-admin with the keyboard alone, and not by whom the route refuses', async () => {
      const page = await open(address());
      await page.getByRole('button', { name: 'Edit labels' }).focus();
      await page.keyboard.press('Enter');
      const dialog = page.getByRole('dialog', { name: `Edit labels of ${shop.namespace}?` });
      await dialog.getByRole('textbox', { name: 'Value 1' }).fill('com merce');
      await expectAccessible(page);
      await dialog.getByRole('button', { name: 'Add a label' }).focus();
      await page.keyboard.press('Enter');
      await dialog.getByRole('textbox', { name: 'Key 2' }).fill('NOT a key');
      await dialog.getByRole('textbox', { name: 'Value 2' }).fill('<b>7</b>');
      await dialog.getByRole('button', { name: 'Edit labels' }).focus();
      await page.keyboard.press('Enter');
      await dialog.getByText('That was refused').waitFor();
      await dialog.getByRole('textbox', { name: 'Key 2' }).fill('cost-centre');
      await dialog.getByRole('button', { name: 'Edit labels' }).focus();
      await page.keyboard.press('Enter');
      await dialog.waitFor({ state: 'detached' });
      await page.getByRole('link', { name: 'cost-centre: <b>7</b>' }).waitFor();
      const { data } = await work.admin.call(listBillingProjects, { query: { organisation } });
      expect(data.items[0]?.labels).toEqual({ team: 'com merce', 'cost-centre': '<b>7</b>' });
      const others = [asPerson(browsing.platform, 'project-user'), asAdmin(browsing.platform, 'viewer')];
      for (const before of others) {
        const theirs = await open(address(`?organisation=${organisation}`), { before });
        await theirs.getByRole('link', { name: 'team: com merce' }).waitFor();
        expect(await theirs.locator('[data-operation]').count()).toBe(0);
      }
    });

    it('a project that is not there, an API that fails and one that answers HTML are said', async () => {
      const missing = await open('/organisation/projects/nobodys');
      await missing.getByText('That was refused').waitFor();
      await expectAccessible(missing);
      const trouble = troubledApi('**/overview*', 'slow');
      const page = await open(address(), { before: [asPerson(browsing.platform, 'org-admin'), trouble.install] });
      await page.getByRole('progressbar', { name: 'Loading' }).waitFor();
      trouble.set('failure');
      await expectToldOfTrouble(page, trouble, page.getByRole('grid', { name: 'This month by kind of resource' }));
    });

    it('what is shown stays, marked as old, when asking again fails', async () => {
      const trouble = troubledApi('**/overview*', 'well');
      const page = await open(address(), { before: [asPerson(browsing.platform, 'org-admin'), trouble.install] });
      await page.getByText('Live', { exact: true }).waitFor();
      await page.getByRole('grid', { name: 'This month by kind of resource' }).waitFor();
      trouble.set('failure');
      await shop.use(1);
      await page.getByText('Not up to date').waitFor();
      await page.getByRole('grid', { name: 'This month by kind of resource' }).waitFor();
    });

    it('nothing is wider than a laptop or a phone, or cut', async () => {
      const page = await open(address());
      await page.getByRole('img', { name: 'Cost over time' }).waitFor();
      await expectFits(page);
      await expectAccessible(page);
    });
  },
  withMinutes,
);
