/** Rows and reads that the tests of the usage shard share. */
import type { Quantities, QuantityField } from '../../../src/contracts/usage.ts';
import { hourMs } from '../../../src/lib/time.ts';
import { messagesOf } from '../../../src/usage/message/message.ts';
import { type Prover, proverOf } from '../../../src/usage/message/proof.ts';
import type { UsageRow } from '../../../src/usage/message/row.ts';
import { quantities, toBase } from '../../../src/usage/meters.ts';
import { noSlots } from '../../../src/usage/slots.ts';

export const shardOf = (env: unknown): D1Database => (env as { USAGE_0: D1Database }).USAGE_0;
export const controlOf = (env: unknown): D1Database => (env as { CONTROL: D1Database }).CONTROL;

/** The prover of the Worker under test. */
export const ourProver = (env: unknown): Prover =>
  proverOf((env as { LICENSE_PRIVATE_KEYS: string }).LICENSE_PRIVATE_KEYS);

/** The messages of some rows, as intake sends them. */
export const provenMessages = (env: unknown, rows: readonly UsageRow[]): string[] =>
  messagesOf(rows).map(ourProver(env).prove);

/** A row of an hour with the given wire quantities. */
export function rowWith(values: Quantities, over: Partial<UsageRow> = {}): UsageRow {
  const seconds = over.seconds ?? 3600;
  return {
    customerSeq: 1,
    ownershipVersion: 0,
    windowEnd: hourMs,
    reporterSeq: 1,
    projectSeq: 1,
    seconds,
    revision: 1,
    acceptedAt: Math.max(over.windowEnd ?? hourMs, over.revision ?? 0),
    complete: true,
    gapMs: 0,
    missing: noSlots,
    gaps: null,
    quantities: quantities.map((q) => {
      const value = values[q.field as QuantityField];
      return value === undefined ? null : toBase(q, value, seconds);
    }),
    ...over,
  };
}

/** What a row of the customer's reporter and own namespace is keyed by, as intake would have it now. */
export async function keysOf(
  env: unknown,
  customerId: string,
): Promise<Pick<UsageRow, 'customerSeq' | 'ownershipVersion' | 'reporterSeq' | 'projectSeq'>> {
  const keys = await controlOf(env)
    .prepare(`SELECT c.seq AS customerSeq, c.ownership_version AS ownershipVersion, o.reporter_seq AS reporterSeq,
        o.project_seq AS projectSeq
      FROM customers c JOIN projects p ON p.customer_id = c.id JOIN ownerships o ON o.project_seq = p.seq
      WHERE c.id = ? ORDER BY o.id LIMIT 1`)
    .bind(customerId)
    .first<{ customerSeq: number; ownershipVersion: number; reporterSeq: number; projectSeq: number }>();
  if (!keys) throw new Error('the customer has no reporter');
  return keys;
}

/** Everything that reports changed in the shard. */
export async function shardState(env: unknown) {
  const all = async (sql: string) => (await shardOf(env).prepare(sql).all<Record<string, unknown>>()).results;
  return {
    windows: await all('SELECT * FROM windows ORDER BY customer_seq, window_end, reporter_seq, project_seq'),
    changes: await all('SELECT * FROM window_changes ORDER BY window_end, revision'),
    reviews: await all('SELECT * FROM reviews ORDER BY window_end, revision'),
    dirty: await all('SELECT * FROM dirty_days ORDER BY customer_seq, day'),
  };
}
