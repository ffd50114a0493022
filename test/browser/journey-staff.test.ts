/** An operator's round, from signing in by token to signing out: a failed job, a dead letter, a review, a customer who leaves and comes back. */
import { expect, it } from 'vitest';
import { demoApi } from '../../dev/demo/api.ts';
import { pullQueue } from '../../dev/queue/settings.ts';
import { makeAdminToken } from '../../src/contracts/routes/credentials.ts';
import { readCustomer } from '../../src/contracts/routes/customers.ts';
import { listDeadLetters } from '../../src/contracts/routes/dead-letters.ts';
import { readJob } from '../../src/contracts/routes/queue.ts';
import { listReviews } from '../../src/contracts/routes/usage-admin.ts';
import { readUsage } from '../../src/contracts/routes/usage-reads.ts';
import { apiOf } from '../harness/browser/api.ts';
import { describeInBrowser } from '../harness/browser/chromium.ts';
import { arrive, confirm, follow, press, signInByToken } from '../harness/browser/hands.ts';
import { queueWork, withoutProvisioner } from '../harness/browser/queue-work.ts';
import { meterOf, withMinutes } from '../harness/browser/usage-work.ts';
import { eventually } from '../harness/eventually.ts';

/** A report that nobody of ours has proven: it is sent again when an operator says that it is ours. */
const unproven = (after: string): string => {
  const end = Date.parse(after) + 60_000;
  const row = { customer_seq: 1, reporter_seq: 1, project_seq: 1, window_end: end, revision: end, accepted_at: end };
  const whole = { seconds: 60, complete: true, gap_ms: 0, missing: 0, cpu_core_ms: 5 * 3_600_000 };
  return JSON.stringify({ v: 1, rows: [{ ...row, ...whole }] });
};

describeInBrowser(
  'the way of an operator',
  (browsing) => {
    it('leads from a token to a job that is retried and done, a letter that is replayed, a review, a customer, and out', async () => {
      const { platform } = browsing;
      const work = queueWork(platform);
      const { admin } = work;
      const customerId = await work.customer('Acme');
      const params = { customerId };
      const failed = await work.fail();
      const meter = await meterOf(platform, customerId);
      const end = await meter.minute(30);
      await meter.again(3);
      await demoApi(platform.ready, new AbortController().signal).push(pullQueue('tenantry-usage').id, unproven(end));
      await eventually(
        async () => (await admin.call(listReviews, {})).total * (await admin.call(listDeadLetters, {})).total,
        (found) => found > 0,
      );
      const { token } = await admin.call(makeAdminToken, { body: { name: 'otto', role: 'operator' } });

      const page = await browsing.open('/');
      await arrive(page, 'Sign in');
      await signInByToken(page, token);
      await arrive(page, 'Customers');
      await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Queue' }).click();
      await arrive(page, 'Queue');

      await page.getByRole('link', { name: /^Failed/ }).click();
      await page.getByRole('grid', { name: 'Jobs' }).getByRole('link').first().click();
      await page.waitForURL(`**/admin/queues/jobs/${failed}`);
      await press(page, 'Retry');
      await page.getByRole('dialog').getByText('It waits again').waitFor();
      await confirm(page, 'Retry this job?', 'Retry');
      await page.locator('main').getByText('Waiting', { exact: true }).waitFor();
      expect(await work.complete()).toBe(failed);
      await page.locator('main').getByText('Completed', { exact: true }).waitFor();
      expect((await admin.call(readJob, { params: { jobId: failed } })).job.state).toBe('completed');

      await follow(page, 'Queue');
      await page.getByRole('link', { name: 'Dead letters' }).click();
      await arrive(page, 'Dead letters');
      const letters = page.getByRole('grid', { name: 'Dead letters', exact: true });
      await letters.getByRole('button', { name: 'Replay' }).click();
      await confirm(page, 'Replay this letter?', 'Replay');
      await eventually(
        async () => (await admin.call(listDeadLetters, { query: { state: 'replayed' } })).total,
        (found) => found === 1,
      );
      await page.getByRole('combobox', { name: 'State' }).selectOption('replayed');
      await letters.locator('tbody tr time').first().waitFor();

      await follow(page, 'Reviews');
      await page.getByText('cpu_hours: 30 → 3').waitFor();
      await press(page, 'Accept');
      await page.getByRole('dialog').getByRole('textbox').fill('the first was wrong');
      await page.getByRole('dialog').getByRole('button', { name: 'Accept', exact: true }).click();
      await page.getByText('Nothing waits.').waitFor();
      const usage = () => admin.call(readUsage, { params });
      await eventually(usage, (answer) => 'totals' in answer && answer.totals.cpu_hours === 3);

      await follow(page, 'Customers');
      await page.getByRole('link', { name: 'Acme', exact: true }).click();
      await arrive(page, 'Acme');
      await press(page, 'Deactivate');
      const dialog = page.getByRole('dialog', { name: 'Deactivate this customer?' });
      await dialog.getByText('The subscription of Acme is cancelled at once').waitFor();
      await dialog.getByText('Data stays where it is').waitFor();
      expect((await admin.call(readCustomer, { params })).subscription.status).toBe('trialing');
      await dialog.getByRole('textbox').fill('they asked for it');
      await confirm(page, 'Deactivate this customer?', 'Deactivate');
      await page.getByRole('button', { name: 'Reactivate' }).waitFor();
      expect((await admin.call(readCustomer, { params })).subscription.status).toBe('canceled');
      await press(page, 'Reactivate');
      await page.getByRole('dialog').getByText('A new account key is made').waitFor();
      await confirm(page, 'Reactivate this customer?', 'Reactivate');
      const key = await page.getByRole('textbox', { name: 'Account key' }).inputValue();
      await apiOf(platform.url, key).call(readCustomer, { params });
      await page.getByRole('button', { name: 'Deactivate' }).waitFor();

      await press(page, 'Sign out');
      await arrive(page, 'Sign in');
      await page.goto('/console/customers');
      await arrive(page, 'Sign in');
    });
  },
  { ...withoutProvisioner, ...withMinutes },
);
