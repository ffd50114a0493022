/** People of an organisation, from their issuer's own page to signing out: its admin, somebody of one project, a guest. */
import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { beforeAll, expect, it } from 'vitest';
import type { PersonName } from '../../dev/oidc/people.ts';
import { listBillingProjects, readBillingSummary } from '../../src/contracts/routes/organisation-billing.ts';
import { describeInBrowser } from '../harness/browser/chromium.ts';
import { arrive, confirm, press } from '../harness/browser/hands.ts';
import { organisation, organisationWork, type Project } from '../harness/browser/organisation-work.ts';
import { withMinutes } from '../harness/browser/usage-work.ts';
import { money } from '../harness/browser/words.ts';

describeInBrowser(
  'the way of an organisation’s people',
  (browsing) => {
    let work: ReturnType<typeof organisationWork>;
    let first: Project;
    let second: Project;
    beforeAll(async () => {
      work = organisationWork(browsing.platform);
      first = await work.project('Shop', { team: 'commerce' });
      second = await work.project('Lab');
      await first.use(300);
      await second.use(90);
    });

    /** As somebody does it: the organisation's name here, who they are and the password there. */
    async function signIn(person: PersonName, from = '/organisation'): Promise<Page> {
      const { oidc_issuer: issuer, oidc_password: password } = browsing.platform.ready;
      const page = await browsing.open(from, { expected: new RegExp(`^a request to ${issuer}/`) });
      await arrive(page, 'Sign in');
      await page.getByRole('tab', { name: 'Organisation' }).click();
      await page.getByRole('textbox', { name: 'Short name of your organisation' }).fill(organisation);
      await press(page, 'Continue');
      await page.getByRole('combobox', { name: 'Who' }).selectOption(person);
      await page.getByLabel('Password').fill(password ?? '');
      await press(page, 'Sign in');
      return page;
    }
    const projects = (page: Page) => page.getByRole('grid', { name: 'Projects', exact: true });
    const total = async () => (await work.admin.call(readBillingSummary, { query: { organisation } })).data.total;

    it('an admin goes to projects, one of them, its labels, a file, and out', async () => {
      const page = await signIn('org-admin', '/organisation?q=shop');
      await arrive(page, 'Projects');
      expect(new URL(page.url()).search).toBe('?q=shop');
      await page.getByRole('button', { name: 'Clear search', exact: true }).click();
      for (const { namespace } of [first, second])
        await projects(page).getByRole('link', { name: namespace, exact: true }).waitFor();
      const { billing_summary: bill } = await work.overview(first.namespace);
      await projects(page).getByText(money(bill.current_month_total), { exact: true }).first().waitFor();
      await projects(page).getByRole('link', { name: first.namespace, exact: true }).click();
      await page.getByRole('grid', { name: 'This month by kind of resource' }).waitFor();
      await press(page, 'Edit labels');
      const title = `Edit labels of ${first.namespace}?`;
      await page.getByRole('dialog', { name: title }).getByRole('textbox', { name: 'Value 1' }).fill('sales');
      await confirm(page, title, 'Edit labels');
      await page.getByRole('link', { name: 'team: sales' }).waitFor();
      const { data } = await work.admin.call(listBillingProjects, { query: { organisation, q: first.namespace } });
      expect(data.items[0]?.labels).toEqual({ team: 'sales' });
      await page.getByRole('link', { name: 'All projects' }).click();
      await page.getByRole('link', { name: 'Export' }).click();
      await arrive(page, 'Export');
      const saved = page.waitForEvent('download');
      await press(page, 'Download JSON: Trends');
      const file = readFileSync(await (await saved).path(), 'utf8');
      const { rows } = (JSON.parse(file) as { data: { rows: { cost: number }[] } }).data;
      const cents = rows.reduce((sum, { cost }) => sum + Math.round(100 * cost), 0);
      expect(cents).toBe(Math.round(100 * (await total())));
      await press(page, 'Sign out');
      await arrive(page, 'Sign in');
      await page.goto('/organisation');
      await arrive(page, 'Sign in');
    });

    it('somebody of one project sees that one, no button, and their own part of the cost', async () => {
      const page = await signIn('project-user', `/organisation/projects/${first.namespace}`);
      await page.getByRole('grid', { name: 'This month by kind of resource' }).waitFor();
      expect(await page.locator('[data-operation]').count()).toBe(0);
      await page.getByRole('link', { name: 'All projects' }).click();
      await projects(page).getByRole('link', { name: first.namespace, exact: true }).waitFor();
      expect(await projects(page).locator('tbody tr').count()).toBe(1);
      await page.getByRole('link', { name: 'Summary' }).click();
      const { billing_summary: bill } = await work.overview(first.namespace);
      await page.locator('dl').getByText(money(bill.current_month_total), { exact: true }).first().waitFor();
      await page.goto(`/organisation/projects/${second.namespace}`);
      await page.getByText('That was refused').waitFor();
      await page.goto('/admin/queues');
      await arrive(page, 'This page is for others');
      await press(page, 'Sign out');
      await arrive(page, 'Sign in');
    });

    it('a guest is told that they have no role, and comes to no page', async () => {
      const page = await signIn('guest');
      await page.getByText('You are signed in there, but have no role here').waitFor();
      await page.goto('/organisation');
      await arrive(page, 'Sign in');
    });
  },
  withMinutes,
);
