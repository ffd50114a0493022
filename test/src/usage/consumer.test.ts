import { env } from 'cloudflare:workers';
import { beforeEach, describe, expect, it } from 'vitest';
import { retrySeconds } from '../../../src/usage/backoff.ts';
import { nameRow, rowsMessage, type UsageRow } from '../../../src/usage/message/row.ts';
import { type Api, makeApi, rootToken } from '../../harness/worker/api.ts';
import { controlOf, keysOf, ourProver, provenMessages, rowWith, shardOf, shardState } from './harness.ts';
import { failing } from './outage.ts';
import { deliver, heldQueue, metered } from './story.ts';

const hourMs = 3_600_000;
const now = Date.parse('2026-11-20T12:30:00.000Z');
let api: Api;
let keys: Awaited<ReturnType<typeof keysOf>>;
let customerId: string;

beforeEach(async () => {
  api = makeApi(now);
  ({ customerId } = await metered(api, { activeFrom: '2026-11-01T00:00:00Z' }));
  keys = await keysOf(env, customerId);
  await controlOf(env).prepare('DELETE FROM dead_letters').run();
  await shardOf(env).prepare('DELETE FROM windows').run();
});

/** When the reporter became active. */
const begin = Date.parse('2026-11-01T00:00:00Z');
/** The row of the reporter's n-th hour. */
const good = (hour: number, over: Partial<UsageRow> = {}) =>
  rowWith({ cpu_hours: 1 }, { ...keys, windowEnd: begin + hour * hourMs, acceptedAt: begin + 600 * hourMs, ...over });
/** The one message of some rows. */
const message = (...rows: UsageRow[]) => provenMessages(env, rows)[0];
const letters = async () =>
  (await (await api.call('GET', '/api/dead-letters', { token: rootToken })).json()) as {
    items: {
      id: string;
      code: string;
      message: string;
      customer_id: string | null;
      body: unknown;
      replayed_at: string | null;
    }[];
    total: number;
  };

describe('the consumer', () => {
  it('stores 499 rows; the one that can never be stored is a dead letter, with its reason', async () => {
    const rows = Array.from({ length: 500 }, (_, i) => good(i + 1));
    rows[250] = good(251, { windowEnd: begin + 251 * hourMs + 7 });
    const result = await deliver(api, [message(...rows.slice(0, 200)), message(...rows.slice(200))]);
    expect(result).toEqual({ acked: 2, retried: [] });
    expect((await shardState(env)).windows).toHaveLength(499);
    const { items, total } = await letters();
    expect(total).toBe(1);
    expect(items[0]).toMatchObject({ code: 'row_refused', customer_id: customerId });
    expect(items[0]?.message).toContain('window_row');
    expect(items[0]?.body).toMatchObject({
      v: 1,
      rows: [{ window_end: begin + 251 * hourMs + 7, cpu_core_ms: hourMs }],
    });
  });

  it('makes dead letters only of the rows at fault among bundles of several customers in several messages', async () => {
    const other = await metered(api, { activeFrom: '2026-11-01T00:00:00Z' });
    const both = [keys, await keysOf(env, other.customerId)];
    const rows = Array.from({ length: 60 }, (_, i) =>
      good(i + 1, {
        ...both[i % 2],
        ...(i % 5 === 0 ? { complete: false, gapMs: 7 } : {}),
        ...(i === 31 ? { seconds: 17 } : {}),
      }),
    );
    const more = Array.from({ length: 60 }, (_, i) => good(i + 101, { ...both[i % 2], revision: i === 6 ? 1.5 : 1 }));
    expect(await deliver(api, [message(...rows), message(...more)])).toEqual({ acked: 2, retried: [] });
    const { windows } = await shardState(env);
    expect(windows).toHaveLength(118);
    expect(windows.filter((w) => w['complete'] === 0)).toHaveLength(12);
    expect((await letters()).items.map((l) => l.customer_id).sort()).toEqual([customerId, other.customerId].sort());
  });

  it('makes dead letters of a number that is not whole and a customer that does not exist, and of nothing else', async () => {
    const stranger = good(1, { customerSeq: 999_999 });
    await deliver(api, [message(good(1, { revision: 1.5 }), good(2), stranger, good(3))]);
    expect((await shardState(env)).windows).toHaveLength(2);
    expect((await letters()).items.map((i) => i.code).sort()).toEqual(['row_refused', 'unknown_customer']);
  });

  it('makes a dead letter of a message that is not one of ours', async () => {
    expect(await deliver(api, [{ v: 7 }, 'nonsense', '{"v":1}', message(good(1))])).toMatchObject({
      acked: 4,
    });
    expect((await letters()).items.map((i) => i.code)).toEqual(Array(3).fill('message_malformed'));
  });

  it('makes one dead letter of a row however often its message comes', async () => {
    const broken = good(1, { seconds: 17 });
    await deliver(api, [message(broken)]);
    await deliver(api, [message(broken)]);
    expect((await letters()).total).toBe(1);
  });

  it('makes no dead letter for a database that does not answer: the messages come again, and then all is there', async () => {
    const shard = failing(shardOf(env));
    const bodies = [1, 2, 3].map((n) => message(good(n), good(n + 10)));
    shard.state.down = true;
    for (let attempt = 0; attempt < 5; attempt++) {
      const result = await deliver(api, bodies, { USAGE_0: shard.database });
      expect(result).toMatchObject({ acked: 0 });
      expect(result.retried).toHaveLength(3);
    }
    const control = failing(controlOf(env));
    control.state.down = true;
    expect((await deliver(api, bodies, { CONTROL: control.database })).retried).toHaveLength(3);
    shard.state.down = false;
    expect(await deliver(api, bodies, { USAGE_0: shard.database })).toMatchObject({ acked: 3 });
    expect((await shardState(env)).windows).toHaveLength(6);
    expect((await letters()).total).toBe(0);
  });

  it('has everything after D1 failed for six hours, long before a message has used up its hundred attempts', async () => {
    const shard = failing(shardOf(env));
    const bodies = Array.from({ length: 20 }, (_, n) => message(good(n + 1), good(n + 101)));
    shard.state.down = true;
    const outageEnds = now + 6 * hourMs;
    const waiting = bodies.map((body) => ({ body, dueAt: now, attempts: 0 }));
    while (waiting.length > 0) {
      const next = waiting.sort((a, b) => a.dueAt - b.dueAt)[0];
      if (!next) break;
      api.clock.now = next.dueAt;
      shard.state.down = api.clock.now < outageEnds;
      next.attempts += 1;
      const { retried } = await deliver(api, [next.body], { USAGE_0: shard.database }, next.attempts);
      // The test's queue does not tell the delay that the consumer asked for.
      if (retried[0]) next.dueAt += retrySeconds(next.attempts, 0.5) * 1000;
      else waiting.splice(waiting.indexOf(next), 1);
      expect(next.attempts).toBeLessThan(50);
    }
    expect((await shardState(env)).windows).toHaveLength(40);
    expect((await letters()).total).toBe(0);
    expect(api.clock.now - outageEnds).toBeLessThan(hourMs);
  });

  it('sends a dead letter again when an admin says so, once', async () => {
    const held = heldQueue();
    const broken = good(1, { seconds: 17 });
    await deliver(api, [message(broken)]);
    const id = (await letters()).items[0]?.id ?? '';
    const replay = () =>
      api.call('POST', `/api/dead-letters/${id}/replay`, {
        token: rootToken,
        body: {},
        bindings: { USAGE_QUEUE: held.queue },
      });
    held.state.down = true;
    expect((await replay()).status).toBe(503);
    expect((await letters()).items[0]?.replayed_at).toBeNull();
    held.state.down = false;
    expect((await replay()).status).toBe(202);
    expect((await replay()).status).toBe(409);
    expect(held.bodies.map((body) => JSON.parse(ourProver(env).check(String(body)) ?? '') as unknown)).toEqual([
      rowsMessage([nameRow(broken)]),
    ]);
    await deliver(api, held.bodies);
    expect((await letters()).items[0]?.replayed_at).toBeNull();
  });

  it('keeps a letter open that failed again before its replay was written down', async () => {
    await deliver(api, [message(good(1, { seconds: 17 }))]);
    const id = (await letters()).items[0]?.id ?? '';
    const queue = { send: async (body: unknown) => void (await deliver(api, [body])) };
    const bindings = { USAGE_QUEUE: queue };
    const replay = () => api.call('POST', `/api/dead-letters/${id}/replay`, { token: rootToken, body: {}, bindings });
    api.clock.now += 1000;
    expect((await replay()).status).toBe(202);
    expect((await letters()).items[0]?.replayed_at).toBeNull();
    api.clock.now += 1000;
    expect((await replay()).status).toBe(202);
  });

  it('waits longer with every attempt, and lasts longer than a six-hour outage', () => {
    let total = 0;
    for (let attempt = 1; attempt <= 100; attempt++) total += retrySeconds(attempt, 0);
    expect(retrySeconds(1, 1)).toBe(5);
    expect(total).toBeGreaterThan(6 * 24 * 3600);
    expect(total).toBeLessThan(14 * 24 * 3600);
    expect(retrySeconds(100, 1)).toBeLessThanOrEqual(12 * 3600);
  });
});

describe('reviews', () => {
  it('list what is held with both sides, in wire units', async () => {
    const row = (cpu: number, revision: number) =>
      rowWith(
        { cpu_hours: cpu, storage_used_gb: 2 },
        { ...keys, windowEnd: begin + hourMs, revision, acceptedAt: now },
      );
    await deliver(api, [message(row(10, 1), row(5, 2))]);
    const answer = await api.call('GET', '/api/usage/reviews', { token: rootToken });
    expect(await answer.json()).toMatchObject({
      total: 1,
      items: [
        {
          customer_id: customerId,
          reason: 'late',
          window_end: '2026-11-01T01:00:00.000Z',
          standing: { revision: 1, quantities: { cpu_hours: 10, storage_used_gb: 2 } },
          proposed: { revision: 2, quantities: { cpu_hours: 5, storage_used_gb: 2 } },
        },
      ],
    });
  });
});
