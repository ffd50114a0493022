/**
 * Fences of a shard: a report judged by an older ownership than the customer's fence is not stored as it is. A change that
 * takes meters away raises the fence before it looks what is stored, so that nothing it did not see is stored afterwards
 * (src/workflows/metering/hand-over.ts).
 */
import { type SQL, sql } from 'drizzle-orm';
import type { Db } from '../db/client.ts';
import { guard } from '../db/guards.ts';
import { type Write, write } from '../db/write.ts';
import type { Bundle } from './message/bundle.ts';

/** Raises a customer's fence; one that is higher already stays. */
export const raiseFence = (customerSeq: number, version: number): Write =>
  write(sql`INSERT INTO ownership_fences (customer_seq, version) VALUES (${customerSeq}, ${version})
    ON CONFLICT (customer_seq) DO UPDATE SET version = max(version, excluded.version)`);

/** The bundles' customers with the versions they were judged by, as a table in SQL. */
function judgedBy(bundles: readonly Bundle[]): SQL {
  const pairs = new Map(
    bundles.map((b) => [`${b.customerSeq}/${b.ownershipVersion}`, [b.customerSeq, b.ownershipVersion]]),
  );
  return sql`(SELECT value ->> 0 AS customer, value ->> 1 AS version FROM json_each(${JSON.stringify([...pairs.values()])}))`;
}

/** Fails the batch with GuardFailed when a bundle is behind its customer's fence. */
export const passFences = (bundles: readonly Bundle[]): Write =>
  guard(
    'ownership_fence',
    sql`NOT EXISTS (SELECT 1 FROM ${judgedBy(bundles)} j JOIN ownership_fences f ON f.customer_seq = j.customer
      WHERE f.version > j.version)`,
  );

/** The fences that bundles did not pass. */
export const fencesBefore = (db: Db, bundles: readonly Bundle[]): Promise<{ customerSeq: number; version: number }[]> =>
  db.all(sql`SELECT DISTINCT f.customer_seq AS customerSeq, f.version FROM ${judgedBy(bundles)} j
    JOIN ownership_fences f ON f.customer_seq = j.customer WHERE f.version > j.version`);
