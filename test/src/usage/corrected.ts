/** A customer whose usage an operator corrects, through the API: what the tests of corrections begin with. */
import { expect } from 'vitest';
import type { Correction } from '../../../src/contracts/corrections.ts';
import type { CostAnswer } from '../../../src/contracts/cost.ts';
import type { ReviewList } from '../../../src/contracts/reviews.ts';
import type { GapsAnswer, HistoryAnswer } from '../../../src/contracts/usage.ts';
import { makeApi, rootToken } from '../../harness/worker/api.ts';
import { drain, heldQueue, hourReport, metered } from './story.ts';

const signedUp = Date.parse('2026-11-17T12:30:00.000Z');
export const now = Date.parse('2026-11-20T12:30:00.000Z');
export const end = '2026-11-18T10:00:00.000Z';
export const start = '2026-11-18T09:00:00.000Z';
/** Revisions are times of computation: so many ms after the window's end. */
export const at = (ms: number) => Date.parse(end) + ms;

/** A customer above every allowance whose window at `end` had 2,000 core-hours and 50 memory-hours. */
export async function corrected(options: { windowSeconds?: number } = {}) {
  const api = makeApi(signedUp);
  const queue = heldQueue();
  const who = await metered(api, { activeFrom: '2026-11-17T13:00:00Z', ...options });
  const { customerId } = who;
  const send = async (body: Record<string, unknown>) => {
    const answer = await api.call('POST', '/api/usage/report', {
      token: who.key,
      body,
      bindings: { USAGE_QUEUE: queue.queue },
    });
    expect(answer.status, await answer.clone().text()).toBe(202);
    await drain(api, queue);
  };
  const report = (fields: Record<string, unknown>, until = end) => send(hourReport(customerId, until, fields));
  const path = `/api/usage/${customerId}/corrections`;
  const post = (fields: Record<string, unknown>, more: { query?: string; headers?: Record<string, string> } = {}) =>
    api.call('POST', `${path}${more.query ?? ''}`, {
      token: rootToken,
      body: { instance_id: 'prod-1', window_start: start, window_end: end, reason: 'counted by hand', ...fields },
      headers: more.headers ?? {},
    });
  const correct = async (fields: Record<string, unknown>, more: Parameters<typeof post>[1] = {}) => {
    const answer = await post(fields, more);
    expect(answer.status, await answer.clone().text()).toBe(more.query ? 200 : 201);
    return ((await answer.json()) as { correction: Correction }).correction;
  };
  const refusal = async (fields: Record<string, unknown>) => {
    const answer = await post(fields);
    return [answer.status, ((await answer.json()) as { code: string }).code];
  };
  const read = async <T>(of: string, token = rootToken) => (await (await api.call('GET', of, { token })).json()) as T;
  const cost = async () => (await read<CostAnswer>(`/api/usage/${customerId}/cost`)).total_cents;
  const totals = async () =>
    (await read<HistoryAnswer>(`/api/usage/${customerId}?from=2026-11-18T00:00:00Z&to=2026-11-19T00:00:00Z`)).totals;
  const reviews = async (state = 'open') => {
    const { items } = await read<ReviewList>(`/api/usage/reviews?state=${state}&limit=100`);
    return items.filter((item) => item.customer_id === customerId);
  };
  const listed = async (token = rootToken) => (await read<{ items: Correction[] }>(path, token)).items;
  const gaps = async () => (await read<GapsAnswer>(`/api/usage/${customerId}/gaps?days=3`)).items;
  api.clock.now = at(60_000);
  if ((options.windowSeconds ?? 3600) === 3600)
    await report({ revision: at(1_000), cpu_hours: 2000, memory_gb_hours: 50 });
  api.clock.now = now;
  return { api, who, send, report, post, correct, refusal, read, cost, totals, reviews, listed, gaps };
}
