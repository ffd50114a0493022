import { env } from 'cloudflare:workers';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { CostAnswer } from '../../../src/contracts/cost.ts';
import type { UsageRow } from '../../../src/usage/message/row.ts';
import { type Api, makeApi } from '../../harness/worker/api.ts';
import { keysOf, provenMessages, rowWith, shardOf, shardState } from './harness.ts';
import { deliver, metered } from './story.ts';

const now = Date.parse('2026-11-20T12:30:00.000Z');
const hourMs = 3_600_000;
let api: Api;
let token: string;
let path: string;
let keys: Awaited<ReturnType<typeof keysOf>>;

beforeAll(async () => {
  api = makeApi(now);
  const who = await metered(api, { activeFrom: '2026-11-01T00:00:00Z' });
  token = who.accountKey;
  path = `/api/usage/${who.customerId}/cost`;
  keys = await keysOf(env, who.customerId);
});

/** A later revision saw more samples: it adds up to a tenth, so none of them is held for review. */
const rowOf = (window: number, revision: number): UsageRow =>
  rowWith(
    {
      cpu_hours: 100 + window * 3 + revision,
      http_requests: 1_000_000 + window * 7919 + revision,
      storage_used_gb: 20,
    },
    {
      ...keys,
      windowEnd: Math.floor(now / hourMs) * hourMs + window * hourMs,
      revision,
      acceptedAt: now + 12 * hourMs,
    },
  );

async function outcomeOf(batches: UsageRow[][][]) {
  await shardOf(env).batch(
    ['windows', 'window_changes', 'reviews', 'dirty_days', 'daily'].map((t) =>
      shardOf(env).prepare(`DELETE FROM ${t}`),
    ),
  );
  for (const messages of batches) {
    expect(
      (
        await deliver(
          api,
          messages.flatMap((rows) => provenMessages(env, rows)),
        )
      ).retried,
    ).toEqual([]);
  }
  const { windows, reviews, dirty } = await shardState(env);
  const cost = (await (await api.call('GET', path, { token })).json()) as CostAnswer;
  return { windows, reviews, dirty, cost };
}

/** Cuts a list at random places. */
function cut<T>(items: readonly T[], at: readonly number[]): T[][] {
  const edges = [...new Set(at.map((n) => n % (items.length + 1)))].sort((a, b) => a - b);
  const parts: T[][] = [];
  let from = 0;
  for (const edge of [...edges, items.length]) {
    if (edge > from) parts.push(items.slice(from, edge));
    from = edge;
  }
  return parts;
}

describe('reports in any order', () => {
  it('replayed, shuffled and split into any batches leave the same windows and the same cost', async () => {
    const report = fc.tuple(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 4 }));
    const cuts = fc.array(fc.nat(1000), { maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(
        fc.array(report, { minLength: 1, maxLength: 40 }),
        fc.infiniteStream(fc.nat()),
        cuts,
        cuts,
        fc.array(fc.nat(1000), { maxLength: 20 }),
        async (reports, keys, messageCuts, batchCuts, repeats) => {
          const rows = reports.map(([window, revision]) => rowOf(window, revision));
          const again = repeats.map((n) => rows[n % rows.length] as UsageRow);
          const shuffled = [...rows, ...again]
            .map((row) => ({ row, key: keys.next().value as number }))
            .sort((a, b) => a.key - b.key)
            .map(({ row }) => row);
          const inOrder = await outcomeOf([[[...rows].sort((a, b) => a.revision - b.revision)]]);
          const mixed = await outcomeOf(cut(cut(shuffled, messageCuts), batchCuts));
          expect(mixed.windows).toEqual(inOrder.windows);
          expect(mixed.reviews).toEqual([]);
          expect(mixed.dirty).toEqual(inOrder.dirty);
          expect(mixed.cost).toEqual(inOrder.cost);
          expect(mixed.cost.lines.reduce((t, l) => t + l.amount_cents, 0)).toBe(mixed.cost.total_cents);
        },
      ),
      { numRuns: 25 },
    );
  });
});
