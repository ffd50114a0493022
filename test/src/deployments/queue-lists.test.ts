/** What the console finds of jobs: by state, words, customer, error and time, in which order, and how fast it forgets. */
import { env } from 'cloudflare:workers';
import { beforeAll, describe, expect, it } from 'vitest';
import { commit, openDb } from '../../../src/db/client.ts';
import { forgetLogs } from '../../../src/deployments/retention-store.ts';
import { makeQueue, type Queue, seedFinished, value } from './queue-kit.ts';

let queue: Queue;
beforeAll(async () => {
  queue = await makeQueue();
});

const ids = async (query: string) => (await queue.list(query)).items.map(({ id }) => id);

describe('the list of jobs', () => {
  it('finds jobs by company, whatever its case and width, by ids and by the code of an error', async () => {
    const { jobId, customerId } = await queue.waiting('Straße & Söhne Ｌtd');
    for (const q of ['söhne', 'STRASSE'.slice(0, 4), 'ltd', customerId, jobId.slice(0, 20)]) {
      expect(await ids(`?q=${encodeURIComponent(q)}`)).toContain(jobId);
    }
    expect(await ids('?q=nobody-is-called-so')).toEqual([]);
    expect(await ids(`?q=${encodeURIComponent("' OR 1=1 --")}`)).toEqual([]);
    const leased = await queue.lease(jobId);
    await queue.fail(leased, { events: [{ object: 'Pod/api', reason: 'ErrImagePull', message: 'no such image' }] });
    expect(await ids('?q=not_ready')).toContain(jobId);
    for (const error of ['not_ready', 'not_ready: ErrImagePull']) {
      expect(await ids(`?error=${encodeURIComponent(error)}&customer_id=${customerId}`)).toEqual([jobId]);
    }
    expect(await ids(`?error=not_read&customer_id=${customerId}`)).toEqual([]);
  });

  it('shows what is on a job beside its state: company, plan, who pays, cause, times, and when it goes on by itself', async () => {
    const { jobId } = await queue.waiting('Shown');
    const madeAt = queue.api.clock.now;
    expect(await queue.job(jobId)).toMatchObject({
      company_name: 'Shown',
      plan: 'starter',
      priority: 'trial',
      cause: null,
      next_attempt_at: new Date(madeAt).toISOString(),
      timings: { waited_ms: 0, ran_ms: null },
      logs: false,
    });
    queue.api.clock.now += 10_000;
    const leased = await queue.lease(jobId);
    queue.api.clock.now += 4_000;
    expect(await queue.job(jobId)).toMatchObject({
      state: 'active',
      next_attempt_at: null,
      timings: { waited_ms: 10_000, ran_ms: 4_000 },
    });
    await queue.fail(leased, { retryable: true });
    const delayed = await queue.job(jobId);
    expect(delayed).toMatchObject({ state: 'delayed', cause: 'not_ready', timings: { ran_ms: 4_000 } });
    expect(delayed.next_attempt_at).toBe(delayed.run_after);
    queue.api.clock.now = Date.parse(delayed.run_after);
    const again = await queue.lease(jobId);
    queue.api.clock.now += 1_000;
    await queue.fail(again);
    expect(await queue.job(jobId)).toMatchObject({
      state: 'failed',
      // Looked at again after an hour.
      next_attempt_at: new Date(queue.api.clock.now + 3_600_000).toISOString(),
      timings: { waited_ms: 10_000, ran_ms: 5_000 },
    });
    await value(
      "UPDATE subscriptions SET status = 'active' WHERE customer_id = ? RETURNING 1 AS v",
      delayed.customer_id,
    );
    expect(await queue.job(jobId)).toMatchObject({ priority: 'paid' });
  });

  it('takes the times of making, sorts by what it is told, pages without a job twice, and refuses what is no such thing', async () => {
    const from = queue.api.clock.now + 60_000;
    queue.api.clock.now = from;
    const made: string[] = [];
    for (const company of ['Ｂeta', 'alpha', 'Gamma']) {
      made.push((await queue.waiting(company)).jobId);
      queue.api.clock.now += 1_000;
    }
    const range = `from=${new Date(from).toISOString()}&to=${new Date(from + 2_000).toISOString()}`;
    expect(await ids(`?${range}`)).toEqual(made.toReversed());
    expect(await ids(`?${range}&sort=created_at`)).toEqual(made);
    expect(await ids(`?${range}&sort=company_name`)).toEqual([made[1], made[0], made[2]]);
    expect(await ids(`?${range}&sort=-company_name`)).toEqual([made[2], made[0], made[1]]);
    for (const sort of ['updated_at', 'finished_at', 'run_after', 'attempts']) {
      const pages = await Promise.all([1, 2, 3].map((page) => ids(`?${range}&sort=${sort}&limit=1&page=${page}`)));
      expect(pages.flat()).toEqual(made);
    }
    const narrow = `from=${new Date(from + 1).toISOString()}&to=${new Date(from + 1_999).toISOString()}`;
    expect(await queue.list(`?${narrow}`)).toMatchObject({ total: 1 });
    for (const bad of ['sort=name', 'customer_id=x', 'from=yesterday', 'state=gone', 'error=']) {
      const answer = await queue.api.call('GET', `/api/queue/jobs?${bad}`, { token: queue.tokens.viewer });
      expect(answer.status, bad).toBe(422);
    }
  });

  it('counts and lists the same jobs in each state, a lease that ran out among those that wait', async () => {
    const { jobId } = await queue.waiting('Counted');
    const leased = await queue.lease(jobId);
    for (const now of [queue.api.clock.now, Date.parse(leased.lease_until), Date.parse(leased.lease_until) + 1]) {
      queue.api.clock.now = now;
      const stats = await queue.get<Record<string, number>>('/api/queue/stats');
      expect(Object.keys(stats).sort()).toEqual(['active', 'completed', 'delayed', 'failed', 'waiting']);
      for (const [state, count] of Object.entries(stats)) {
        const { items, total } = await queue.list(`?state=${state}&limit=100`);
        expect([state, total], state).toEqual([state, count]);
        expect(items.every((item) => item.state === state)).toBe(true);
      }
      const all = await queue.list('?limit=1');
      expect(all.total).toBe(Object.values(stats).reduce((a, b) => a + b, 0));
    }
    expect(await ids('?state=waiting&limit=100')).toContain(jobId);
  });
});

describe('finished jobs', () => {
  it('leave the lists but for the newest, and are forgotten with their logs, all but the last that speaks for a deployment', async () => {
    const one = await queue.waiting('Old');
    const before = queue.api.clock.now - 86_400_000;
    const done = await seedFinished(one.customerId, 'completed', 130, before);
    const failed = await seedFinished(one.customerId, 'failed', 215, before - 86_400_000);
    expect(await queue.list('?state=completed')).toMatchObject({ total: 100 });
    expect(await queue.list('?state=failed')).toMatchObject({ total: 200 });
    // The lists have them by when they ended; a job by its id is there until cron has passed.
    expect(await queue.job(done[0] ?? '')).toMatchObject({ state: 'completed' });

    queue.api.clock.now = Math.ceil(queue.api.clock.now / 3_600_000) * 3_600_000;
    await queue.api.tick();
    expect(
      await value('SELECT count(*) v FROM jobs WHERE customer_id = ? AND state = ?', one.customerId, 'failed'),
    ).toBe((await queue.list(`?state=failed&customer_id=${one.customerId}`)).total);
    const gone = await queue.api.call('GET', `/api/queue/jobs/${failed[0]}`, { token: queue.tokens.viewer });
    expect(gone.status).toBe(404);
    expect(await queue.list('?state=failed')).toMatchObject({ total: 200 });
    expect(await queue.list('?state=completed')).toMatchObject({ total: 100 });
    expect(
      await value('SELECT count(*) v FROM job_logs WHERE job_id NOT IN (SELECT id FROM jobs WHERE log_seq > 0)'),
    ).toBe(0);
    // Its first job, which still waits, was never in question.
    expect(await queue.job(one.jobId)).toMatchObject({ state: 'waiting' });
  });

  it('keep their log where one was sent again after it was found', async () => {
    const { jobId } = await queue.waiting('Sent again');
    const leased = await queue.lease(jobId);
    const lines = [{ number: 1, at: '2026-11-20T12:00:00.000Z', level: 'info', line: 'why it failed' }];
    await queue.protocol(jobId, 'logs', { lease_id: leased.lease_id, lines });
    await queue.fail(leased);
    const logged = () => value<number>('SELECT count(*) v FROM job_logs WHERE job_id = ?', jobId);
    expect(await logged()).toBe(1);
    // Cron has found it; a person is faster than what cron does then.
    expect((await queue.post(`/api/queue/jobs/${jobId}/retry`, {})).status).toBe(202);
    const control = openDb((env as unknown as { CONTROL: D1Database }).CONTROL);
    await commit(control, forgetLogs([jobId]));
    expect([await logged(), await value('SELECT log_seq v FROM jobs WHERE id = ?', jobId)]).toEqual([1, 1]);
  });

  it('of a deployment that nothing newer speaks for stay, so that the customer names its job and a look runs it again', async () => {
    const { customerId, jobId } = await queue.waiting('Last');
    const hour = Math.ceil(queue.api.clock.now / 3_600_000) * 3_600_000;
    queue.api.clock.now = hour + 3_000_000;
    const leased = await queue.lease(jobId);
    await queue.fail(leased);
    const cleaned = await queue.post('/api/queue/clean', { state: 'failed', older_than_seconds: 0 });
    expect(cleaned.status).toBe(200);
    expect(await ids(`?customer_id=${customerId}`)).toEqual([]);
    // Cron forgets before anybody looks again.
    queue.api.clock.now = hour + 3_600_000;
    await queue.api.tick();
    const customer = await queue.get<{ deployment: { job_id: string } }>(`/api/customers/${customerId}`);
    expect(customer.deployment.job_id).toBe(jobId);
    expect(await queue.job(jobId)).toMatchObject({ state: 'failed' });
    queue.api.clock.now = hour + 2 * 3_600_000;
    await queue.api.tick();
    expect(await queue.job(jobId)).toMatchObject({ state: 'waiting' });
    expect(await ids(`?customer_id=${customerId}`)).toEqual([jobId]);
  });
});

describe('the history', () => {
  it('counts every end of a job in its hour, with the times of runs, and hours without any', async () => {
    queue.api.clock.now = Date.parse('2026-12-01T08:00:00.000Z');
    for (const [n, ranMs] of [1_000, 2_000, 3_000, 30_000].entries()) {
      const { jobId } = await queue.waiting(`History ${n}`);
      const leased = await queue.lease(jobId);
      queue.api.clock.now += ranMs;
      await queue.complete(leased);
    }
    const failing = await queue.waiting('History fails');
    const leased = await queue.lease(failing.jobId);
    await queue.fail(leased);
    queue.api.clock.now = Date.parse('2026-12-01T10:30:00.000Z');
    const history = await queue.get<{ hour: string; done: number }[]>('/api/queue/history?hours=3');
    expect(history).toMatchObject([
      { hour: '2026-12-01T08:00:00.000Z', failed: 1 },
      { hour: '2026-12-01T09:00:00.000Z', done: 0, failed: 0, p50_ms: null, p95_ms: null },
      { hour: '2026-12-01T10:00:00.000Z', done: 0, failed: 0, p50_ms: null, p95_ms: null },
    ]);
    // Jobs of the tests before, which the lease of the first took away, ran 0 ms.
    expect(history[0]?.done).toBeGreaterThanOrEqual(4);
    await value('DELETE FROM job_history WHERE ran_ms = 0 RETURNING 1 AS v');
    const [hour] = await queue.get<unknown[]>('/api/queue/history?hours=3');
    expect(hour).toMatchObject({ done: 4, p50_ms: 2_000, p95_ms: 30_000 });
  });

  it('takes from an hour to 400 days', async () => {
    expect(await queue.get<unknown[]>('/api/queue/history')).toHaveLength(24);
    expect(await queue.get<unknown[]>('/api/queue/history?hours=9600')).toHaveLength(9600);
    for (const hours of ['0', '9601', '1.5', 'x']) {
      const answer = await queue.api.call('GET', `/api/queue/history?hours=${hours}`, { token: queue.tokens.viewer });
      expect(answer.status, hours).toBe(422);
    }
  });

  it('is forgotten after 400 days', async () => {
    queue.api.clock.now = Date.parse('2028-02-01T00:00:00.000Z');
    await queue.api.tick();
    expect(
      await value('SELECT count(*) v FROM job_history WHERE hour < ?', queue.api.clock.now - 400 * 86_400_000),
    ).toBe(0);
  });
});
