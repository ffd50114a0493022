/** What the audit log keeps of a job when the job itself is forgotten. */
import { beforeAll, expect, it } from 'vitest';
import type { AuditView } from '../../../src/contracts/audit.ts';
import { makeQueue, value } from './queue-kit.ts';

let queue: Awaited<ReturnType<typeof makeQueue>>;
beforeAll(async () => {
  queue = await makeQueue();
});

it('whatever was done to a job is found by its customer after the job is gone', async () => {
  const { customerId, jobId } = await queue.waiting();
  await queue.fail(await queue.lease(jobId), { retryable: false });
  await queue.post(`/api/queue/jobs/${jobId}/retry`, { reason: 'mended' });
  await queue.complete(await queue.lease(jobId));
  await queue.post('/api/queue/bulk', { action: 'remove', ids: [jobId], reason: 'seen' });
  const read = async () => {
    const page = await queue.get<{ items: AuditView[] }>(`/api/audit?customer_id=${customerId}&limit=100`);
    return page.items.filter(({ subject }) => subject === jobId).map((entry) => [entry.action, entry.customer_id]);
  };
  const done = ['job.removed', 'job.completed', 'job.retried', 'job.run_failed'];
  expect(await read()).toEqual(done.map((action) => [action, customerId]));
  await value('DELETE FROM jobs WHERE id = ? RETURNING 1 v', jobId);
  expect(await read()).toEqual(done.map((action) => [action, customerId]));
});
