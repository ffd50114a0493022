/** Customers as staff sees them: the list, and one customer with what can be done, on some weeks of the demo. */
import { beforeAll, expect, it } from 'vitest';
import { listAccountKeys } from '../../src/contracts/routes/account-keys.ts';
import { listAudit } from '../../src/contracts/routes/audit.ts';
import { readCost } from '../../src/contracts/routes/costs.ts';
import { createCustomer, listCustomers, readCustomer } from '../../src/contracts/routes/customers.ts';
import { readDeployment } from '../../src/contracts/routes/deployments.ts';
import { listLicences } from '../../src/contracts/routes/licences.ts';
import { listMembers } from '../../src/contracts/routes/sessions.ts';
import { readGaps, readUsage } from '../../src/contracts/routes/usage-reads.ts';
import { expectAccessible } from '../harness/browser/accessibility.ts';
import { describeInBrowser } from '../harness/browser/chromium.ts';
import type { ConsoleDemo } from '../harness/browser/console-demo.ts';
import { keptConsoleDemo } from '../harness/browser/kept-console-demo.ts';
import { factOf, rowsOf } from '../harness/browser/lists.ts';
import { asAdmin } from '../harness/browser/session.ts';
import { dollars, hostileName } from '../harness/browser/words.ts';

/** By their place in the cast. */
const someone = 2;
const failed = 19;
const left = 18;
const other = 9;

const kept = keptConsoleDemo();
const { env, filling } = kept;

describeInBrowser(
  'console: customers',
  (browsing) => {
    const open = (path: string, options = {}) =>
      browsing.open(path, { before: asAdmin(browsing.platform), ...options });
    const asViewer = () => ({ before: asAdmin(browsing.platform, 'viewer') });

    let demo: ConsoleDemo;
    beforeAll(async () => {
      demo = kept.demo();
      const body = { email: 'hostile@example.com', company_name: hostileName, plan: 'starter' };
      await demo.admin(createCustomer, { body });
    });
    const at = (number: number, tab?: string) =>
      `/console/customers/${demo.customerOf(number)}${tab === undefined ? '' : `?tab=${tab}`}`;
    const params = (number: number) => ({ params: { customerId: demo.customerOf(number) } });

    it('lists every customer with subscription and deployment; names of others are text', async () => {
      const page = await open('/console/customers');
      await page.getByRole('link', { name: hostileName }).waitFor();
      const { items, total } = await demo.admin(listCustomers, { query: { limit: 20 } });
      expect(await rowsOf(page, 'Customers').count()).toBe(total);
      const row = rowsOf(page, 'Customers').filter({ hasText: demo.companyOf(failed) });
      expect(items.find(({ customer_id }) => customer_id === demo.customerOf(failed))?.deployment_status).toBe(
        'failed',
      );
      expect(await row.textContent()).toContain('Failed');
      expect(await page.title()).toBe('Customers · Tenantry');
      await expectAccessible(page);
    });

    it('search and filters are in the address, and find what the API finds', async () => {
      const page = await open('/console/customers');
      await page.getByRole('combobox', { name: 'Subscription' }).selectOption('canceled');
      await page.waitForURL('**/console/customers?status=canceled');
      const { total } = await demo.admin(listCustomers, { query: { status: 'canceled' } });
      expect(total).toBe(1);
      await expect.poll(() => rowsOf(page, 'Customers').count()).toBe(total);
      await page.getByRole('combobox', { name: 'Plan' }).selectOption('enterprise');
      await page.getByText('Nothing matches').waitFor();
      await page.goBack();
      await page.getByRole('link', { name: demo.companyOf(left) }).waitFor();
      await page.getByRole('textbox', { name: 'Company, email or id' }).fill('nobody-at-all');
      await page.getByText('Nothing matches').waitFor();
      await page.getByRole('button', { name: 'Clear search and filters' }).click();
      await page.waitForURL('**/console/customers');
      await page.getByRole('link', { name: hostileName }).waitFor();
    });

    it('says of a deployment what is wanted, what is there and why it is not', async () => {
      const page = await open(at(failed));
      const { observed, wanted } = await demo.admin(readDeployment, params(failed));
      await page
        .getByRole('alert')
        .or(page.locator('.pf-v6-c-alert'))
        .getByText(observed.reason ?? '')
        .waitFor();
      const row = rowsOf(page, 'Wanted and observed').filter({ hasText: 'Generation' });
      expect(await row.textContent()).toContain(`${wanted.generation}${observed.generation}`);
      await expectAccessible(page);
    });

    it('shows what was used, and the gaps of those days', async () => {
      const page = await open(at(someone, 'usage'));
      const { total, totals } = await demo.admin(readUsage, { ...params(someone), query: { days: 30 } });
      await rowsOf(page, 'Usage').first().waitFor();
      expect(await rowsOf(page, 'Usage').count()).toBe(Math.min(total, 20));
      const cores = (totals.cpu_hours ?? 0).toLocaleString('en-US', { maximumFractionDigits: 3 });
      expect(await factOf(page, 'CPU, core hours').textContent()).toBe(cores);
      const gaps = await demo.admin(readGaps, { ...params(someone), query: { days: 30 } });
      expect(gaps.total).toBeGreaterThan(0);
      await rowsOf(page, 'Gaps in the usage').getByText(String(gaps.items[0]?.windows), { exact: true }).waitFor();
      expect(await rowsOf(page, 'Gaps in the usage').count()).toBe(gaps.total);
      await expectAccessible(page);
    });

    it('shows each line of the cost with its why, and the total that the API gives', async () => {
      const page = await open(at(someone, 'cost'));
      const cost = await demo.admin(readCost, { ...params(someone) });
      await rowsOf(page, 'Lines of the cost').first().waitFor();
      await factOf(page, 'Total').getByText(dollars(cost.total_cents)).waitFor();
      expect(await rowsOf(page, 'Lines of the cost').count()).toBe(cost.lines.length);
      for (const { reason, amount_cents } of cost.lines) {
        const row = rowsOf(page, 'Lines of the cost').filter({ hasText: reason }).first();
        expect(await row.textContent()).toContain(dollars(amount_cents));
      }
      const before = await demo.admin(readCost, { ...params(someone), query: { period: 'previous' } });
      await page.getByRole('combobox', { name: 'Period' }).selectOption(before.period.start);
      await factOf(page, 'Total').getByText(dollars(before.total_cents), { exact: true }).waitFor();
      expect(new URL(page.url()).searchParams.get('period')).toBe(before.period.start);
      await expectAccessible(page);
    });

    it('tells what was done to a customer as a timeline', async () => {
      const page = await open(at(left, 'audit'));
      const query = { customer_id: demo.customerOf(left) };
      const { items, total } = await demo.admin(listAudit, { query });
      const entries = page.getByRole('list', { name: 'Audit log, newest first' }).locator('> li');
      await entries.first().waitFor();
      expect(await entries.count()).toBe(Math.min(total, 20));
      expect(await entries.first().textContent()).toContain(items[0]?.action);
      await expectAccessible(page);
    });

    it('a licence is revoked with a reason, and issued anew', async () => {
      const page = await open(at(other, 'licence'));
      await page.getByRole('button', { name: 'Revoke licence' }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByText('is refused from its next check on').waitFor();
      await dialog.getByRole('textbox').fill('it was copied');
      await dialog.getByRole('button', { name: 'Revoke licence' }).click();
      await page.getByText('No licence is in force').waitFor();
      const { history } = await demo.admin(listLicences, params(other));
      expect(history.some(({ revoked_reason }) => revoked_reason === 'it was copied')).toBe(true);
      // The pointer is where the dialog was, over a moment whose tooltip fades in.
      await page.mouse.move(0, 0);
      await page.getByRole('tooltip').waitFor({ state: 'detached' });
      await expectAccessible(page);
      await page.getByRole('button', { name: 'Issue anew' }).click();
      await page.getByRole('dialog').getByRole('textbox').fill('a new instance');
      await page.getByRole('dialog').getByRole('button', { name: 'Issue anew' }).click();
      await page.getByText('No licence is in force').waitFor({ state: 'detached' });
    });

    it('a key is made and shown once, and revoked', async () => {
      const page = await open(at(other, 'keys'));
      await page.getByRole('button', { name: 'Make a key' }).click();
      await page.getByRole('dialog').getByRole('textbox', { name: 'Name' }).fill('a test’s');
      await page.getByRole('dialog').getByRole('button', { name: 'Make a key' }).click();
      const shown = page.getByRole('textbox', { name: 'Account key' });
      expect(await shown.inputValue()).toMatch(/^\S{20,}$/);
      await expectAccessible(page);
      const row = rowsOf(page, 'Account keys').filter({ hasText: 'a test’s' });
      await row.getByRole('button', { name: 'Revoke' }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
      // While a dialog is open nothing beside it has a role: that the button or row has gone would say nothing.
      await page.getByRole('dialog').waitFor({ state: 'detached' });
      await row.getByRole('button', { name: 'Revoke' }).waitFor({ state: 'detached' });
      const { items } = await demo.admin(listAccountKeys, params(other));
      expect(items.find(({ name }) => name === 'a test’s')?.revoked_at).not.toBeNull();
      await page.reload();
      await rowsOf(page, 'Account keys').first().waitFor();
      expect(await shown.count()).toBe(0);
    });

    it('a member is added and removed by the keyboard alone', async () => {
      const page = await open(at(other, 'members'));
      await page.getByRole('button', { name: 'Add a member' }).focus();
      await page.keyboard.press('Enter');
      await page.getByRole('textbox', { name: 'Email' }).focus();
      await page.keyboard.type('new@example.com');
      await page.getByRole('dialog').getByRole('button', { name: 'Add a member' }).focus();
      await page.keyboard.press('Enter');
      const row = rowsOf(page, 'Members').filter({ hasText: 'new@example.com' });
      await row.waitFor();
      await expectAccessible(page);
      expect((await demo.admin(listMembers, params(other))).total).toBe(2);
      await row.getByRole('button', { name: 'Remove' }).focus();
      await page.keyboard.press('Enter');
      await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).focus();
      await page.keyboard.press('Enter');
      await page.getByRole('dialog').waitFor({ state: 'detached' });
      await row.waitFor({ state: 'detached' });
      expect((await demo.admin(listMembers, params(other))).total).toBe(1);
    });

    it('a customer is deactivated and brought back, with what will happen said before', async () => {
      const page = await open(at(other));
      await page.getByRole('button', { name: 'Deactivate' }).click();
      const dialog = page.getByRole('dialog', { name: 'Deactivate this customer?' });
      await dialog.getByText('is cancelled at once').waitFor();
      await expectAccessible(page);
      await dialog.getByRole('button', { name: 'Deactivate' }).click();
      await page.getByRole('button', { name: 'Reactivate' }).waitFor();
      const status = async () => (await demo.admin(readCustomer, params(other))).subscription.status;
      expect(await status()).toBe('canceled');
      await page.getByText('Suspended because an operator has deactivated it').waitFor();
      await page.getByRole('button', { name: 'Reactivate' }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Reactivate' }).click();
      await page.getByRole('textbox', { name: 'Account key' }).waitFor();
      expect(await status()).toBe('active');
    });

    it('orders a redeploy and a look for drift, and leads to the job', async () => {
      const page = await open(at(someone));
      await page.getByRole('button', { name: 'Check drift' }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Check drift' }).click();
      await page.getByRole('link', { name: 'Look at the job' }).waitFor();
      await page.getByRole('button', { name: 'Redeploy' }).click();
      const redeploy = page.getByRole('dialog').getByRole('button', { name: 'Redeploy' });
      expect(await redeploy.isDisabled()).toBe(true);
      await page.getByRole('dialog').getByRole('textbox').fill('to see it');
      await redeploy.click();
      await page.getByRole('dialog').waitFor({ state: 'detached' });
      await page.getByRole('link', { name: 'Look at the job' }).click();
      await page.waitForURL('**/admin/queues/jobs/job_*');
    });

    it('a customer is created, and is at the top of the list', async () => {
      const page = await open('/console/customers');
      await page.getByRole('button', { name: 'Create a customer' }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByRole('textbox', { name: 'Email' }).fill('created@example.com');
      await dialog.getByRole('textbox', { name: 'Company' }).fill('Created Here');
      await dialog.getByRole('button', { name: 'Create a customer' }).click();
      await page.getByRole('textbox', { name: 'Account key' }).waitFor();
      await page.getByRole('link', { name: 'Created Here' }).waitFor();
      const { total } = await demo.admin(listCustomers, { query: { q: 'created@example.com' } });
      expect(total).toBe(1);
    });

    it('a viewer sees everything and no button of a deed', async () => {
      const list = await open('/console/customers', asViewer());
      await list.getByRole('link', { name: hostileName }).waitFor();
      expect(await list.locator('[data-operation]').count()).toBe(0);
      for (const tab of ['overview', 'licence', 'keys', 'members']) {
        const page = await open(at(someone, tab), asViewer());
        await page.getByRole('grid').first().waitFor();
        expect(await page.locator('[data-operation]').count()).toBe(0);
      }
    });

    it('a customer that does not exist is said', async () => {
      const page = await open(`/console/customers/cust_${'0'.repeat(32)}`);
      await page.getByText('That was refused').waitFor();
    });
  },
  env,
  filling,
);
