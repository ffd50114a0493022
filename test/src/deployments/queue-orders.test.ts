/** What a person orders of one job, and what meets it: runs, results, other orders, pauses. */
import { beforeEach, describe, expect, it } from 'vitest';
import { makeQueue, type Queue, value } from './queue-kit.ts';

let queue: Queue;
beforeEach(async () => {
  queue = await makeQueue();
  // Other tests' jobs are done with.
  await value(
    "UPDATE jobs SET state = 'completed', finished_at = updated_at WHERE state IN ('waiting', 'active') RETURNING 1 AS v",
  );
  await value('DELETE FROM queue_pauses RETURNING 1 AS v');
});

const remove = (jobId: string, token = queue.tokens.operator) =>
  queue.api.call('DELETE', `/api/queue/jobs/${jobId}?reason=wrong%20plan`, { token });
const code = async (answer: Response) => ((await answer.json()) as { code: string }).code;
const deployment = (customerId: string) =>
  queue.get<{ wanted: { generation: number }; observed: Record<string, unknown> }>(
    `/api/customers/${customerId}/deployment`,
  );

/** A job that waits for its time, after a run that failed. */
async function delayed() {
  const made = await queue.waiting();
  await queue.fail(await queue.lease(made.jobId), { retryable: true });
  expect(await queue.job(made.jobId)).toMatchObject({ state: 'delayed' });
  return made;
}

describe('promoting a job', () => {
  it('makes a delayed one due now, and the provisioner gets it', async () => {
    const { jobId } = await delayed();
    expect(await queue.next()).toBeNull();
    const answer = await queue.post(`/api/queue/jobs/${jobId}/promote`, { reason: 'mended' });
    expect(answer.status).toBe(202);
    expect(await queue.job(jobId)).toMatchObject({ state: 'waiting' });
    expect((await queue.next())?.job.id).toBe(jobId);
    expect(await queue.audit(jobId)).toContainEqual(
      expect.objectContaining({ action: 'job.promoted', details: expect.objectContaining({ reason: 'mended' }) }),
    );
  });

  it('is refused of a job that is due, runs or has ended, and of none at all', async () => {
    const { jobId } = await queue.waiting();
    const promote = () => queue.post(`/api/queue/jobs/${jobId}/promote`, {});
    expect(await code(await promote())).toBe('job_not_delayed');
    const leased = await queue.lease(jobId);
    expect(await code(await promote())).toBe('job_not_delayed');
    await queue.fail(leased);
    expect(await code(await promote())).toBe('job_not_delayed');
    expect((await queue.post(`/api/queue/jobs/job_${'0'.repeat(32)}/promote`, {})).status).toBe(404);
  });

  it('and a lease at the same moment make one run', async () => {
    const { jobId } = await delayed();
    const answers = await Promise.all([
      queue.post(`/api/queue/jobs/${jobId}/promote`, {}),
      queue.post(`/api/queue/jobs/${jobId}/promote`, {}),
    ]);
    expect(answers.map(({ status }) => status).sort()).toEqual([202, 409]);
    const leases = await Promise.all([queue.next(), queue.next()]);
    expect(leases.filter((lease) => lease !== null)).toHaveLength(1);
  });
});

describe('removing a job', () => {
  it('ends one that waits as failed, and its deployment says so and keeps what is wanted', async () => {
    const { jobId, customerId } = await queue.waiting();
    expect((await remove(jobId)).status).toBe(204);
    expect(await queue.job(jobId)).toMatchObject({
      state: 'failed',
      cause: 'job_removed',
      error: { code: 'job_removed' },
    });
    expect(await deployment(customerId)).toMatchObject({
      wanted: { generation: 1, phase: 'running' },
      observed: { generation: 0, status: 'failed', reason_code: 'job_removed' },
    });
    expect(await queue.next()).toBeNull();
    expect(await queue.audit(jobId)).toContainEqual(
      expect.objectContaining({ action: 'job.removed', details: expect.objectContaining({ reason: 'wrong plan' }) }),
    );
  });

  it('is refused while it runs, and possible once its lease has run out; what that run reports then counts no more', async () => {
    const { jobId } = await queue.waiting();
    const leased = await queue.lease(jobId);
    expect(await code(await remove(jobId))).toBe('job_active');
    queue.api.clock.now = Date.parse(leased.lease_until) + 1;
    expect((await remove(jobId)).status).toBe(204);
    expect(await code(await queue.complete(leased))).toBe('lease_lost');
    expect(await queue.job(jobId)).toMatchObject({ state: 'failed', error: { code: 'job_removed' } });
  });

  it('of one that finishes at the same moment leaves it finished or removed, never both', async () => {
    for (let round = 0; round < 5; round++) {
      const { jobId, customerId } = await queue.waiting();
      const leased = await queue.lease(jobId);
      const [removed, completed] = await Promise.all([remove(jobId), queue.complete(leased)]);
      const { observed } = await deployment(customerId);
      expect(completed.status).toBe(200);
      // Before its end it is refused, after its end it only leaves the lists.
      expect([409, 204]).toContain(removed.status);
      expect(observed).toMatchObject({ generation: 1, status: 'ready' });
      expect(await queue.job(jobId)).toMatchObject({ state: 'completed', error: null });
    }
  });

  it('takes a finished one out of the lists', async () => {
    const { jobId, customerId } = await queue.waiting();
    await queue.complete(await queue.lease(jobId));
    expect((await queue.list(`?customer_id=${customerId}`)).total).toBe(1);
    expect((await remove(jobId)).status).toBe(204);
    expect((await queue.list(`?customer_id=${customerId}`)).total).toBe(0);
    expect(await deployment(customerId)).toMatchObject({ observed: { status: 'ready' } });
  });

  it('keeps nothing from being redeployed later, and by itself the deployment is looked at again', async () => {
    const one = await queue.waiting();
    await remove(one.jobId);
    const again = await queue.post(`/api/customers/${one.customerId}/deployment/redeploy`, { reason: 'now' });
    const { job_id } = (await again.json()) as { job_id: string };
    await queue.complete(await queue.lease(job_id));
    expect(await deployment(one.customerId)).toMatchObject({
      observed: { generation: 2, status: 'ready', reason_code: null },
    });

    const other = await queue.waiting();
    await remove(other.jobId);
    queue.api.clock.now += 3_600_000;
    await queue.api.tick();
    await queue.complete(await queue.lease(other.jobId));
    expect(await deployment(other.customerId)).toMatchObject({ observed: { generation: 1, status: 'ready' } });
  });

  it('of a newer state behind a run is still told when that run completes', async () => {
    const { jobId, customerId } = await queue.waiting();
    const leased = await queue.lease(jobId);
    const order = await queue.post(`/api/customers/${customerId}/deployment/redeploy`, { reason: 'newer' });
    const { job_id } = (await order.json()) as { job_id: string };
    expect(job_id).not.toBe(jobId);
    expect((await remove(job_id)).status).toBe(204);
    await queue.complete(leased);
    expect(await deployment(customerId)).toMatchObject({
      wanted: { generation: 2 },
      observed: { generation: 1, status: 'failed', reason_code: 'job_removed' },
    });
  });

  it('tells a customer of the deployment what a customer may read', async () => {
    const { jobId, customerId } = await queue.waiting();
    await remove(jobId);
    const account = await queue.post(`/api/customers/${customerId}/api-keys`, {});
    const { api_key } = (await account.json()) as { api_key: string };
    const answer = await queue.get<{ observed: { reason: string } }>(
      `/api/customers/${customerId}/deployment`,
      api_key,
    );
    expect(answer.observed.reason).toBe('The deployment waits for our operators.');
  });
});

describe('retrying a job', () => {
  it('is refused while something of its deployment waits, and takes its reason', async () => {
    const { jobId } = await queue.waiting();
    expect(await code(await queue.post(`/api/queue/jobs/${jobId}/retry`, {}))).toBe('job_not_failed');
    await queue.fail(await queue.lease(jobId));
    expect((await queue.post(`/api/queue/jobs/${jobId}/retry`, { reason: 'mended' })).status).toBe(202);
    expect(await queue.audit(jobId)).toContainEqual(
      expect.objectContaining({ action: 'job.retried', details: expect.objectContaining({ reason: 'mended' }) }),
    );
    expect(await code(await queue.post(`/api/queue/jobs/${jobId}/retry`, {}))).toBe('job_not_failed');
  });
});

describe('cleaning', () => {
  it('takes the oldest finished jobs of a state out of the lists, no younger and no more than asked', async () => {
    const made = [await queue.waiting(), await queue.waiting(), await queue.waiting()];
    for (const { jobId } of made) {
      await queue.complete(await queue.lease(jobId));
      queue.api.clock.now += 60_000;
    }
    const clean = (fields: Record<string, unknown>) =>
      queue.post('/api/queue/clean', { state: 'completed', older_than_seconds: 0, ...fields });
    await value(
      "UPDATE jobs SET cleaned_at = 1 WHERE state = 'completed' AND id NOT IN (?, ?, ?) RETURNING 1 AS v",
      ...made.map(({ jobId }) => jobId),
    );
    expect(await (await clean({ older_than_seconds: 100, limit: 1 })).json()).toEqual({ success: true, cleaned: 1 });
    const left = (await queue.list('?state=completed&sort=finished_at')).items.map(({ id }) => id);
    expect(left).toEqual(made.slice(1).map(({ jobId }) => jobId));
    expect(await (await clean({ older_than_seconds: 119 })).json()).toEqual({ success: true, cleaned: 1 });
    expect(await (await clean({})).json()).toEqual({ success: true, cleaned: 1 });
    expect(await (await clean({})).json()).toEqual({ success: true, cleaned: 0 });
    for (const bad of [{ limit: 1001 }, { limit: 0 }, { older_than_seconds: -1 }, { state: 'active' }]) {
      expect((await clean(bad)).status).toBe(422);
    }
  });
});

describe('a pause', () => {
  const pause = (body: unknown, token = queue.tokens.owner) => queue.post('/api/queue/pause', body, token);
  const resume = (body: unknown, token = queue.tokens.owner) => queue.post('/api/queue/resume', body, token);

  it('of a cluster, or of all, gives the provisioner nothing while it lasts; what runs goes on', async () => {
    for (const scope of [{}, { cluster_id: 'local' }]) {
      const running = await queue.waiting();
      const leased = await queue.lease(running.jobId);
      const { jobId } = await queue.waiting();
      const answer = await pause({ ...scope, reason: 'upgrade of nodes' });
      const paused = { cluster_id: 'cluster_id' in scope ? 'local' : null, reason: 'upgrade of nodes' };
      expect(await answer.json()).toMatchObject({ paused: [{ ...paused, paused_by: 'admin:root' }] });
      expect(await queue.get('/api/queue/pauses')).toMatchObject({ paused: [paused] });
      expect(await queue.next()).toBeNull();
      expect((await queue.complete(leased)).status).toBe(200);
      expect(await (await resume({ ...scope, reason: 'done' })).json()).toEqual({ paused: [] });
      expect((await queue.next())?.job.id).toBe(jobId);
    }
  });

  it('of a cluster is nothing to another, and ends only by its own name', async () => {
    await value(`INSERT INTO clusters (id, queue_binding, namespaces_max, services_max, storage_class, key_owner, token_owner, created_at)
      SELECT 'other', 'DOORBELL_OTHER', 1, 1, storage_class, 'clu_other', 'prv_other', 1 FROM clusters WHERE id = 'local' RETURNING 1 AS v`);
    await pause({ cluster_id: 'other', reason: 'r' });
    const { jobId } = await queue.waiting();
    expect((await queue.next())?.job.id).toBe(jobId);
    await pause({ reason: 'everything' });
    expect(await (await resume({ cluster_id: 'other', reason: 'r' })).json()).toMatchObject({
      paused: [{ cluster_id: null }],
    });
    await queue.waiting();
    expect(await queue.next()).toBeNull();
    expect((await pause({ cluster_id: 'nowhere', reason: 'r' })).status).toBe(404);
  });

  it('rings for nobody while it lasts, and for all that is due when it ends', async () => {
    await queue.waiting();
    await pause({ reason: 'r' });
    queue.api.clock.now += 600_000;
    await queue.api.tick();
    expect(
      await value("SELECT count(*) v FROM jobs WHERE state = 'waiting' AND rung_at >= ?", queue.api.clock.now),
    ).toBe(0);
    await resume({ reason: 'r' });
    // Rung for with the answer, not at the next tick.
    expect(
      await value("SELECT count(*) v FROM jobs WHERE state = 'waiting' AND rung_at >= ?", queue.api.clock.now),
    ).toBe(1);
  });

  it('is an owner’s to begin and to end, with a reason, and a second one tells the newer', async () => {
    expect((await pause({ reason: 'r' }, queue.tokens.operator)).status).toBe(403);
    expect((await pause({})).status).toBe(422);
    await pause({ reason: 'first' });
    const since = await queue.get<{ paused: { paused_at: string }[] }>('/api/queue/pauses');
    queue.api.clock.now += 60_000;
    await pause({ reason: 'second' });
    expect(await queue.get('/api/queue/pauses')).toMatchObject({
      paused: [{ reason: 'second', paused_at: since.paused[0]?.paused_at }],
    });
    await resume({ reason: 'over' });
    await resume({ reason: 'over' });
    const log = (await queue.audit('*')).map(({ action, details }) => [action, details['reason']]).slice(-3);
    expect(log).toEqual([
      ['queue.paused', 'first'],
      ['queue.paused', 'second'],
      ['queue.resumed', 'over'],
    ]);
  });
});
