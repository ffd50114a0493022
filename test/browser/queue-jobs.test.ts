/** The list of jobs, as somebody who runs the queue sees and steers it. */
import { expect, it } from 'vitest';
import { listJobs, readQueueStats } from '../../src/contracts/routes/queue.ts';
import { expectAccessible } from '../harness/browser/accessibility.ts';
import { describeInBrowser } from '../harness/browser/chromium.ts';
import { rowsOf } from '../harness/browser/lists.ts';
import { backOff, queueWork, withoutProvisioner } from '../harness/browser/queue-work.ts';
import { asAdmin } from '../harness/browser/session.ts';
import { expectToldOfTrouble, troubledApi } from '../harness/browser/troubled-api.ts';
import { hostileName } from '../harness/browser/words.ts';

describeInBrowser(
  'queue console: jobs',
  (browsing) => {
    const open = (path: string, options = {}) =>
      browsing.open(path, { before: asAdmin(browsing.platform), ...options });

    it('says what to do while there is no job', async () => {
      const page = await open('/admin/queues');
      await page.getByText('A job appears when a customer signs up').waitFor();
      await expectAccessible(page);
    });

    it('shows every job with the API’s own counts, and what changes without a reload', async () => {
      const work = queueWork(browsing.platform);
      for (const name of ['Acme', hostileName, 'Brio', 'Cobalt', 'Delta']) await work.customer(name);
      await work.fail();
      await work.fail();
      await work.complete();
      await work.begin(40);
      const page = await open('/admin/queues');
      const table = page.getByRole('grid', { name: 'Jobs' });
      await table.getByRole('link', { name: hostileName }).waitFor();
      const counts = await work.admin.call(readQueueStats, {});
      expect(counts).toEqual({ waiting: 1, active: 1, completed: 1, failed: 2, delayed: 0 });
      const tabs = page.getByRole('navigation', { name: 'States of jobs' });
      for (const [state, count] of Object.entries(counts)) {
        await tabs.getByRole('link', { name: new RegExp(`^${state} ${count}$`, 'i') }).waitFor();
      }
      const { total } = await work.admin.call(listJobs, {});
      expect(await table.locator('tbody tr').count()).toBe(total);
      expect(await page.title()).toBe('Queue · Tenantry');
      await expectAccessible(page);
      await work.complete();
      await tabs.getByRole('link', { name: 'Completed 2' }).waitFor();
      await tabs.getByRole('link', { name: 'Waiting 0' }).waitFor();
    });

    it('a state, a search, a sort and a page are in the address, and survive the back button', async () => {
      const page = await open('/admin/queues');
      await page.getByRole('link', { name: /^Failed/ }).click();
      await page.waitForURL('**/admin/queues?state=failed');
      await page.getByRole('textbox', { name: 'Customer, company or error' }).fill('acm');
      await page.waitForURL('**/admin/queues?state=failed&q=acm');
      const rows = rowsOf(page, 'Jobs');
      await expect.poll(() => rows.count()).toBe(1);
      expect(await rows.first().textContent()).toContain('Acme');
      await page.getByRole('button', { name: 'Company' }).click();
      await page.waitForURL('**/admin/queues?state=failed&q=acm&sort=company_name');
      await page.goBack();
      await page.goBack();
      await page.waitForURL('**/admin/queues?state=failed');
      await expect.poll(() => rows.count()).toBe(2);
      await page.getByRole('textbox', { name: 'Customer, company or error' }).fill('nobody');
      await page.getByText('Nothing matches').waitFor();
      await page.getByRole('button', { name: 'Clear search and filters' }).click();
      await expect.poll(() => rows.count()).toBe(2);
    });

    it('a search that is typed before a tab has been drawn is a search in that tab', async () => {
      const page = await open('/admin/queues');
      await rowsOf(page, 'Jobs').first().waitFor();
      await page.evaluate(() => {
        const links = [...document.querySelectorAll<HTMLAnchorElement>('nav a')];
        links.find(({ textContent }) => textContent?.startsWith('Failed'))?.click();
        const box = document.querySelector<HTMLInputElement>('input[aria-label="Customer, company or error"]');
        const write = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')?.set;
        write?.call(box, 'acm');
        box?.dispatchEvent(new Event('input', { bubbles: true }));
      });
      await page.waitForURL('**/admin/queues?state=failed&q=acm');
    });

    it('columns stay as somebody has chosen them', async () => {
      const page = await open('/admin/queues');
      await page.getByRole('columnheader', { name: 'Attempts' }).waitFor();
      expect(await page.getByRole('columnheader', { name: 'Cluster' }).count()).toBe(0);
      await page.getByRole('button', { name: 'Columns' }).click();
      await page.getByRole('menuitem', { name: 'Cluster' }).or(page.getByLabel('Cluster')).first().click();
      await page.getByRole('columnheader', { name: 'Cluster' }).waitFor();
      await page.reload();
      await page.getByRole('columnheader', { name: 'Cluster' }).waitFor();
    });

    it('several jobs are retried at once, with what will happen said before', async () => {
      const work = queueWork(browsing.platform);
      const page = await open('/admin/queues?state=failed');
      await page.getByRole('checkbox', { name: 'Choose all rows of this page' }).check();
      await page.getByRole('button', { name: 'Retry 2 jobs' }).click();
      const dialog = page.getByRole('dialog', { name: 'Retry 2 jobs?' });
      await dialog.getByText('They wait again').waitFor();
      await expectAccessible(page);
      await dialog.getByRole('button', { name: 'Retry 2 jobs' }).click();
      await page.getByText('Done: 2 of 2').waitFor();
      expect(await work.admin.call(readQueueStats, {})).toMatchObject({ failed: 0, waiting: 2 });
      await page.getByText('No job has failed.').waitFor();
    });

    it('a viewer sees the jobs and no button of an order', async () => {
      const page = await open('/admin/queues?state=completed', { before: asAdmin(browsing.platform, 'viewer') });
      await rowsOf(page, 'Jobs').first().waitFor();
      expect(await page.locator('[data-operation]').count()).toBe(0);
      expect(await page.getByRole('checkbox').count()).toBe(0);
    });

    it('an API that fails, is slow or answers HTML is said, with another try', async () => {
      const trouble = troubledApi('**/api/queue/jobs?*');
      const page = await open('/admin/queues', { before: [asAdmin(browsing.platform), trouble.install] });
      await page.getByRole('grid', { name: 'Jobs' }).and(page.locator('[aria-busy="true"]')).waitFor();
      const arrived = page.getByRole('grid', { name: 'Jobs' }).getByRole('link', { name: 'Acme' });
      await expectToldOfTrouble(page, trouble, arrived);
    });

    it('offline, what is shown is marked as old; with a network again, all goes on by itself', async () => {
      const tab = await open('/admin/queues', { expected: /dynamically imported module/ });
      const rows = rowsOf(tab, 'Jobs').locator('a');
      await rows.first().waitFor();
      const before = await rows.count();
      await tab.context().setOffline(true);
      await tab.getByText('Not up to date').first().waitFor();
      expect(await rows.count()).toBe(before);
      await tab.getByRole('link', { name: 'History' }).click();
      await tab.getByText('There is no network.').waitFor();
      await tab.context().setOffline(false);
      await tab.getByRole('grid', { name: 'Jobs by hour' }).waitFor();
      await tab.goBack();
      await rows.first().waitFor();
      expect(await tab.getByText('Not up to date').count()).toBe(0);
    });

    it('jobs of one cause are found and retried by the keyboard alone', async () => {
      const work = queueWork(browsing.platform);
      const { cause } = { cause: `${backOff.code}: BackOff` };
      await work.fail();
      const page = await open('/admin/queues/causes');
      await page.getByRole('link', { name: cause }).waitFor();
      await expectAccessible(page);
      await page.getByRole('button', { name: 'Retry 1 job' }).focus();
      await page.keyboard.press('Enter');
      await page.getByRole('dialog').waitFor();
      await page.getByRole('dialog').getByRole('button', { name: 'Retry 1 job' }).focus();
      await page.keyboard.press('Enter');
      await page.getByText('Done: 1 of 1').waitFor();
      await page.getByText('No job has failed.').waitFor();
    });
  },
  withoutProvisioner,
);
