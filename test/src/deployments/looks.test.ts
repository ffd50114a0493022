/** Looks for drift that do not come to their end: they cost their customer nothing, and keep nobody else from being looked at. */
import { beforeAll, beforeEach, expect, it } from 'vitest';
import type { LeasedJob } from '../../../src/contracts/jobs.ts';
import { makeQueue, type Queue, value } from './queue-kit.ts';

const hourMs = 3_600_000;
let queue: Queue;
beforeAll(async () => {
  queue = await makeQueue();
});
/** Other tests' jobs and stacks are in the same cluster. */
beforeEach(async () => {
  const control = queue.api.bindings['CONTROL'] as D1Database;
  await control.prepare("UPDATE jobs SET state = 'completed' WHERE state IN ('waiting', 'active', 'failed')").run();
  await control.prepare("UPDATE deployments SET status = 'suspended' WHERE status IN ('failed', 'ready')").run();
});

async function ready(): Promise<string> {
  const { customerId, jobId } = await queue.waiting();
  await queue.complete(await queue.lease(jobId));
  return customerId;
}
const statusOf = (customerId: string) =>
  value<string>('SELECT status AS v FROM deployments WHERE customer_id = ?', customerId);

async function lookAt(customerId: string): Promise<LeasedJob> {
  const answer = await queue.post(`/api/customers/${customerId}/deployment/drift`, {});
  return await queue.lease(((await answer.json()) as { job_id: string }).job_id);
}

it('a look that loses its lease too often is given up, and the stack that it was of is as ready as before', async () => {
  const customerId = await ready();
  for (let look: LeasedJob | null = await lookAt(customerId); look !== null; look = await queue.next())
    queue.api.clock.now += hourMs;
  const ended = await value<string>(
    "SELECT error_code AS v FROM jobs WHERE customer_id = ? AND action = 'drift'",
    customerId,
  );
  expect([ended, await statusOf(customerId)]).toEqual(['lease_lost', 'ready']);
});
