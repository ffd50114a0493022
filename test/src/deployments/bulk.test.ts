/** The same order for many jobs: which are meant, at which pace, and what becomes of each, whatever happens meanwhile. */
import { beforeEach, describe, expect, it } from 'vitest';
import type { BatchAnswer } from '../../../src/contracts/queue.ts';
import { makeQueue, type Queue, value } from './queue-kit.ts';

let queue: Queue;
beforeEach(async () => {
  queue = await makeQueue();
  await value(
    "UPDATE jobs SET state = 'completed', finished_at = updated_at, cleaned_at = 1 WHERE cleaned_at IS NULL RETURNING 1 AS v",
  );
});

async function failed(count: number): Promise<string[]> {
  const ids: string[] = [];
  for (let n = 0; n < count; n++) {
    const { jobId } = await queue.waiting();
    await queue.fail(await queue.lease(jobId), n % 2 === 0 ? {} : { code: 'timeout' });
    ids.push(jobId);
  }
  return ids;
}

async function begin(body: Record<string, unknown>) {
  const answer = await queue.post('/api/queue/bulk', body);
  expect(answer.status, await answer.clone().text()).toBe(202);
  const { batch_id, matched } = (await answer.json()) as { batch_id: string; matched: number };
  return { matched, id: batch_id, read: () => queue.get<BatchAnswer>(`/api/queue/batches/${batch_id}`) };
}

describe('an order for many jobs', () => {
  it('is carried out at its rate: some at once, the rest by cron', async () => {
    const ids = await failed(12);
    const batch = await begin({ action: 'retry', filter: { state: 'failed' }, rate: 5, reason: 'nodes are back' });
    expect(batch.matched).toBe(12);
    expect(await batch.read()).toMatchObject({
      action: 'retry',
      state: 'running',
      rate: 5,
      matched: 12,
      done: 5,
      refused: [],
      reason: 'nodes are back',
      finished_at: null,
      started_by: expect.stringMatching(/^admin:/),
    });
    expect(await queue.get('/api/queue/stats')).toMatchObject({ waiting: 5, failed: 7 });
    queue.api.clock.now += 1_000;
    await queue.api.tick();
    expect(await batch.read()).toMatchObject({ done: 10 });
    queue.api.clock.now += 60_000;
    await queue.api.tick();
    expect(await batch.read()).toMatchObject({ state: 'done', done: 12, finished_at: expect.any(String) });
    expect(await queue.get('/api/queue/stats')).toMatchObject({ waiting: 12, failed: 0 });
    // Rung for in the same tick, and each with a line of the log that names the order.
    expect(await value("SELECT count(*) v FROM jobs WHERE state = 'waiting' AND rung_at = 0")).toBe(0);
    for (const id of ids) {
      expect(await queue.audit(id)).toContainEqual(
        expect.objectContaining({
          action: 'job.retried',
          details: {
            customer_id: await value('SELECT customer_id v FROM jobs WHERE id = ?', id),
            batch_id: batch.id,
            reason: 'nodes are back',
          },
        }),
      );
    }
  });

  it('means the jobs that a filter finds at that moment, or those named', async () => {
    const ids = await failed(4);
    expect((await begin({ action: 'retry', filter: { error: 'timeout' } })).matched).toBe(2);
    expect((await begin({ action: 'retry', filter: { q: 'nobody' } })).matched).toBe(0);
    const named = await begin({ action: 'retry', ids: [ids[0], ids[0], `job_${'0'.repeat(32)}`], rate: 50 });
    expect(named.matched).toBe(2);
    expect(await named.read()).toMatchObject({ done: 1, refused: [{ code: 'not_found', items: 1 }], state: 'done' });
    const nothing = await begin({ action: 'promote', filter: {} });
    expect(await nothing.read()).toMatchObject({ matched: 0, state: 'done' });
  });

  it('removes and promotes, too', async () => {
    const waiting = [await queue.waiting(), await queue.waiting()];
    await queue.fail(await queue.lease(waiting[0]?.jobId ?? ''), { retryable: true });
    const promoted = await begin({ action: 'promote', filter: {} });
    expect(await promoted.read()).toMatchObject({ matched: 1, done: 1 });
    const removed = await begin({ action: 'remove', filter: { state: 'waiting' } });
    expect(await removed.read()).toMatchObject({ done: removed.matched });
    expect(await queue.get('/api/queue/stats')).toMatchObject({ waiting: 0, delayed: 0 });
    expect(await queue.job(waiting[0]?.jobId ?? '')).toMatchObject({ error: { code: 'job_removed' } });
  });

  it('beside another one of the same jobs does nothing twice, and each says what it did', async () => {
    await failed(6);
    const order = { action: 'retry', filter: {}, rate: 50 };
    const [one, other] = await Promise.all([begin(order), begin(order)]);
    await queue.api.tick();
    const answers = [await one.read(), await other.read()];
    expect(answers.map(({ state }) => state)).toEqual(['done', 'done']);
    const did = answers.map(({ done }) => done).reduce((a, b) => a + b, 0);
    const refused = answers.flatMap((answer) => answer.refused);
    // Whichever began later may have found fewer of them failed.
    expect(did).toBe(6);
    expect(refused.every(({ code }) => code === 'job_not_failed')).toBe(true);
    expect(
      await value("SELECT count(*) v FROM audit_log WHERE action = 'job.retried' AND details LIKE ?", `%bat_%`),
    ).toBeGreaterThanOrEqual(6);
  });

  it('that two ticks take further at once is carried out once', async () => {
    await failed(8);
    const batch = await begin({ action: 'retry', filter: {}, rate: 1 });
    queue.api.clock.now += 60_000;
    await Promise.all([queue.api.tick(), queue.api.tick(), queue.api.tick()]);
    expect(await batch.read()).toMatchObject({ done: 8, state: 'done', refused: [] });
    expect(await value('SELECT taken v FROM batches WHERE id = ?', batch.id)).toBe(8);
  });

  it('leaves alone what has changed since: a job that was retried by hand, runs, or waits again for the same deployment', async () => {
    const ids = await failed(3);
    const batch = await begin({ action: 'retry', ids, rate: 1 });
    await queue.post(`/api/queue/jobs/${ids[1]}/retry`, {});
    const leased = await queue.lease(ids[1] ?? '');
    queue.api.clock.now += 60_000;
    await queue.api.tick();
    expect(await batch.read()).toMatchObject({ done: 2, refused: [{ code: 'job_not_failed', items: 1 }] });
    expect((await queue.complete(leased)).status).toBe(200);
  });

  it('retries one job of a deployment, never two', async () => {
    const { jobId, customerId } = await queue.waiting();
    await queue.fail(await queue.lease(jobId));
    const again = await queue.post(`/api/customers/${customerId}/deployment/redeploy`, { reason: 'r' });
    const { job_id } = (await again.json()) as { job_id: string };
    await queue.fail(await queue.lease(job_id));
    const batch = await begin({ action: 'retry', filter: { customer_id: customerId } });
    expect(await batch.read()).toMatchObject({ matched: 2, done: 1, refused: [{ code: 'job_not_failed', items: 1 }] });
  });

  it.each([
    [{ action: 'retry' }, 'neither ids nor a filter'],
    [{ action: 'retry', ids: [`job_${'0'.repeat(32)}`], filter: {} }, 'both'],
    [{ action: 'retry', ids: [] }, 'no ids'],
    [{ action: 'retry', ids: ['x'] }, 'what is no id'],
    [{ action: 'retry', filter: { state: 'waiting' } }, 'jobs that have not failed'],
    [{ action: 'promote', filter: { state: 'failed' } }, 'jobs that do not wait'],
    [{ action: 'remove', filter: {} }, 'everything that there is'],
    [{ action: 'remove', filter: { state: 'active' } }, 'what runs'],
    [{ action: 'retry', filter: {}, rate: 0 }, 'no rate'],
    [{ action: 'retry', filter: {}, rate: 51 }, 'too high a rate'],
    [{ action: 'forget', filter: {} }, 'another deed'],
  ])('refuses %j: %s', async (body, _what) => {
    expect((await queue.post('/api/queue/bulk', body)).status).toBe(422);
  });

  it('is forgotten 30 days after its end, and nobody’s who may only read', async () => {
    const viewer = await queue.post('/api/queue/bulk', { action: 'retry', filter: {} }, queue.tokens.viewer);
    expect(viewer.status).toBe(403);
    const batch = await begin({ action: 'retry', ids: [`job_${'0'.repeat(32)}`] });
    queue.api.clock.now = Math.ceil(queue.api.clock.now / 86_400_000) * 86_400_000 + 29 * 86_400_000;
    await queue.api.tick();
    expect(await batch.read()).toMatchObject({ state: 'done' });
    queue.api.clock.now += 2 * 86_400_000;
    await queue.api.tick();
    const gone = await queue.api.call('GET', `/api/queue/batches/${batch.id}`, { token: queue.tokens.viewer });
    expect(gone.status).toBe(404);
    expect(await value('SELECT count(*) v FROM batch_items WHERE batch_id = ?', batch.id)).toBe(0);
  });
});

describe('causes', () => {
  it('group failed jobs, the most first, with one of them to look at', async () => {
    const [first, second, third] = await failed(3);
    expect(await queue.get('/api/queue/groups')).toEqual([
      expect.objectContaining({
        cause: 'not_ready',
        jobs: 2,
        sample_id: expect.stringMatching(new RegExp(`${first}|${third}`)),
      }),
      expect.objectContaining({ cause: 'timeout', jobs: 1, sample_id: second }),
    ]);
    expect(await queue.get('/api/queue/groups?state=delayed')).toEqual([]);
  });
});
