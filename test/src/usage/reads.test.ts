import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import type { CursorAnswer, GapsAnswer, HistoryAnswer } from '../../../src/contracts/usage.ts';
import { openDb } from '../../../src/db/client.ts';
import { readReviews } from '../../../src/workflows/billing/list-reviews.ts';
import { rollUpDays } from '../../../src/workflows/metering/roll-up.ts';
import { makeApi, rootToken } from '../../harness/worker/api.ts';
import { controlOf, shardOf, shardState } from './harness.ts';
import { failing } from './outage.ts';
import { deliver, drain, heldQueue, hourReport, metered } from './story.ts';

const now = Date.parse('2026-11-20T12:30:00.000Z');
const hours = (from: string, count: number) =>
  Array.from({ length: count }, (_, i) => new Date(Date.parse(from) + i * 3_600_000).toISOString());

async function story(options: { activeFrom?: string; reports?: (customerId: string) => object[] } = {}) {
  const api = makeApi(now);
  const held = heldQueue();
  const who = await metered(api, { activeFrom: options.activeFrom ?? '2026-11-01T00:00:00Z' });
  const send = async (reports: object[]) => {
    const body = { reports };
    const answer = await api.call('POST', '/api/usage/batch', {
      token: who.key,
      body,
      bindings: { USAGE_QUEUE: held.queue },
    });
    expect(await answer.json()).toMatchObject({ rejected: 0 });
    return await drain(api, held);
  };
  const read = async <T>(path: string, token = who.accountKey): Promise<T> => {
    const answer = await api.call('GET', `/api/usage/${who.customerId}${path}`, { token });
    expect(answer.status).toBe(200);
    return (await answer.json()) as T;
  };
  if (options.reports) await send(options.reports(who.customerId));
  return { api, held, who, send, read };
}

async function seqOf(customerId: string): Promise<number> {
  const row = controlOf(env).prepare('SELECT seq FROM customers WHERE id = ?').bind(customerId);
  return (await row.first<number>('seq')) ?? 0;
}

describe('history', () => {
  it('puts a window into the day that it ends in: (00:00, 24:00]', async () => {
    const { read } = await story({
      reports: (id) => [
        hourReport(id, '2026-11-18T00:00:00Z', { cpu_hours: 1 }),
        hourReport(id, '2026-11-18T01:00:00Z', { cpu_hours: 2 }),
        hourReport(id, '2026-11-19T00:00:00Z', { cpu_hours: 4 }),
      ],
    });
    const answer = await read<HistoryAnswer>('?from=2026-11-17T00:00:00Z&to=2026-11-20T00:00:00Z');
    expect(answer.items.map((i) => [i.window_start.slice(0, 10), i.cpu_hours])).toEqual([
      ['2026-11-18', 6],
      ['2026-11-17', 1],
    ]);
    expect(answer).toMatchObject({ total: 2, totals: { cpu_hours: 7 } });
  });

  it('answers the same before and after the roll-up, and after a late report made a day dirty again', async () => {
    const { api, read, send, who } = await story({
      reports: (id) =>
        hours('2026-11-17T12:00:00Z', 40).map((end, i) =>
          hourReport(id, end, { cpu_hours: 0.1 * i, storage_used_gb: i, active_devices: i % 7, http_requests: i }),
        ),
    });
    const path = '?from=2026-11-16T00:00:00Z&to=2026-11-20T00:00:00Z';
    const before = await read<HistoryAnswer>(path);
    expect(before.totals.http_requests).toBe(780);
    expect(before.totals.storage_used_gb).toBeCloseTo(19.5, 9);
    expect(before.totals.active_devices).toBe(6);
    const down = failing(shardOf(env));
    down.state.down = true;
    // A shard that is away is said, and holds up no other.
    await expect(rollUpDays([down.database, shardOf(env)], api.clock.now)).rejects.toThrow('1 of 2 shards');
    expect((await shardState(env)).dirty).toEqual([]);
    expect(await read<HistoryAnswer>(path)).toEqual(before);
    await send([hourReport(who.customerId, '2026-11-17T06:00:00Z', { http_requests: 1000 })]);
    const after = await read<HistoryAnswer>(path);
    expect(after.totals.http_requests).toBe(1780);
    await rollUpDays([shardOf(env)], api.clock.now);
    expect(await read<HistoryAnswer>(path)).toEqual(after);
  });

  it('pages, filters by namespace and writes CSV', async () => {
    const { api, who, read } = await story({
      reports: (id) => hours('2026-11-19T01:00:00Z', 30).map((end) => hourReport(id, end, { cpu_hours: 1 })),
    });
    const page = await read<HistoryAnswer>('?granularity=window&limit=20&page=2');
    expect(page.items).toHaveLength(10);
    expect(page).toMatchObject({ total: 30, page: 2, limit: 20, totals: { cpu_hours: 30 } });
    expect(page.items[0]?.window_end).toBe('2026-11-19T10:00:00.000Z');
    expect((await read<HistoryAnswer>(`?namespace=${who.namespace}`)).totals.cpu_hours).toBe(30);
    const elsewhere = await api.call('GET', `/api/usage/${who.customerId}?namespace=other`, { token: who.accountKey });
    expect(elsewhere.status).toBe(404);
    const csv = await api.call('GET', `/api/usage/${who.customerId}?granularity=window&format=csv`, {
      token: who.accountKey,
    });
    expect(csv.headers.get('content-type')).toContain('text/csv');
    const lines = (await csv.text()).trimEnd().split('\r\n');
    expect(lines).toHaveLength(31);
    expect(lines[0]).toMatch(/^window_start,window_end,namespace,instance_id,revision,complete,gap_seconds,cpu_hours,/);
  });

  it('refuses a file that would not hold the whole range, instead of leaving the oldest out', async () => {
    const { api, who } = await story();
    const seq = await seqOf(who.customerId);
    const fill = (count: number, project: number) =>
      shardOf(env)
        .prepare(
          `WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < ${count - 1})
          INSERT INTO windows (customer_seq, window_end, reporter_seq, project_seq, seconds, revision, accepted_at, complete,
            gap_ms, missing, cpu_core_ms)
          SELECT ${seq}, ${now - (now % 900_000)} - i * 900000, 1, ${project}, 900, 1, ${now}, 1, 0, 0, 1 FROM n`,
        )
        .run();
    const file = async () =>
      await api.call('GET', `/api/usage/${who.customerId}?granularity=window&format=csv&days=400`, {
        token: who.accountKey,
      });
    await fill(25_000, 1);
    await fill(25_000, 2);
    const whole = await file();
    expect(whole.status).toBe(200);
    expect((await whole.text()).trimEnd().split('\r\n')).toHaveLength(50_001);
    await fill(1, 3);
    const refused = await file();
    expect(refused.status).toBe(422);
    expect(await refused.json()).toMatchObject({
      code: 'validation_failed',
      message: expect.stringContaining('50001 lines'),
    });
  });

  it('shows what a namespace costs us to admins only', async () => {
    const { read } = await story({
      reports: (id) => [hourReport(id, '2026-11-19T10:00:00Z', { cpu_hours: 1, cost_cpu: 0.25 })],
    });
    expect((await read<HistoryAnswer>('')).totals).toEqual({ cpu_hours: 1 });
    expect((await read<HistoryAnswer>('', rootToken)).totals).toEqual({ cpu_hours: 1, cost_cpu: 0.25 });
  });

  it('can be asked for again by the range that it answered, for the next page', async () => {
    const { read } = await story();
    const { from, to } = await read<HistoryAnswer>('?days=400');
    expect(await read<HistoryAnswer>(`?from=${from}&to=${to}&page=2`)).toMatchObject({ from, to, page: 2 });
  });

  it('refuses a range that runs backwards or is too long', async () => {
    const { api, who } = await story();
    for (const query of ['from=2026-11-20T00:00:00Z&to=2026-11-19T00:00:00Z', 'from=2020-01-01T00:00:00Z', 'days=0']) {
      const answer = await api.call('GET', `/api/usage/${who.customerId}?${query}`, { token: who.accountKey });
      expect(answer.status).toBe(422);
    }
  });
});

describe('gaps', () => {
  it('lists missing, unavailable and partial windows, and what is not due yet is not missing', async () => {
    const { api, read, send, who } = await story({ activeFrom: '2026-11-20T04:00:00Z' });
    api.clock.now = now;
    const at = (end: string, fields: object) => ({ ...hourReport(who.customerId, end), ...fields });
    // The stack itself runs since the signup, at 12:30; the namespace of its own is expected from then on only.
    expect((await read<GapsAnswer>('/gaps?days=1')).items).toEqual([]);
    api.clock.now = Date.parse('2026-11-20T18:05:00Z');
    await send([
      at('2026-11-20T14:00:00Z', { cpu_hours: 1 }),
      at('2026-11-20T15:00:00Z', { complete: false }),
      at('2026-11-20T16:00:00Z', { cpu_hours: 1, complete: false, gap_seconds: 400 }),
    ]);
    const { items } = await read<GapsAnswer>('/gaps?days=1');
    expect(items.map((g) => [g.from.slice(11, 16), g.to.slice(11, 16), g.windows, g.reason])).toEqual([
      ['12:00', '13:00', 1, 'missing'],
      ['14:00', '15:00', 1, 'unavailable'],
      ['15:00', '16:00', 1, 'partial'],
      ['16:00', '17:00', 1, 'missing'],
    ]);
  });

  it('are paged, a thousand at most', async () => {
    const { api, who, read, send } = await story();
    api.clock.now = Date.parse('2026-11-20T18:05:00Z');
    await send([
      hourReport(who.customerId, '2026-11-20T14:00:00Z', { cpu_hours: 1 }),
      hourReport(who.customerId, '2026-11-20T15:00:00Z', { complete: false }),
    ]);
    const whole = await read<GapsAnswer>('/gaps?days=1');
    expect(whole).toMatchObject({ total: 3, page: 1, limit: 1000 });
    const pages = await Promise.all([1, 2].map((page) => read<GapsAnswer>(`/gaps?days=1&limit=2&page=${page}`)));
    expect(pages.map((p) => [p.items.length, p.total, p.page, p.limit])).toEqual([
      [2, 3, 1, 2],
      [1, 3, 2, 2],
    ]);
    expect(pages.flatMap((p) => p.items)).toEqual(whole.items);
    const path = `/api/usage/${who.customerId}/gaps?limit=1001`;
    expect((await api.call('GET', path, { token: who.accountKey })).status).toBe(422);
  });

  it('does not expect a suspended stack to report', async () => {
    const { api, read, who } = await story({ activeFrom: '2026-11-20T12:00:00Z' });
    api.clock.now = Date.parse('2026-11-20T14:20:00Z');
    await api.call('POST', `/api/customers/${who.customerId}/deactivate`, { token: rootToken, body: {} });
    api.clock.now = Date.parse('2026-11-20T20:20:00Z');
    const { items } = await read<GapsAnswer>('/gaps?days=1', rootToken);
    expect(items).toMatchObject([{ from: '2026-11-20T12:00:00.000Z', to: '2026-11-20T15:00:00.000Z', windows: 3 }]);
  });
});

describe('the cursor', () => {
  it('is where the reporter became active, then the end of the last accounted window, unavailable ones too', async () => {
    const { api, who, send } = await story({ activeFrom: '2026-11-20T04:00:00Z' });
    const path = `/api/usage/${who.customerId}/cursor?instance_id=prod-1`;
    const read = async () => (await (await api.call('GET', path, { token: who.key })).json()) as CursorAnswer;
    expect(await read()).toMatchObject({
      cursor: '2026-11-20T04:00:00.000Z',
      namespace: who.namespace,
      window_seconds: 3600,
      active_until: null,
      server_time: '2026-11-20T12:30:00.000Z',
    });
    await send([hourReport(who.customerId, '2026-11-20T05:00:00Z', { cpu_hours: 1 })]);
    await send([hourReport(who.customerId, '2026-11-20T06:00:00Z', { complete: false })]);
    expect((await read()).cursor).toBe('2026-11-20T06:00:00.000Z');
  });

  it('of somebody else is not there', async () => {
    const { api, who } = await story();
    const other = await story();
    const status = async (id: string, instance: string) =>
      (await api.call('GET', `/api/usage/${id}/cursor?instance_id=${instance}`, { token: who.key })).status;
    expect(await status(other.who.customerId, 'prod-1')).toBe(404);
    expect(await status(who.customerId, 'prod-9')).toBe(404);
    expect(
      (await api.call('GET', `/api/usage/${who.customerId}/cursor?instance_id=prod-1`, { token: who.accountKey }))
        .status,
    ).toBe(403);
  });
});

describe('a report sent a thousand times', () => {
  it('is one row and is billed once', async () => {
    const { api, held, read, who } = await story();
    const report = hourReport(who.customerId, '2026-11-20T10:00:00Z', { cpu_hours: 1000 });
    const bindings = { USAGE_QUEUE: held.queue };
    await Promise.all([
      ...Array.from({ length: 100 }, () =>
        api.call('POST', '/api/usage/report', { token: who.key, body: report, bindings }),
      ),
      api.call('POST', '/api/usage/batch', { token: who.key, body: { reports: Array(900).fill(report) }, bindings }),
    ]);
    const bodies = held.bodies.splice(0);
    await Promise.all([deliver(api, bodies.slice(0, 60)), deliver(api, bodies.slice(40)), deliver(api, bodies)]);
    expect((await read<HistoryAnswer>('?granularity=window')).items).toHaveLength(1);
    expect((await read<HistoryAnswer>('')).totals).toEqual({ cpu_hours: 1000 });
  });
});

describe('reviews', () => {
  it('are paged newest first over all shards, each once, though many were held at one time', async () => {
    const { api } = await story();
    const fill = (count: number, heldAt: number, customer: number) =>
      shardOf(env)
        .prepare(
          `WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < ${count - 1})
          INSERT INTO reviews (customer_seq, window_end, reporter_seq, project_seq, revision, reason, state, held_at, seconds,
            standing_revision, standing_quantities, complete, gap_ms, missing, quantities)
          SELECT ${customer}, 3600000, i % 5, i, 1, 'late', 'open', ${heldAt}, 3600, 0, '[]', 1, 0, 0, '[]' FROM n`,
        )
        .run();
    await fill(130, 2_000_000, 900_001);
    await fill(90, 1_000_000, 900_002);
    // The same shard twice is as good as two: every review is expected twice.
    const shards = [shardOf(env), shardOf(env)];
    const reads = { db: openDb(controlOf(env)), shards, now: api.clock.now };
    const seen = new Map<string, number>();
    const times: number[] = [];
    for (let page = 1; page <= 6; page++) {
      const { reviews, total } = await readReviews(reads, { state: 'open', page, limit: 90 });
      expect(total).toBe(440);
      for (const { row, customerId, instanceId, namespace } of reviews) {
        const name = `${customerId}/${instanceId}/${namespace}`;
        seen.set(name, (seen.get(name) ?? 0) + 1);
        times.push(row.heldAt);
      }
    }
    expect(seen.size).toBe(220);
    expect(new Set(seen.values())).toEqual(new Set([2]));
    expect(times).toEqual([...times].sort((a, b) => b - a));
  });
});
