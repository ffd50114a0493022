/** What waits for a person while its meters are handed over: it is billed of whoever has them, once, and nothing is held up by a change that never came about. */
import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import { rootToken } from '../../harness/worker/api.ts';
import { at, corrected, now } from './corrected.ts';
import { shardOf } from './harness.ts';
import { drain, heldQueue, hourReport } from './story.ts';

const hour = 3_600_000;
const noon = '2026-11-18T12:00:00.000Z';

/** A customer whose hour until noon was declared unavailable, and two days later is reported after all: that waits. */
async function waiting(late: Record<string, unknown>) {
  const story = await corrected();
  const { api, who, report, reviews } = story;
  api.clock.now = at(2 * hour + 60_000);
  await report({ revision: at(2 * hour + 1_000), complete: false }, noon);
  api.clock.now = now;
  await report({ revision: now, ...late }, noon);
  const [review] = await reviews();
  if (!review) throw new Error('nothing waits');
  const takeOver = async (fields: Record<string, unknown>) => {
    const body = { instance_id: 'next', take_over: true, ...fields };
    const answer = await api.call('POST', `/api/customers/${who.customerId}/reporters`, { token: rootToken, body });
    const { api_key: key = '', code } = (await answer.json()) as { api_key?: string; code?: string };
    return { status: answer.status, key, code };
  };
  /** The new owner reports the same hour. */
  const reportNext = async (key: string, fields: Record<string, unknown>) => {
    const queue = heldQueue();
    const body = { ...hourReport(who.customerId, noon, fields), instance_id: 'next' };
    const bindings = { USAGE_QUEUE: queue.queue };
    expect((await api.call('POST', '/api/usage/report', { token: key, body, bindings })).status).toBe(202);
    await drain(api, queue);
  };
  const accept = async (query = '', bindings: Record<string, unknown> = {}) => {
    const body = { reason: 'the exporter was back' };
    const path = `/api/usage/reviews/${review.review_id}/accept${query}`;
    const answer = await api.call('POST', path, { token: rootToken, body, bindings });
    return { status: answer.status, ...((await answer.json()) as { code?: string; delta_cents?: number }) };
  };
  return { ...story, takeOver, reportNext, accept, review };
}

describe('a review of a window whose meters somebody else has by now', () => {
  it('is not accepted where the other has all of them: the hour is billed once', async () => {
    const { takeOver, reportNext, accept, cost, totals, reviews } = await waiting({ cpu_hours: 100 });
    const { status, key } = await takeOver({ active_from: '2026-11-18T11:00:00Z' });
    expect(status).toBe(201);
    await reportNext(key, { cpu_hours: 100 });
    const before = await cost();
    expect(await reviews()).toMatchObject([{ delta_cents: null }]);
    for (const query of ['?preview=true', '']) {
      expect(await accept(query)).toMatchObject({ status: 422, code: 'window_not_owned' });
    }
    expect(await cost()).toBe(before);
    expect(await totals()).toMatchObject({ cpu_hours: 2100 });
  });

  it('is accepted without those that the other has, and says so before', async () => {
    const { takeOver, reportNext, accept, cost, totals, reviews } = await waiting({
      cpu_hours: 100,
      memory_gb_hours: 5000,
    });
    const { status, key } = await takeOver({ active_from: '2026-11-18T11:00:00Z', meters: ['cpu_core_ms'] });
    expect(status).toBe(201);
    await reportNext(key, { cpu_hours: 100 });
    const before = await cost();
    const [review] = await reviews();
    const seen = await accept('?preview=true');
    const done = await accept();
    expect(done).toEqual(seen);
    expect(review?.delta_cents).toBe(done.delta_cents);
    expect((await cost()) - before).toBe(done.delta_cents);
    expect(await totals()).toMatchObject({ cpu_hours: 2100, memory_gb_hours: 5050 });
  });

  it('is not accepted where they are handed over between the two databases', async () => {
    const { takeOver, accept, totals, reviews } = await waiting({ cpu_hours: 100 });
    let taken: Awaited<ReturnType<typeof takeOver>> | undefined;
    const shard = new Proxy(shardOf(env), {
      get: (target, name) =>
        name === 'batch'
          ? async (statements: D1PreparedStatement[]) => {
              taken ??= await takeOver({ active_from: '2026-11-18T11:00:00Z' });
              return await target.batch(statements);
            }
          : Reflect.get(target, name).bind(target),
    });
    expect(await accept('', { USAGE_0: shard })).toMatchObject({ status: 422, code: 'window_not_owned' });
    expect(taken?.status).toBe(201);
    expect(await totals()).toMatchObject({ cpu_hours: 2000 });
    expect(await reviews()).toHaveLength(1);
  });
});

describe('a take-over that was refused', () => {
  it('keeps nobody from accepting a review, though nothing is reported any more', async () => {
    const { takeOver, accept } = await waiting({ cpu_hours: 100 });
    const early = { active_from: '2026-11-18T09:00:00Z' };
    expect(await takeOver(early)).toMatchObject({ status: 409, code: 'meter_owned' });
    expect(await accept()).toMatchObject({ status: 200 });
  });
});
