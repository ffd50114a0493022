import { env } from 'cloudflare:workers';
import { beforeEach, describe, expect, it } from 'vitest';
import { quantityBounds } from '../../../src/contracts/usage.ts';
import { messagesOf } from '../../../src/usage/message/message.ts';
import { proverOf } from '../../../src/usage/message/proof.ts';
import { nameRow, rowsMessage, type UsageRow } from '../../../src/usage/message/row.ts';
import { quantities } from '../../../src/usage/meters.ts';
import { type Api, makeApi, rootToken } from '../../harness/worker/api.ts';
import { controlOf, keysOf, ourProver, provenMessages, rowWith, shardOf, shardState } from './harness.ts';
import { deliver, heldQueue, metered } from './story.ts';

const hourMs = 3_600_000;
const now = Date.parse('2026-11-20T12:30:00.000Z');
const end = Date.parse('2026-11-20T12:00:00.000Z');
let api: Api;
let keys: Awaited<ReturnType<typeof keysOf>>;

beforeEach(async () => {
  api = makeApi(now);
  const { customerId } = await metered(api, { activeFrom: '2026-11-01T00:00:00Z' });
  keys = await keysOf(env, customerId);
  await controlOf(env).prepare('DELETE FROM dead_letters').run();
  await shardOf(env).prepare('DELETE FROM windows').run();
});

const row = (over: Partial<UsageRow> = {}): UsageRow =>
  rowWith({ cpu_hours: 1, http_requests: 5 }, { ...keys, windowEnd: end, revision: end, acceptedAt: now, ...over });
const letters = async () =>
  (await (await api.call('GET', '/api/dead-letters', { token: rootToken })).json()) as {
    items: { id: string; code: string; message: string }[];
  };
const codes = async () => (await letters()).items.map(({ code }) => code);
const windows = async () => (await shardState(env)).windows;

/** What the first release sent for `row()`, without a proof. */
function firstRelease(): string {
  const { customerSeq, ownershipVersion, reporterSeq, projectSeq } = keys;
  const shared = { customerSeq, ownershipVersion, reporterSeq, seconds: 3600, acceptedAt: now };
  const head = { ...shared, whole: false, bits: [0, 5], count: 1, days: [Math.floor((end - 1) / 86_400_000)] };
  return `${JSON.stringify({ v: 2, bundles: [head] })}\n${JSON.stringify([[end, projectSeq, end, 0, 7, 3, hourMs, 5]])}`;
}

/** Sends the only letter again, through the Worker. */
async function replayOnly() {
  const held = heldQueue();
  const id = (await letters()).items[0]?.id ?? '';
  const bindings = { USAGE_QUEUE: held.queue };
  const answer = await api.call('POST', `/api/dead-letters/${id}/replay`, { token: rootToken, body: {}, bindings });
  expect(answer.status).toBe(202);
  return held.bodies;
}

describe('what comes out of the usage queue', () => {
  it.each<[string, () => unknown]>([
    ['without a proof', () => messagesOf([row()])[0]],
    ['as the first release sent it', firstRelease],
    ['as rows by themselves', () => rowsMessage([nameRow(row())])],
    ['proven by another Worker', () => proverOf('[{"d":"theirs"}]').prove(messagesOf([row()])[0] ?? '')],
    ['changed after its proof', () => provenMessages(env, [row()])[0]?.replace('3600000', '3600001')],
    ['with half a proof', () => provenMessages(env, [row()])[0]?.replace(/^(proof 1 \w+ .{20}).*/, '$1')],
  ])('is not stored unless it is proven to be ours: %s', async (_, forged) => {
    expect(await deliver(api, [forged(), provenMessages(env, [row({ windowEnd: end - hourMs })])[0]])).toEqual({
      acked: 2,
      retried: [],
    });
    expect(await codes()).toEqual(['message_unproven']);
    expect(await windows()).toMatchObject([{ window_end: end - hourMs }]);
  });

  it('is taken when an older key of the set has proven it, so that keys can be rotated', async () => {
    const [older, newer] = [{ d: 'older' }, { d: 'newer' }];
    const sent = messagesOf([row()]).map(proverOf(JSON.stringify([older])).prove);
    await deliver(api, sent, { LICENSE_PRIVATE_KEYS: JSON.stringify([newer, older]) });
    expect(await windows()).toHaveLength(1);
    await deliver(api, sent, { LICENSE_PRIVATE_KEYS: JSON.stringify([newer]) });
    expect(await codes()).toEqual(['message_unproven']);
  });

  it('is proven anew by the Worker when an operator sends it again, also as the first release made it', async () => {
    await deliver(api, [firstRelease()]);
    expect(await windows()).toEqual([]);
    const sent = await replayOnly();
    expect(sent.map((body) => ourProver(env).check(String(body)))).toEqual([firstRelease()]);
    await deliver(api, sent);
    expect(await windows()).toMatchObject([
      { cpu_core_ms: hourMs, ingress_requests: 5, complete: 0, gap_ms: 7, missing: 3, missing_high: 0 },
    ]);
  });

  it('loses its foreign proof when it is sent again', async () => {
    await deliver(api, [proverOf('[{"d":"theirs"}]').prove(messagesOf([row()])[0] ?? '')]);
    await deliver(api, await replayOnly());
    expect(await windows()).toHaveLength(1);
  });
});

describe('the shard', () => {
  const over: [string, Partial<UsageRow>][] = quantities.map((q) => [
    q.column,
    {
      quantities: rowWith({ [q.field]: quantityBounds[q.field] }, { ...keys }).quantities.map((v) => v && v + 1),
    },
  ]);

  it.each<[string, Partial<UsageRow>]>([
    ['window_end', { windowEnd: end + 2 * hourMs }],
    ['window_end', { windowEnd: end + 300 * 24 * hourMs }],
    ['revision', { revision: now + 5 * 60_000 + 1 }],
    ...over,
  ])('refuses what intake would not have let in: %s', async (column, beyond) => {
    expect(await deliver(api, provenMessages(env, [row(beyond), row({ windowEnd: end - hourMs })]))).toMatchObject({
      acked: 1,
    });
    expect((await letters()).items).toMatchObject([
      { code: 'row_refused', message: expect.stringContaining(`window_bounds: ${column}`) as string },
    ]);
    expect(await windows()).toHaveLength(1);
  });

  it('takes a report at every bound, in an hour that still runs', async () => {
    const fullest = rowWith(quantityBounds, { ...keys, windowEnd: end + hourMs, revision: now, acceptedAt: now });
    await deliver(api, provenMessages(env, [fullest]));
    expect(await codes()).toEqual([]);
    expect(await windows()).toHaveLength(1);
  });
});
