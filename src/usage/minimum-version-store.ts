/**
 * A shard's minimum versions of ownership: a report judged by an older one than its customer's minimum is not stored as it is. A
 * change that takes meters away raises the minimum before it looks what is stored, so that nothing unseen is stored afterwards
 * (src/workflows/metering/hand-over.ts).
 */
import { type SQL, sql } from 'drizzle-orm';
import type { Db } from '../db/client.ts';
import { GuardFailed } from '../db/failure.ts';
import { guard } from '../db/guards.ts';
import { type Write, write } from '../db/write.ts';
import type { Bundle } from './message/bundle.ts';

/** Raises a customer's minimum version; one that is higher already stays. */
export const raiseMinimumVersion = (customerSeq: number, version: number): Write =>
  write(sql`INSERT INTO ownership_fences (customer_seq, version) VALUES (${customerSeq}, ${version})
    ON CONFLICT (customer_seq) DO UPDATE SET version = max(version, excluded.version)`);

/** Whose usage is to be stored, and by which version of the ownership it was judged. */
export type Judged = Pick<Bundle, 'customerSeq' | 'ownershipVersion'>;

/** Customers with the versions that their usage was judged by, as a table in SQL. */
function judgedBy(judged: readonly Judged[]): SQL {
  const pairs = new Map(
    judged.map((b) => [`${b.customerSeq}/${b.ownershipVersion}`, [b.customerSeq, b.ownershipVersion]]),
  );
  return sql`(SELECT value ->> 0 AS customer, value ->> 1 AS version FROM json_each(${JSON.stringify([...pairs.values()])}))`;
}

/** Fails the batch with GuardFailed when something was judged by less than its customer's minimum version. */
export const guardMinimumVersions = (judged: readonly Judged[]): Write =>
  guard(
    'minimum_ownership_version',
    sql`NOT EXISTS (SELECT 1 FROM ${judgedBy(judged)} j JOIN ownership_fences f ON f.customer_seq = j.customer
      WHERE f.version > j.version)`,
  );

/** Whether a batch failed for that. */
export const isBelowMinimum = (error: unknown): boolean =>
  error instanceof GuardFailed && error.guard === 'minimum_ownership_version';

/** The minimum versions that were not reached. */
export const findMinimumVersionsAbove = (
  db: Db,
  judged: readonly Judged[],
): Promise<{ customerSeq: number; version: number }[]> =>
  db.all(sql`SELECT DISTINCT f.customer_seq AS customerSeq, f.version FROM ${judgedBy(judged)} j
    JOIN ownership_fences f ON f.customer_seq = j.customer WHERE f.version > j.version`);
