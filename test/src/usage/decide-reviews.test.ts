/** What a person decides about a replacement that was held: it takes effect whole, or not at all, and once. */
import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import type { ReviewList } from '../../../src/contracts/reviews.ts';
import type { HistoryAnswer } from '../../../src/contracts/usage.ts';
import { rollUpDays } from '../../../src/workflows/metering/roll-up.ts';
import { makeApi, rootToken } from '../../harness/worker/api.ts';
import { controlOf, shardOf, shardState } from './harness.ts';
import { drain, heldQueue, hourReport, metered } from './story.ts';

const now = Date.parse('2026-11-20T12:30:00.000Z');
const end = '2026-11-18T10:00:00.000Z';
/** Revisions are times of computation: so many ms after the window's end. */
const at = (ms: number) => Date.parse(end) + ms;

/** A customer whose window at `end` had 10 core-hours and 100 requests, and was then reported again as each of `replacements`. */
async function held(...replacements: { revision: number; [field: string]: unknown }[]) {
  const api = makeApi(now);
  const queue = heldQueue();
  const who = await metered(api, { activeFrom: '2026-11-01T00:00:00Z' });
  const report = async (fields: Record<string, unknown>) => {
    const body = hourReport(who.customerId, end, fields);
    const answer = await api.call('POST', '/api/usage/report', {
      token: who.key,
      body,
      bindings: { USAGE_QUEUE: queue.queue },
    });
    expect(answer.status, await answer.clone().text()).toBe(202);
    await drain(api, queue);
  };
  api.clock.now = Date.parse(end) + 60_000;
  await report({ revision: at(1_000), cpu_hours: 10, http_requests: 100, gap_seconds: 0 });
  for (const replacement of replacements) await report(replacement);
  api.clock.now = now;
  const reviews = async (state = 'open') => {
    const answer = await api.call('GET', `/api/usage/reviews?state=${state}&limit=100`, { token: rootToken });
    const { items } = (await answer.json()) as ReviewList;
    return items.filter((item) => item.customer_id === who.customerId);
  };
  const decide = (id: string, verdict: 'accept' | 'reject', headers: Record<string, string> = {}) =>
    api.call('POST', `/api/usage/reviews/${id}/${verdict}`, {
      token: rootToken,
      body: { reason: 'looked at the pods' },
      headers,
    });
  const totals = async () => {
    const path = `/api/usage/${who.customerId}?from=2026-11-18T00:00:00Z&to=2026-11-19T00:00:00Z`;
    return ((await (await api.call('GET', path, { token: who.accountKey })).json()) as HistoryAnswer).totals;
  };
  return { api, who, report, reviews, decide, totals };
}

async function only<T>(items: Promise<T[]>): Promise<T> {
  const [first, ...rest] = await items;
  if (first === undefined || rest.length > 0) throw new Error(`${rest.length + (first ? 1 : 0)} items`);
  return first;
}

const refusal = async (answer: Response) => ({
  status: answer.status,
  code: ((await answer.json()) as { code: string }).code,
});

describe('a review that is accepted', () => {
  it('takes effect whole, also where the day was rolled up, and is said by whom and why', async () => {
    const { api, who, reviews, decide, totals } = await held({ revision: at(2_000), cpu_hours: 1, http_requests: 120 });
    await rollUpDays([shardOf(env)], now);
    expect(await totals()).toEqual({ cpu_hours: 10, http_requests: 100 });
    const { review_id: id } = await only(reviews());
    expect(await (await decide(id, 'accept')).json()).toEqual({
      success: true,
      review_id: id,
      state: 'accepted',
      // No period holds a window from before the customer.
      delta_cents: 0,
    });
    expect(await totals()).toEqual({ cpu_hours: 1, http_requests: 120 });
    await rollUpDays([shardOf(env)], now);
    expect(await totals()).toEqual({ cpu_hours: 1, http_requests: 120 });
    expect(await reviews()).toEqual([]);
    const { decision } = await only(reviews('accepted'));
    expect(decision).toEqual({ at: '2026-11-20T12:30:00.000Z', by: 'admin:root', reason: 'looked at the pods' });
    const audited = await controlOf(env)
      .prepare("SELECT details FROM audit_log WHERE action = 'review.accepted' AND subject = ?")
      .bind(who.customerId)
      .all<{ details: string }>();
    expect(audited.results.map(({ details }) => JSON.parse(details))).toMatchObject([
      { review_id: id, window_end: end, reason: 'looked at the pods', namespace: who.namespace },
    ]);
    const changes = (await shardState(env)).changes.filter((c) => c['changed_at'] === api.clock.now);
    expect(changes).toMatchObject([{ old_revision: at(1_000), revision: at(2_000) }]);
  });

  it('leaves nothing behind of what the window had before: fields that it lacks, and a gap that is over', async () => {
    const { report, reviews, decide, totals } = await held({ revision: at(2_000), cpu_hours: 1 });
    await decide((await only(reviews())).review_id, 'accept');
    expect(await totals()).toEqual({ cpu_hours: 1 });
    await report({ revision: at(3_000), cpu_hours: 1.1, complete: false, gap_seconds: 60 });
    expect(await reviews()).toMatchObject([{ reason: 'late' }]);
    await decide((await only(reviews())).review_id, 'accept');
    expect((await shardState(env)).windows.at(-1)).toMatchObject({ revision: at(3_000), complete: 0, gap_ms: 60_000 });
  });

  it('is stored under the next revision where it came under the one that stands', async () => {
    const { report, reviews, decide, totals } = await held({ revision: at(1_000), cpu_hours: 11, http_requests: 100 });
    const { review_id: id, reason } = await only(reviews());
    expect(reason).toBe('revision_conflict');
    await decide(id, 'accept');
    expect(await totals()).toEqual({ cpu_hours: 11, http_requests: 100 });
    // The report that stood comes again: lower than what stands now, so it changes nothing.
    await report({ revision: at(1_000), cpu_hours: 10, http_requests: 100 });
    expect(await totals()).toEqual({ cpu_hours: 11, http_requests: 100 });
  });

  it('lets past the one that was accepted, and no other that lowers the window', async () => {
    const { report, reviews, decide, totals } = await held({ revision: at(2_000), cpu_hours: 5, http_requests: 100 });
    await decide((await only(reviews())).review_id, 'accept');
    await report({ revision: at(2_001), cpu_hours: 1, http_requests: 100 });
    expect(await totals()).toEqual({ cpu_hours: 5, http_requests: 100 });
    expect(await reviews()).toMatchObject([{ proposed: { revision: at(2_001) } }]);
  });
});

describe('who watches live figures', () => {
  it('is told of a review that is accepted, and not of one that is rejected', async () => {
    const { api, who, reviews, decide } = await held({ revision: at(2_000), cpu_hours: 5 });
    const organisationId = await controlOf(env)
      .prepare('SELECT organisation_id FROM customers WHERE id = ?')
      .bind(who.customerId)
      .first<string>('organisation_id');
    const told: [string, readonly string[]][] = [];
    const feed = { get: () => ({ stored: async (id: string, ids: readonly string[]) => void told.push([id, ids]) }) };
    const directory = { get: () => ({ watchedAmong: async (ids: string[]) => ids }) };
    Object.assign(api.bindings, {
      LIVE: { ...feed, idFromName: (name: string) => name },
      LIVE_DIRECTORY: { ...directory, idFromName: (name: string) => name },
    });
    const { review_id: id } = await only(reviews());
    expect((await decide(id, 'accept')).status).toBe(200);
    expect(told).toEqual([[organisationId, [who.customerId]]]);
    const other = await held({ revision: at(2_000), cpu_hours: 5 });
    Object.assign(other.api.bindings, { LIVE: api.bindings['LIVE'], LIVE_DIRECTORY: api.bindings['LIVE_DIRECTORY'] });
    expect((await other.decide((await only(other.reviews())).review_id, 'reject')).status).toBe(200);
    expect(told).toHaveLength(1);
  });
});

describe('a review that is rejected', () => {
  it('leaves what stands, also when the same revision comes again; a later one asks anew', async () => {
    const { report, reviews, decide, totals } = await held({ revision: at(2_000), cpu_hours: 1 });
    expect((await decide((await only(reviews())).review_id, 'reject')).status).toBe(200);
    await report({ revision: at(2_000), cpu_hours: 1 });
    expect(await totals()).toEqual({ cpu_hours: 10, http_requests: 100 });
    expect(await reviews()).toEqual([]);
    await report({ revision: at(3_000), cpu_hours: 2 });
    expect(await reviews()).toMatchObject([{ proposed: { revision: at(3_000) } }]);
    expect(await reviews('rejected')).toHaveLength(1);
  });
});

describe('a review', () => {
  it('is decided once, whoever is first', async () => {
    const { reviews, decide, totals } = await held({ revision: at(2_000), cpu_hours: 1 });
    const { review_id: id } = await only(reviews());
    const answers = await Promise.all([decide(id, 'accept'), decide(id, 'reject'), decide(id, 'accept')]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409]);
    const accepted = (await reviews('accepted')).length === 1;
    expect(await totals()).toEqual(accepted ? { cpu_hours: 1 } : { cpu_hours: 10, http_requests: 100 });
    expect(await refusal(await decide(id, 'reject'))).toEqual({ status: 409, code: 'review_closed' });
  });

  it('answers its first decision again to the same Idempotency-Key', async () => {
    const { reviews, decide } = await held({ revision: at(2_000), cpu_hours: 1 });
    const { review_id: id } = await only(reviews());
    const key = { 'idempotency-key': 'the-same-decision-again' };
    expect((await decide(id, 'accept', key)).status).toBe(200);
    expect((await decide(id, 'accept', key)).status).toBe(200);
  });

  it('that a later revision has answered is closed', async () => {
    const { report, reviews, decide } = await held({ revision: at(2_000), cpu_hours: 1 });
    const { review_id: id } = await only(reviews());
    await report({ revision: at(3_000), cpu_hours: 12 });
    await report({ revision: at(4_000), cpu_hours: 1 });
    expect(await refusal(await decide(id, 'accept'))).toEqual({ status: 409, code: 'review_closed' });
    expect(await refusal(await decide(`rvw_${'0'.repeat(32)}`, 'accept'))).toEqual({ status: 404, code: 'not_found' });
  });

  it('of a window that is older than any open correction can be rejected only', async () => {
    const { api, reviews, decide, totals } = await held({ revision: at(2_000), cpu_hours: 1 });
    const { review_id: id } = await only(reviews());
    api.clock.now = Date.parse(end) + 62 * 86_400_000 + 1;
    expect(await refusal(await decide(id, 'accept'))).toEqual({ status: 422, code: 'window_too_old' });
    expect(await totals()).toEqual({ cpu_hours: 10, http_requests: 100 });
    expect((await decide(id, 'reject')).status).toBe(200);
  });

  it('is decided beside others, each by itself and in the order that was given', async () => {
    const one = await held({ revision: at(2_000), cpu_hours: 1 });
    const other = await held({ revision: at(2_000), cpu_hours: 2 });
    const [a, b] = [await only(one.reviews()), await only(other.reviews())];
    await other.decide(b.review_id, 'reject');
    const missing = `rvw_${'1'.repeat(32)}`;
    const answer = await one.api.call('POST', '/api/usage/reviews/decide', {
      token: rootToken,
      body: { ids: [missing, b.review_id, a.review_id], decision: 'accept', reason: 'all seen' },
    });
    expect(await answer.json()).toEqual({
      success: true,
      together_cents: 0,
      results: [
        { id: missing, status: 'refused', delta_cents: null, code: 'not_found' },
        { id: b.review_id, status: 'refused', delta_cents: null, code: 'review_closed' },
        { id: a.review_id, status: 'accepted', delta_cents: 0 },
      ],
    });
    expect(await one.totals()).toEqual({ cpu_hours: 1 });
    expect(await other.totals()).toEqual({ cpu_hours: 10, http_requests: 100 });
  });
});
