/** Summary, attribution, files, keys and the audit log of an organisation. */
import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { beforeAll, expect, it } from 'vitest';
import { readAttribution, readBillingSummary } from '../../src/contracts/routes/organisation-billing.ts';
import { listOrganisationKeys } from '../../src/contracts/routes/organisation-keys.ts';
import { expectAccessible } from '../harness/browser/accessibility.ts';
import { describeInBrowser } from '../harness/browser/chromium.ts';
import { asPerson, organisation, organisationWork, type Project } from '../harness/browser/organisation-work.ts';
import { troubledApi, troubleMessage } from '../harness/browser/troubled-api.ts';
import { withMinutes } from '../harness/browser/usage-work.ts';
import { money } from '../harness/browser/words.ts';

const hostile = '=1+1 <b>Söhne</b>';

describeInBrowser(
  'organisation billing: its parts',
  (browsing) => {
    let work: ReturnType<typeof organisationWork>;
    let shop: Project;
    const open = (path: string, options = {}) =>
      browsing.open(path, { before: asPerson(browsing.platform, 'org-admin'), ...options });
    const rowOf = (page: Page, table: string, text: string) =>
      page.getByRole('grid', { name: table, exact: true }).locator('tbody tr', { hasText: text });
    const costOf = (page: Page, table: string, text: string) =>
      rowOf(page, table, text).locator('[data-label="Cost"]').textContent();
    const fileOf = async (page: Page, button: string) => {
      const saved = page.waitForEvent('download');
      await page.getByRole('button', { name: button }).click();
      const file = await saved;
      return { name: file.suggestedFilename(), text: readFileSync(await file.path(), 'utf8') };
    };

    beforeAll(() => {
      work = organisationWork(browsing.platform);
    });

    it('says what to do while there is nothing', async () => {
      const page = await open('/organisation/attribution');
      await page.getByText('Cost is shared out by labels').waitFor();
      await expectAccessible(page);
      await page.goto('/organisation/summary');
      await page.getByText('No project has a label').waitFor();
      await expectAccessible(page);
      await page.goto('/organisation/keys');
      await page.getByText('Make one and put it into your Prometheus').waitFor();
      await expectAccessible(page);
    });

    it('a month is the same by project, meter and label, and beside the month before', async () => {
      shop = await work.project('Shop', { team: hostile });
      const common = await work.project('Common', { shared: 'true' });
      await shop.use(300);
      await common.use(90);
      const page = await open('/organisation/summary');
      await page.getByRole('grid', { name: 'By project' }).waitFor();
      const { data } = await work.admin.call(readBillingSummary, { query: { organisation } });
      expect(data.total).toBeGreaterThan(0);
      await page.locator('dl').getByText(money(data.total), { exact: true }).waitFor();
      const own = data.by_project.find(({ namespace }) => namespace === shop.namespace);
      expect(await costOf(page, 'By project', shop.namespace)).toBe(money(own?.cost ?? 0));
      const meter = data.by_meter.toSorted((a, b) => b.cost - a.cost)[0];
      expect(await costOf(page, 'By meter', meter?.description ?? '')).toBe(money(meter?.cost ?? 0));
      expect(await costOf(page, 'By label team', hostile)).toBe(money(own?.cost ?? 0));
      await page.getByText(`+${money(data.change.amount)}`).waitFor();
      await page.getByRole('img', { name: 'Cost over time' }).waitFor();
      await expectAccessible(page);
    });

    it('another month is in the address; one in the future is refused in words', async () => {
      const page = await open('/organisation/summary');
      const month = page.getByRole('combobox', { name: 'Month' });
      await page.getByRole('grid', { name: 'By project' }).waitFor();
      const before = (await month.locator('option').allTextContents())[1] ?? '';
      await month.selectOption(before);
      await page.waitForURL(`**/organisation/summary?month=${before}`);
      await page.locator('dl').getByText(money(0), { exact: true }).first().waitFor();
      await page.goto('/organisation/summary?month=2999-01');
      await page.getByText('That was refused').waitFor();
      await expectAccessible(page);
    });

    it('attribution gives each value its own and its part of what is shared', async () => {
      const page = await open('/organisation/attribution');
      const table = page.getByRole('grid', { name: 'Shares of the cost' });
      await table.waitFor();
      const { data } = await work.admin.call(readAttribution, { query: { organisation, by: 'label:team' } });
      const [share] = data.shares;
      expect(share?.shared).toBeGreaterThan(0);
      const row = table.locator('tbody tr', { hasText: hostile });
      const cells = { Own: share?.own, 'Of what is shared': share?.shared, Cost: share?.cost };
      for (const [label, amount] of Object.entries(cells)) {
        expect(await row.locator(`[data-label="${label}"]`).textContent()).toBe(money(amount ?? 0));
      }
      expect(await costOf(page, 'Shares of the cost', 'Total')).toBe(money(data.total));
      await page.getByText(`${money(data.shared.cost)} is shared`).waitFor();
      await expectAccessible(page);
    });

    it('files are the API’s own, and a failure is no file', async () => {
      const trouble = troubledApi('**/api/billing/export?*', 'well');
      const page = await open('/organisation/export', {
        before: [asPerson(browsing.platform, 'org-admin'), trouble.install],
      });
      await page.getByRole('combobox', { name: 'Split by' }).getByText('Label team').waitFor({ state: 'attached' });
      const { total } = (await work.admin.call(readBillingSummary, { query: { organisation } })).data;
      const csv = await fileOf(page, 'Download CSV: Projects');
      expect([csv.name, csv.text]).toEqual(['projects.csv', expect.stringContaining(shop.namespace)]);
      const json = await fileOf(page, 'Download JSON: Trends');
      const { rows } = (JSON.parse(json.text) as { data: { rows: { cost: number }[] } }).data;
      expect(rows.reduce((sum, { cost }) => sum + Math.round(100 * cost), 0)).toBe(Math.round(100 * total));
      const focus = await fileOf(page, 'Download FOCUS');
      expect(focus.name).toMatch(/^focus-.*-\d{4}-\d{2}\.csv$/);
      expect(focus.text).toContain('BilledCost');
      await expectAccessible(page);
      trouble.set('failure');
      await page.getByRole('button', { name: 'Download CSV: Projects' }).click();
      await page.getByText(troubleMessage, { exact: true }).waitFor();
      await expectAccessible(page);
    });

    it('a key is made, shown once, and revoked', async () => {
      const page = await open('/organisation/keys');
      await page.getByRole('button', { name: 'Make a key' }).click();
      const dialog = page.getByRole('dialog', { name: 'Make a key for metrics?' });
      await dialog.getByRole('textbox', { name: 'Name' }).fill(hostile);
      await expectAccessible(page);
      await dialog.getByRole('button', { name: 'Make a key' }).click();
      const secret = await page.getByRole('textbox', { name: 'New key' }).inputValue();
      const answer = await fetch(new URL('/api/billing/metrics', browsing.platform.url), {
        headers: { authorization: `Bearer ${secret}` },
      });
      expect(await answer.text()).toContain(`project="${shop.namespace}"`);
      await rowOf(page, 'Keys', hostile).waitFor();
      await expectAccessible(page);
      await page.reload();
      await rowOf(page, 'Keys', hostile).waitFor();
      expect(await page.content()).not.toContain(secret);
      await rowOf(page, 'Keys', hostile).getByRole('button', { name: 'Revoke' }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
      await rowOf(page, 'Keys', hostile).getByText('Revoked').waitFor();
      const { data } = await work.admin.call(listOrganisationKeys, { query: { organisation } });
      expect(data.items).toMatchObject([{ name: hostile, revoked_at: expect.any(String) }]);
    });

    it('the audit log has what was done, is searched, and saved', async () => {
      const page = await open('/organisation/audit');
      await rowOf(page, 'Audit log', 'organisation_key.revoked').waitFor();
      await expectAccessible(page);
      await page.getByRole('combobox', { name: 'Kind' }).selectOption({ label: 'Projects' });
      await page.waitForURL('**/organisation/audit?action=project.');
      await rowOf(page, 'Audit log', 'project.labelled').first().waitFor();
      await expect.poll(() => rowOf(page, 'Audit log', 'organisation_key').count()).toBe(0);
      const file = await fileOf(page, 'Download CSV');
      expect([file.name, file.text]).toEqual(['audit.csv', expect.stringContaining('project.labelled')]);
      expect(file.text).not.toContain('organisation_key.revoked');
    });
  },
  withMinutes,
);
