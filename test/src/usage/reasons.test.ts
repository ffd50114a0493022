/** Nothing that fails on the way from a report to a window loses its reason, or is told as something else. */
import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import { commit, openDb } from '../../../src/db/client.ts';
import { raiseMinimumVersion } from '../../../src/usage/minimum-version-store.ts';
import { recordUsage } from '../../../src/workflows/metering/record-usage.ts';
import { makeApi } from '../../harness/worker/api.ts';
import { controlOf, keysOf, provenMessages, rowWith, shardOf } from './harness.ts';
import { failing } from './outage.ts';
import { deliver, heldQueue, hourReport, metered } from './story.ts';

const now = Date.parse('2026-11-20T12:30:00.000Z');
const end = Date.parse('2026-11-20T12:00:00.000Z');

async function story() {
  const api = makeApi(now);
  const held = heldQueue();
  const who = await metered(api, { activeFrom: '2026-11-01T00:00:00Z' });
  const post = (bindings: Record<string, unknown> = {}) =>
    api.call('POST', '/api/usage/report', {
      token: who.key,
      body: hourReport(who.customerId, '2026-11-20T10:00:00Z', { cpu_hours: 1 }),
      bindings: { USAGE_QUEUE: held.queue, ...bindings },
    });
  const keys = await keysOf(env, who.customerId);
  const messages = () => provenMessages(env, [rowWith({ cpu_hours: 1 }, { ...keys, windowEnd: end, acceptedAt: now })]);
  const logged = () => api.logs.filter(({ level }) => level !== 'info').map((line) => JSON.stringify(line));
  // Signing up logs that nothing is sent to Stripe here.
  api.logs.length = 0;
  return { api, held, keys, who, post, messages, logged };
}

describe('the log says why', () => {
  it('the queue did not take a report', async () => {
    const { held, post, logged } = await story();
    held.state.down = true;
    expect((await post()).status).toBe(503);
    expect(logged()).toEqual([expect.stringMatching(/usage queue did not take reports.*the queue is down/)]);
  });

  it('a message cannot be packed: nothing is said of the queue', async () => {
    const { api, held, who, logged } = await story();
    const prove = () => {
      throw new Error('no such bundle');
    };
    const intake = { db: openDb(controlOf(env)), queue: held.queue as unknown as Queue, now, log: api.outside.log };
    const sent = recordUsage(
      { ...intake, prover: { prove, check: () => null } },
      { kind: 'cluster', clusterId: 'local', keyId: 'key' },
      [hourReport(who.customerId, '2026-11-20T10:00:00Z', { cpu_hours: 1 })],
    );
    await expect(sent).rejects.toThrow('no such bundle');
    expect(logged()).toEqual([]);
  });

  it('a message could not be made: a fault of ours, not of the queue', async () => {
    const { post, logged } = await story();
    expect((await post({ LICENSE_PRIVATE_KEYS: '[]' })).status).toBe(500);
    expect(logged().join()).toMatch(/must be an array with at least one key/);
  });

  it.each<[string, 'USAGE_0' | 'CONTROL', string]>([
    ['a shard', 'USAGE_0', 'the shard is not available'],
    ['the control database', 'CONTROL', 'the control database is not available'],
  ])('usage waits for %s that is away', async (_, binding, words) => {
    const { api, messages, logged } = await story();
    const down = failing(binding === 'CONTROL' ? controlOf(env) : shardOf(env));
    down.state.down = true;
    expect((await deliver(api, messages(), { [binding]: down.database })).retried).toHaveLength(1);
    expect(logged()).toEqual([expect.stringMatching(new RegExp(`${words}.*Network connection lost`))]);
  });

  it('usage waits for a shard that fails in a way that nobody knows', async () => {
    const { api, messages, logged } = await story();
    const broken = { ...shardOf(env), prepare: shardOf(env).prepare.bind(shardOf(env)) } as unknown as D1Database;
    Object.assign(broken, {
      batch: async () => Promise.reject(new Error('no such thing', { cause: new Error('inner') })),
    });
    expect((await deliver(api, messages(), { USAGE_0: broken })).retried).toHaveLength(1);
    expect(logged()).toEqual([expect.stringMatching(/"error".*the shard could not be written.*no such thing: inner/)]);
  });

  it('usage waits because its meters are being handed over, which is no outage', async () => {
    const { api, keys, messages, logged } = await story();
    await commit(openDb(shardOf(env)), [raiseMinimumVersion(keys.customerSeq, keys.ownershipVersion + 1)]);
    expect((await deliver(api, messages())).retried).toHaveLength(1);
    expect(api.logs.at(-1)).toMatchObject({
      level: 'info',
      message: 'usage waits: it was judged by an older ownership than the shard demands',
    });
    expect(logged()).toEqual([]);
  });
});
