/** The fastest that a customer's usage came in a stretch of time, from the windows of a shard. Reads only. */
import { sql } from 'drizzle-orm';
import type { Db } from '../db/client.ts';
import { quantities } from './meters.ts';
import type { CustomerRange } from './range-store.ts';

/** Base units a second as decimal text by a quantity's bit; no peaks, which are no rates. */
export interface HighestRates {
  /** 0: nothing is known. */
  windows: number;
  rates: { values: (string | null)[] }[];
}

const highest = quantities
  .filter((q) => q.kind !== 'peak')
  .map((q) => `CAST(max(${q.column} * 1.0 / seconds) AS TEXT) AS v${q.bit}`)
  .join(', ');

/** Of each reporter and namespace the fastest window of each quantity; what they add up to was never exceeded. */
export async function highestRates(db: Db, { customerSeq, from, to }: CustomerRange): Promise<HighestRates> {
  const rows = await db.all<Record<string, string | number | null>>(sql`
    SELECT count(*) AS windows, ${sql.raw(highest)} FROM windows
    WHERE customer_seq = ${customerSeq} AND window_end > ${from} AND window_end <= ${to}
    GROUP BY reporter_seq, project_seq`);
  return {
    windows: rows.reduce((sum, row) => sum + Number(row['windows']), 0),
    rates: rows.map((row) => ({
      values: quantities.map((q) => (row[`v${q.bit}`] as string | null | undefined) ?? null),
    })),
  };
}
