/** What is missing over all customers, as staff look at it. */
import { expect, it } from 'vitest';
import type { AllGapsAnswer } from '../../../src/contracts/all-gaps.ts';
import type { GapsAnswer } from '../../../src/contracts/usage.ts';
import { hourMs } from '../../../src/lib/time.ts';
import { makeApi, rootToken } from '../../harness/worker/api.ts';
import { drain, heldQueue, hourReport, metered } from './story.ts';

const now = Date.parse('2026-11-20T12:30:00.000Z');

it('names each customer of the page with the windows that its own route says are missing, and no more than seven days', async () => {
  const api = makeApi(now - 10 * 24 * hourMs);
  const queue = heldQueue();
  const since = { activeFrom: new Date(now - 30 * 24 * hourMs).toISOString() };
  const one = await metered(api, since);
  const other = await metered(api, since);
  api.clock.now = now;
  const body = hourReport(one.customerId, '2026-11-20T10:00:00.000Z', { cpu_hours: 1 });
  const bindings = { USAGE_QUEUE: queue.queue };
  expect((await api.call('POST', '/api/usage/report', { token: one.key, body, bindings })).status).toBe(202);
  await drain(api, queue);
  const ask = async <T>(path: string) => (await (await api.call('GET', path, { token: rootToken })).json()) as T;
  const page = await ask<AllGapsAnswer>('/api/usage/gaps?limit=25');
  expect([page.from, page.to]).toEqual(['2026-11-13T12:00:00.000Z', '2026-11-20T12:00:00.000Z']);
  const of = (id: string) => page.items.find((item) => item.customer_id === id);
  const missing = of(one.customerId)?.windows.missing ?? 0;
  expect(of(other.customerId)?.windows.missing).toBeGreaterThan(missing);
  const own = await ask<GapsAnswer>(`/api/usage/${one.customerId}/gaps?from=${page.from}&to=${page.to}`);
  expect(missing).toBe(own.items.reduce((sum, gap) => sum + (gap.reason === 'missing' ? gap.windows : 0), 0));
  expect(of(one.customerId)?.gaps).toEqual(own.items.map(({ details: _, ...gap }) => gap));
  const alone = await ask<AllGapsAnswer>(`/api/usage/gaps?customer_id=${one.customerId}`);
  expect([alone.total, alone.items]).toEqual([1, [of(one.customerId)]]);
  const first = await ask<AllGapsAnswer>('/api/usage/gaps?limit=1');
  expect([first.items.length, first.total]).toEqual([1, page.total]);
  const tooMany = await api.call('GET', '/api/usage/gaps?limit=26', { token: rootToken });
  expect(tooMany.status).toBe(422);
  expect((await api.call('GET', '/api/usage/gaps', { token: one.accountKey })).status).toBe(403);
});
