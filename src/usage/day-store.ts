/** Reads of a shard for what is foretold and what no period holds: sums by day, the last window, windows in ranges. */
import { sql } from 'drizzle-orm';
import type { Db } from '../db/client.ts';
import { quantities } from './meters.ts';
import { type CustomerRange, withRange } from './range-store.ts';

/** A day's sums over all reporters and namespaces, as decimal text by a quantity's bit. */
export interface DaySum {
  /** Days since the epoch. */
  day: number;
  values: (string | null)[];
}

const added = quantities
  .filter((q) => q.kind !== 'peak')
  .map((q) => `CAST(sum(${q.column}) AS TEXT) AS v${q.bit}`)
  .join(', ');

/** The days of a range on which anything was reported, oldest first; peaks are left out. The range is of whole days. */
export async function daySums(db: Db, range: CustomerRange): Promise<DaySum[]> {
  const rows = await db.all<Record<string, string | number | null>>(sql`${withRange(range)}
    SELECT day, ${sql.raw(added)} FROM range GROUP BY day ORDER BY day`);
  return rows.map((row) => ({
    day: Number(row['day']),
    values: quantities.map((q) => (row[`v${q.bit}`] as string | null | undefined) ?? null),
  }));
}

/** The end of the last window of (from, to] of any reporter, null when there is none. */
export async function lastWindowEnd(db: Db, { customerSeq, from, to }: CustomerRange): Promise<number | null> {
  const rows = await db.all<{ end: number | null }>(sql`SELECT max(window_end) AS end FROM windows
    WHERE customer_seq = ${customerSeq} AND window_end > ${from} AND window_end <= ${to}`);
  return rows[0]?.end ?? null;
}

/** What a range holds of a customer's windows; ms. */
export interface RangeCount {
  start: number;
  end: number;
  windows: number;
}

/** How many windows lie in each range and where the first and the last of them do; ranges without any are left out. */
export const countWindows = (
  db: Db,
  customerSeq: number,
  ranges: readonly { start: number; end: number }[],
): Promise<RangeCount[]> =>
  db.all<RangeCount>(sql`
    SELECT min(w.window_end - w.seconds * 1000) AS start, max(w.window_end) AS "end", count(*) AS windows
    FROM json_each(${JSON.stringify(ranges.map(({ start, end }) => [start, end]))}) r
    JOIN windows w ON w.customer_seq = ${customerSeq} AND w.window_end > r.value ->> 0 AND w.window_end <= r.value ->> 1
    GROUP BY r.key ORDER BY 1`);

/** When a window of (from, to] was accepted last, ms: its first report, a replacement, or a decision. Null where there is none. */
export async function lastAcceptedAt(db: Db, { customerSeq, from, to }: CustomerRange): Promise<number | null> {
  const rows = await db.all<{ at: number | null }>(sql`SELECT max(accepted_at) AS at FROM windows
    WHERE customer_seq = ${customerSeq} AND window_end > ${from} AND window_end <= ${to}`);
  return rows[0]?.at ?? null;
}
