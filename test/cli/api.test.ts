import { afterEach, describe, expect, it } from 'vitest';
import { openApi, retries } from '../../cli/api.ts';
import { exitCodeOf, lineOf } from '../../cli/failure.ts';
import { deactivateCustomer, readCustomer } from '../../src/contracts/routes/customers.ts';
import { readQueueStats } from '../../src/contracts/routes/queue.ts';
import { reportUsage } from '../../src/contracts/routes/usage-intake.ts';
import type { Result } from '../../src/lib/result.ts';
import {
  customerBody,
  customerId,
  type Heard,
  type LoopbackApi,
  problem,
  startLoopbackApi,
  type Told,
  testWorld,
  token,
} from './harness.ts';

const stats = { waiting: 1, active: 2, completed: 3, failed: 4, delayed: 5 };
/** Long enough for a loopback answer, short enough that silence does not hold the tests up. */
const timeoutMs = 300;

let server: LoopbackApi | null = null;
afterEach(async () => {
  await server?.close();
  server = null;
});

async function open(answer: (heard: Heard, nth: number) => Told) {
  server = await startLoopbackApi(answer);
  const world = testWorld();
  return { world, server, api: openApi({ url: server.url, token }, world, timeoutMs) };
}

function failureOf<T, E>(result: Result<T, E>): E {
  if (result.ok) throw new Error(`expected a failure, got ${JSON.stringify(result.value)}`);
  return result.error;
}

describe('the API client', () => {
  it('sends the token as a bearer and reads the answer by its contract', async () => {
    const { api, server } = await open(() => ({ status: 200, body: { ...stats, newer_field: true } }));
    expect(await api.call(readQueueStats, {})).toEqual({ ok: true, value: stats });
    expect(server.heard[0]?.headers.authorization).toBe(`Bearer ${token}`);
  });

  it('says code, message and request id of a refusal in one line, and does not ask again', async () => {
    const { api, server } = await open(() => ({ status: 404, body: problem('not_found', 'there is\nnothing here') }));
    const failure = failureOf(await api.call(readCustomer, { params: { customerId } }));
    expect(lineOf(failure)).toBe(
      'error: not_found: there is nothing here (request req_0123456789abcdef0123456789abcdef)',
    );
    expect(exitCodeOf(failure)).toBe(1);
    expect(server.heard).toHaveLength(1);
  });

  it.each(['drop', 'half', 'silence'] as const)('reads again after a connection that ends in %s', async (kind) => {
    const { api, server } = await open((_, nth) => (nth <= 2 ? kind : { status: 200, body: stats }));
    expect(await api.call(readQueueStats, {})).toEqual({ ok: true, value: stats });
    expect(server.heard).toHaveLength(3);
  });

  it.each(['drop', 'silence'] as const)('sends a POST again under one Idempotency-Key after %s', async (kind) => {
    const { api, server } = await open((_, nth) => (nth === 1 ? kind : { status: 200, body: customerBody('ready') }));
    expect((await api.call(deactivateCustomer, { params: { customerId }, body: { reason: 'asked' } })).ok).toBe(true);
    const keys = server.heard.map((h) => h.headers['idempotency-key']);
    expect(keys).toHaveLength(2);
    expect(keys[0]).toMatch(/^[0-9a-f]{32}$/);
    expect(keys[1]).toBe(keys[0]);
    expect(server.heard.map((h) => h.body)).toEqual([{ reason: 'asked' }, { reason: 'asked' }]);
  });

  it('gives two POSTs two keys', async () => {
    const { api, server } = await open(() => ({ status: 200, body: customerBody('ready') }));
    await api.call(deactivateCustomer, { params: { customerId }, body: {} });
    await api.call(deactivateCustomer, { params: { customerId }, body: {} });
    const keys = server.heard.map((h) => h.headers['idempotency-key']);
    expect(new Set(keys).size).toBe(2);
  });

  it('waits for its own first POST, which still runs', async () => {
    const { api, world } = await open((_, nth) =>
      nth === 1
        ? { status: 409, body: problem('idempotency_in_progress', 'still running'), headers: { 'retry-after': '1' } }
        : { status: 200, body: customerBody('ready') },
    );
    expect((await api.call(deactivateCustomer, { params: { customerId }, body: {} })).ok).toBe(true);
    // What was asked for, and a share of its own.
    expect(world.slept).toEqual([1030]);
  });

  it('sends no Idempotency-Key with a usage report, which is one row for ever', async () => {
    const { api, server } = await open(() => ({ status: 202, body: { success: true, accepted: 1 } }));
    const sent = await api
      .as('rep_key')
      .call(reportUsage, { body: { customer_id: customerId, instance_id: 'a', cpu_hours: 1 } }, { repeatable: true });
    expect(sent.ok).toBe(true);
    expect(server.heard[0]?.headers).not.toHaveProperty('idempotency-key');
    expect(server.heard[0]?.headers.authorization).toBe('Bearer rep_key');
  });

  it('waits as long as a 503 asks, and gives up as unreachable', async () => {
    const { api, server, world } = await open(() => ({
      status: 503,
      body: problem('unavailable', 'the database is not available'),
      headers: { 'retry-after': '5' },
    }));
    const failure = failureOf(await api.call(readQueueStats, {}));
    expect(server.heard).toHaveLength(retries.attemptsMax);
    expect(world.slept).toEqual([5015, 5061, 5182]);
    expect(exitCodeOf(failure)).toBe(3);
    expect(lineOf(failure)).toContain('unavailable: the database is not available (request req_');
  });

  it('does not sit out a limit of many minutes', async () => {
    const { api, server, world } = await open(() => ({
      status: 429,
      body: problem('rate_limited', 'too many requests, try again in 840 s'),
      headers: { 'retry-after': '840' },
    }));
    const failure = failureOf(await api.call(readQueueStats, {}));
    expect(server.heard).toHaveLength(1);
    expect(world.slept).toEqual([]);
    expect(lineOf(failure)).toContain('rate_limited: too many requests, try again in 840 s');
    expect(exitCodeOf(failure)).toBe(1);
  });

  it('repeats a 500 like any "not now", and then says whom to ask', async () => {
    const { api, server } = await open(() => ({ status: 500, body: problem('internal', 'something went wrong') }));
    expect(lineOf(failureOf(await api.call(readQueueStats, {})))).toContain(
      'internal: something went wrong (request req_',
    );
    expect(server.heard).toHaveLength(retries.attemptsMax);
  });

  it('says that nobody listens, and that it is unreachable', async () => {
    const { api, server: gone } = await open(() => 'drop');
    await gone.close();
    const failure = failureOf(await api.call(readQueueStats, {}));
    expect(lineOf(failure)).toMatch(/^error: cannot reach http:\/\/127\.0\.0\.1:\d+: .*ECONNREFUSED/);
    expect(exitCodeOf(failure)).toBe(3);
  });

  it('says that silence is silence', async () => {
    const { api } = await open(() => 'silence');
    expect(lineOf(failureOf(await api.call(readQueueStats, {})))).toContain(`no answer within ${timeoutMs} ms`);
  });

  it('tells an address that is not this API', async () => {
    const { api } = await open(() => ({ status: 404, body: { error: 'Cannot GET /api/queue/stats' } }));
    expect(lineOf(failureOf(await api.call(readQueueStats, {})))).toContain('answered 404, not as this API does');
  });

  it('tells an answer of another version by the field', async () => {
    const { api } = await open(() => ({ status: 200, body: { ...stats, failed: 'four' } }));
    const failure = failureOf(await api.call(readQueueStats, {}));
    expect(lineOf(failure)).toContain('in a form this version does not know (failed)');
    expect(exitCodeOf(failure)).toBe(1);
  });

  it('follows no redirect, which would carry the token elsewhere', async () => {
    const { api, server } = await open(() => ({ status: 302, headers: { location: '/elsewhere' } }));
    expect((await api.call(readQueueStats, {})).ok).toBe(false);
    expect(server.heard).toHaveLength(1);
  });
});
