/** Looks that do not come to their end: they cost their customer nothing, and keep nobody else from being looked at. */
import { beforeAll, beforeEach, expect, it } from 'vitest';
import type { LeasedJob } from '../../../src/contracts/jobs.ts';
import { commit, openDb } from '../../../src/db/client.ts';
import { lookAgain } from '../../../src/deployments/job-orders-store.ts';
import { makeQueue, type Queue, value } from './queue-kit.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
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
const looksAt = (customerId: string) =>
  value<number>("SELECT count(*) AS v FROM jobs WHERE customer_id = ? AND action = 'drift'", customerId);

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

it('looks that fail are made once a day, and others have theirs meanwhile', async () => {
  // As many as cron has looked at in a tick, and one more, which is due after them.
  const failing = [];
  for (let n = 0; n < 20; n++) failing.push(await ready());
  queue.api.clock.now += minuteMs;
  const last = await ready();
  queue.api.clock.now += 25 * hourMs;
  for (let tick = 0; tick < 3; tick++) {
    await queue.api.tick();
    for (let look = await queue.next(); look !== null; look = await queue.next()) {
      if (look.job.customer_id === last) await queue.complete(look);
      else await queue.fail(look, { code: 'cluster_failing', retryable: true, scope: 'cluster' });
    }
    queue.api.clock.now += minuteMs;
  }
  expect(await looksAt(last)).toBe(1);
  expect(await Promise.all(failing.map(looksAt))).toEqual(failing.map(() => 1));
  queue.api.clock.now += 24 * hourMs;
  await queue.api.tick();
  expect(await Promise.all(failing.map(looksAt))).toEqual(failing.map(() => 2));
});

it('a look that finds something missing ends, though the stack is to be deleted by then', async () => {
  const customerId = await ready();
  const { job, lease_id, generation } = await lookAt(customerId);
  const control = queue.api.bindings['CONTROL'] as D1Database;
  await control.prepare("UPDATE deployments SET phase = 'deleted' WHERE customer_id = ?").bind(customerId).run();
  const drift = [{ object: 'Secret/instance-licence', kind: 'missing', difference: 'the Secret is not there' }];
  const answer = await queue.protocol(job.id, 'complete', { lease_id, generation, drift });
  expect([answer.status, (await queue.job(job.id)).state]).toEqual([200, 'completed']);
});

it('a failed deployment is sent again though others, which failed before it, wait for a provisioner that does not come', async () => {
  const failed = async () => {
    const { customerId, jobId } = await queue.waiting();
    await queue.fail(await queue.lease(jobId));
    queue.api.clock.now += minuteMs;
    return customerId;
  };
  const customers = [await failed(), await failed()];
  queue.api.clock.now += 2 * hourMs;
  const db = openDb(queue.api.bindings['CONTROL'] as D1Database);
  const states = () =>
    Promise.all(customers.map((id) => value<string>('SELECT state AS v FROM jobs WHERE customer_id = ?', id)));
  // One at a time, as cron sends some hundreds.
  await commit(db, [lookAgain(queue.api.clock.now, 1)]);
  expect(await states()).toEqual(['waiting', 'failed']);
  await commit(db, [lookAgain(queue.api.clock.now, 1)]);
  expect(await states()).toEqual(['waiting', 'waiting']);
});

it('a change of what is wanted has all its runs, whatever its job has lost before', async () => {
  const { customerId, jobId } = await queue.waiting();
  let leased = await queue.lease(jobId);
  for (let lost = 0; lost < 10; lost++) {
    queue.api.clock.now += hourMs;
    leased = await queue.lease(jobId);
  }
  await queue.fail(leased, { code: 'cluster_failing', retryable: true, scope: 'cluster' });
  await queue.post(`/api/customers/${customerId}/deployment/redeploy`, { reason: 'the cluster is well again' });
  await queue.lease(jobId);
  queue.api.clock.now += hourMs;
  expect((await queue.lease(jobId)).generation).toBe(2);
});
