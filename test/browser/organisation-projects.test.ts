/** An organisation's projects, as its people and an admin see what they cost. */
import { beforeAll, expect, it } from 'vitest';
import { listBillingProjects } from '../../src/contracts/routes/organisation-billing.ts';
import { expectAccessible } from '../harness/browser/accessibility.ts';
import { describeInBrowser, type OpenOptions } from '../harness/browser/chromium.ts';
import { rowsOf } from '../harness/browser/lists.ts';
import { asPerson, organisation, organisationWork, type Project } from '../harness/browser/organisation-work.ts';
import { asAdmin } from '../harness/browser/session.ts';
import { withMinutes } from '../harness/browser/usage-work.ts';
import { hostileName, money } from '../harness/browser/words.ts';

/** A label's value is shorter than a name. */
const hostileNote = hostileName.slice(0, 63);

describeInBrowser(
  'organisation billing: projects',
  (browsing) => {
    let work: ReturnType<typeof organisationWork>;
    let shop: Project;
    let lab: Project;
    const open = (path: string, options: OpenOptions = {}) =>
      browsing.open(path, { before: asPerson(browsing.platform, 'org-admin'), ...options });
    const listed = async () =>
      (await work.admin.call(listBillingProjects, { query: { organisation, sort: '-current_month_total' } })).data;

    beforeAll(() => {
      work = organisationWork(browsing.platform);
    });

    it('says what to do while there is no project', async () => {
      const page = await open('/organisation');
      await page.getByText('It is here as soon as an operator has attached one').waitFor();
      await expectAccessible(page);
    });

    it('shows each project with the API’s own numbers, and what is reported without a reload', async () => {
      shop = await work.project('Shop', { team: 'commerce', note: hostileNote });
      lab = await work.project('Lab', { team: 'research' });
      await shop.use(400);
      await lab.use(100);
      const page = await open('/organisation?sort=-current_month_total');
      const rows = rowsOf(page, 'Projects');
      await page.getByRole('link', { name: shop.namespace }).waitFor();
      const { items } = await listed();
      expect(items.map(({ namespace }) => namespace)).toEqual([shop.namespace, lab.namespace]);
      expect(await rows.count()).toBe(2);
      for (const [n, { current_month_total }] of items.entries()) {
        expect(await rows.nth(n).locator('[data-label="This month"]').textContent()).toBe(money(current_month_total));
      }
      expect(await page.title()).toBe('Projects · Tenantry');
      await page.getByRole('link', { name: `note: ${hostileNote}` }).waitFor();
      await page.getByText('Live', { exact: true }).waitFor();
      await expectAccessible(page);
      let loads = 0;
      page.on('domcontentloaded', () => {
        loads += 1;
      });
      await shop.use(200);
      const told = (await listed()).items[0]?.current_month_total ?? 0;
      expect(told).toBeGreaterThan(items[0]?.current_month_total ?? 0);
      await rows.first().getByText(money(told)).first().waitFor();
      expect(loads).toBe(0);
    });

    it('asks again by itself where no WebSocket can be had', async () => {
      const page = await open('/organisation', {
        before: [
          asPerson(browsing.platform, 'org-admin'),
          (context) => context.addInitScript(() => Object.assign(window, { WebSocket: class NeverOpens {} })),
        ],
      });
      await page.getByText('Every 15 seconds').waitFor();
      await page.getByRole('link', { name: lab.namespace }).waitFor();
      await lab.use(100);
      const now = (await work.overview(lab.namespace)).billing_summary.current_month_total;
      await page.getByText(money(now)).first().waitFor();
    });

    it('a search, a label and a sort are in the address, and survive the back button', async () => {
      const page = await open('/organisation');
      const rows = rowsOf(page, 'Projects');
      await expect.poll(() => rows.count()).toBe(2);
      await page.getByRole('combobox', { name: 'Label' }).selectOption({ label: 'team: research' });
      await page.waitForURL('**/organisation?label=team%3Aresearch');
      await expect.poll(() => rows.count()).toBe(1);
      await page.getByRole('link', { name: lab.namespace }).waitFor();
      await page.getByRole('button', { name: 'Take away the filter team:research' }).click();
      await expect.poll(() => rows.count()).toBe(2);
      await page.getByRole('button', { name: 'This month' }).click();
      await page.waitForURL('**/organisation?sort=current_month_total');
      await expect.poll(() => rows.first().textContent()).toContain(lab.namespace);
      await page.getByRole('textbox', { name: 'Project' }).fill('nobody');
      await page.getByText('Nothing matches').waitFor();
      await expectAccessible(page);
      await page.goBack();
      await expect.poll(() => rows.count()).toBe(2);
    });

    it('columns stay as somebody has chosen them', async () => {
      const page = await open('/organisation');
      await page.getByRole('columnheader', { name: 'This month' }).waitFor();
      await page.getByRole('button', { name: 'Columns' }).click();
      await page.getByRole('menuitem', { name: 'Cluster' }).or(page.getByLabel('Cluster')).first().click();
      await page.getByRole('columnheader', { name: 'Cluster' }).waitFor();
      await page.reload();
      await page.getByRole('columnheader', { name: 'Cluster' }).waitFor();
    });

    it('a project-user sees their own, and neither keys nor the audit log', async () => {
      const page = await open('/organisation', { before: asPerson(browsing.platform, 'project-user') });
      await page.getByRole('link', { name: shop.namespace }).waitFor();
      expect(await rowsOf(page, 'Projects').count()).toBe(1);
      const parts = page.getByRole('navigation', { name: 'Parts of organisation billing' });
      expect(await parts.getByRole('link').allTextContents()).toHaveLength(4);
      await page.goto(`/organisation/projects/${lab.namespace}`);
      await page.getByText('That was refused').waitFor();
      await expectAccessible(page);
      await page.goto('/organisation/keys');
      await page.getByText('Somebody with the role org-admin').waitFor();
    });

    it('an admin chooses whose billing is looked at', async () => {
      const page = await open('/organisation', { before: asAdmin(browsing.platform, 'viewer') });
      await page.getByRole('link', { name: 'Northwind Group' }).click();
      await page.waitForURL(`**/organisation?organisation=${organisation}`);
      await page.getByRole('link', { name: shop.namespace }).click();
      await page.waitForURL(`**/organisation/projects/${shop.namespace}?*organisation=${organisation}`);
      await page.getByRole('heading', { name: shop.namespace }).waitFor();
      expect(await page.locator('[data-operation]').count()).toBe(0);
    });
  },
  withMinutes,
);
