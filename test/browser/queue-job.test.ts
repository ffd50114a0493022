/** One job, dead letters, pauses and history, as somebody who runs the queue sees and steers them. */
import type { BrowserContext } from 'playwright-core';
import { expect, it } from 'vitest';
import type { AnswerTo } from '../../src/contracts/call.ts';
import type { listDeadLetters, readDeadLetterGroups } from '../../src/contracts/routes/dead-letters.ts';
import { listPauses, readJob, readQueueHistory } from '../../src/contracts/routes/queue.ts';
import { expectAccessible } from '../harness/browser/accessibility.ts';
import { describeInBrowser, type OpenOptions } from '../harness/browser/chromium.ts';
import { expectFits } from '../harness/browser/fits.ts';
import { rowsOf } from '../harness/browser/lists.ts';
import { queueWork, withoutProvisioner } from '../harness/browser/queue-work.ts';
import { asAdmin } from '../harness/browser/session.ts';

const at = '2026-11-20T10:00:00.000Z';
const letter = {
  id: `dead_${'1'.repeat(32)}`,
  queue: 'tenantry-usage',
  customer_id: `cust_${'2'.repeat(32)}`,
  company_name: 'Echo <b>Ltd</b>',
  code: 'unknown_reporter',
  message: 'no reporter has this id',
  body: {},
  created_at: at,
  replayed_at: null,
};
const letters: AnswerTo<typeof listDeadLetters> = { items: [letter], total: 1, page: 1, limit: 20 };
const groups: AnswerTo<typeof readDeadLetterGroups> = [
  {
    queue: letter.queue,
    code: letter.code,
    letters: 1,
    customers: 1,
    oldest: at,
    newest: at,
    sample_id: letter.id,
    message: letter.message,
  },
];

describeInBrowser(
  'queue console: one job',
  (browsing) => {
    const open = (path: string, options: OpenOptions = {}) =>
      browsing.open(path, { before: asAdmin(browsing.platform), ...options });

    it('shows progress, log lines and the objects that are not ready, and is retried', async () => {
      const work = queueWork(browsing.platform);
      await work.customer('Acme');
      const lines = ['helm upgrade', '<script>alert(1)</script>'];
      const id = await work.begin(40, lines);
      const page = await open(`/admin/queues/jobs/${id}`);
      const { job } = await work.admin.call(readJob, { params: { jobId: id } });
      const bar = page.getByRole('progressbar', { name: job.progress.message });
      expect(await bar.getAttribute('aria-valuenow')).toBe(String(job.progress.percent));
      const log = page.getByRole('region', { name: 'Log' });
      for (const line of lines) await log.getByText(line).waitFor();
      expect(await page.locator('[data-operation="retryJob"], [data-operation="removeJob"]').count()).toBe(0);
      await expectAccessible(page);
    });

    it('says what it failed of, object by object, and waits again after a retry', async () => {
      const work = queueWork(browsing.platform);
      await work.customer('Brio');
      const id = await work.fail();
      const page = await open(`/admin/queues/jobs/${id}`);
      const events = page.getByRole('grid', { name: 'Objects that are not ready' });
      await events.getByText('back-off restarting failed container').waitFor();
      await expectFits(page);
      await expectAccessible(page);
      await page.getByRole('button', { name: 'Retry' }).click();
      const dialog = page.getByRole('dialog', { name: 'Retry this job?' });
      await dialog.getByRole('textbox').fill('the image is there now');
      await dialog.getByRole('button', { name: 'Retry' }).click();
      await dialog.waitFor({ state: 'detached' });
      await page.locator('main').getByText('Waiting', { exact: true }).waitFor();
      expect((await work.admin.call(readJob, { params: { jobId: id } })).job.state).toBe('waiting');
    });

    it('a job that does not exist is said, and one is removed by whom its route admits', async () => {
      const work = queueWork(browsing.platform);
      const missing = await open(`/admin/queues/jobs/job_${'0'.repeat(32)}`);
      await missing.getByText('That was refused').waitFor();
      await work.customer('Cobalt');
      await work.lease();
      const id = await work.fail();
      const viewer = await open(`/admin/queues/jobs/${id}`, { before: asAdmin(browsing.platform, 'viewer') });
      await viewer.getByRole('progressbar').waitFor();
      expect(await viewer.locator('[data-operation]').count()).toBe(0);
      const page = await open(`/admin/queues/jobs/${id}`);
      await page.getByRole('button', { name: 'Remove' }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
      await page.waitForURL('**/admin/queues');
    });

    it('is paused with a reason that everybody then reads, and resumed', async () => {
      const work = queueWork(browsing.platform);
      const page = await open('/admin/queues');
      await page.getByRole('button', { name: 'Pause all' }).click();
      const dialog = page.getByRole('dialog', { name: 'Begin no more jobs?' });
      expect(await dialog.getByRole('button', { name: 'Pause all' }).isDisabled()).toBe(true);
      await dialog.getByRole('textbox').fill('the registry is down');
      await dialog.getByRole('button', { name: 'Pause all' }).click();
      await page.getByText('the registry is down').waitFor();
      await expectAccessible(page);
      expect((await work.admin.call(listPauses, {})).paused).toMatchObject([{ reason: 'the registry is down' }]);
      await page.getByRole('button', { name: 'Resume' }).click();
      await page.getByRole('dialog').getByRole('textbox').fill('it is up');
      await page.getByRole('dialog').getByRole('button', { name: 'Resume' }).click();
      await page.getByRole('button', { name: 'Pause all' }).waitFor();
      expect((await work.admin.call(listPauses, {})).paused).toEqual([]);
    });

    it('shows what it did by hour, as bars and as the API’s numbers', async () => {
      const work = queueWork(browsing.platform);
      const page = await open('/admin/queues/history');
      const row = rowsOf(page, 'Jobs by hour').first();
      await row.waitFor();
      await page.getByRole('img', { name: 'Jobs by hour' }).waitFor();
      const hours = await work.admin.call(readQueueHistory, {});
      const last = hours.findLast(({ done, failed }) => done + failed > 0);
      expect(await row.locator('td').nth(2).textContent()).toBe(String(last?.failed));
      await expectFits(page);
      await expectAccessible(page);
    });

    it('dead letters are grouped by cause and replayed; names of others are text', async () => {
      const asked: unknown[] = [];
      const withLetters = async (context: BrowserContext) => {
        await context.route('**/api/dead-letters?*', (route) => route.fulfill({ json: letters }));
        await context.route('**/api/dead-letters/groups', (route) => route.fulfill({ json: groups }));
        await context.route('**/api/dead-letters/replay', (route) => {
          asked.push(route.request().postDataJSON(), route.request().headers()['idempotency-key']);
          return route.fulfill({ status: 202, json: { batch_id: 'bat_1', matched: 1 } });
        });
      };
      const expected = /404/;
      const before = [asAdmin(browsing.platform), withLetters];
      const page = await open('/admin/queues/dead-letters', { before, expected });
      await page.getByText('Echo <b>Ltd</b>').waitFor();
      await expectFits(page);
      await expectAccessible(page);
      await page.getByRole('button', { name: 'Replay 1 letter' }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Replay 1 letter' }).click();
      await page.waitForURL('**/dead-letters?batch=bat_1');
      expect(asked).toEqual([{ code: 'unknown_reporter' }, expect.stringMatching(/^[0-9a-f-]{36}$/)]);
    });

    it('says so where no dead letter is', async () => {
      const page = await open('/admin/queues/dead-letters');
      await page.getByText('Everything that was reported has been stored.').waitFor();
      await expectAccessible(page);
    });
  },
  withoutProvisioner,
);
