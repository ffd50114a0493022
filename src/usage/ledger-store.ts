/**
 * Rules of the ledger that need a usage shard: a part of it at a time, because a shard holds some hundred million windows. The part is
 * chosen by a place that goes on from check to check, so that in time everything is looked at.
 */
import { type SQL, sql } from 'drizzle-orm';
import type { Db } from '../db/client.ts';
import { dayMs, hourMs } from '../lib/time.ts';
import { rollUpColumns, rollUpOf } from './store.ts';

export type Row = Record<string, unknown>;

/** Customers of one check. */
const customersPerCheck = 20;
const daysPerCheck = 7;

/** Where the check of an hour begins: it goes on by so many places from hour to hour, and round. */
export async function placeAt(shard: Db, now: number): Promise<number> {
  const rows = await shard.all<{ last: number | null }>(sql`SELECT max(customer_seq) AS last FROM windows`);
  return (Math.floor(now / hourMs) * customersPerCheck) % ((rows[0]?.last ?? 0) + 1);
}

/** Some customers whose windows are in the shard: those behind `after`, from the beginning again behind the last. */
export async function someCustomers(shard: Db, after: number): Promise<number[]> {
  const next = (from: number) =>
    shard.all<{ seq: number }>(sql`
      WITH RECURSIVE some (seq, n) AS (
        SELECT min(customer_seq), 1 FROM windows WHERE customer_seq > ${from}
        UNION ALL SELECT (SELECT min(customer_seq) FROM windows WHERE customer_seq > some.seq), n + 1 FROM some
        WHERE some.seq IS NOT NULL AND n < ${customersPerCheck})
      SELECT seq FROM some WHERE seq IS NOT NULL`);
  const rows = await next(after);
  return (rows.length > 0 ? rows : await next(0)).map(({ seq }) => seq);
}

/** Days of these customers whose roll-up is not the sum of their windows; the last days before `beforeDay` that are clean. */
export const unequalDays = (
  shard: Db,
  customers: readonly number[],
  beforeDay: number,
  limit: number,
): Promise<Row[]> => {
  const columns = rollUpColumns.join(', ');
  const chosen = sql`SELECT customer_seq, day FROM (
      SELECT customer_seq, day, row_number() OVER (PARTITION BY customer_seq ORDER BY day DESC) AS n FROM (
        SELECT DISTINCT customer_seq, day FROM daily
        WHERE customer_seq IN (SELECT value FROM json_each(${JSON.stringify(customers)})) AND day < ${beforeDay}))
    WHERE n <= ${daysPerCheck} AND (customer_seq, day) NOT IN (SELECT customer_seq, day FROM dirty_days)`;
  return shard.all<Row>(sql`
    WITH chosen AS MATERIALIZED (${chosen}),
    summed AS (
      SELECT w.customer_seq, c.day, w.reporter_seq, w.project_seq, ${sql.raw(rollUpOf)}
      FROM chosen c JOIN windows w ON w.customer_seq = c.customer_seq
        AND w.window_end > c.day * ${dayMs} AND w.window_end <= (c.day + 1) * ${dayMs}
      GROUP BY w.customer_seq, c.day, w.reporter_seq, w.project_seq),
    stored AS (
      SELECT d.customer_seq, d.day, d.reporter_seq, d.project_seq, ${sql.raw(columns)} FROM daily d
      WHERE (d.customer_seq, d.day) IN (SELECT customer_seq, day FROM chosen))
    SELECT customer_seq, day, reporter_seq, project_seq FROM (
      SELECT * FROM (SELECT * FROM summed EXCEPT SELECT * FROM stored)
      UNION SELECT * FROM (SELECT * FROM stored EXCEPT SELECT * FROM summed))
    GROUP BY 1, 2, 3, 4 LIMIT ${limit}`);
};

/** Who has reported what of these customers, and between which edges; ms. */
export interface Reported {
  customerSeq: number;
  reporterSeq: number;
  projectSeq: number;
  firstStart: number;
  lastEnd: number;
}

/**
 * Of the days that are rolled up: where the first and the last of a reporter's lie, their windows say its edges. All of its windows are
 * two dozen times as many as its days, and are kept for years. What is not rolled up yet is seen by a later check.
 */
export const reportedBy = (shard: Db, customers: readonly number[]): Promise<Reported[]> => {
  const windowsOf = (day: SQL) => sql`FROM windows w WHERE w.customer_seq = d.customer_seq
      AND w.window_end > ${day} * ${dayMs} AND w.window_end <= (${day} + 1) * ${dayMs}
      AND w.reporter_seq = d.reporter_seq AND w.project_seq = d.project_seq`;
  return shard.all<Reported>(sql`
    WITH days AS (
      SELECT customer_seq, reporter_seq, project_seq, min(day) AS first, max(day) AS last FROM daily
      WHERE customer_seq IN (SELECT value FROM json_each(${JSON.stringify(customers)})) GROUP BY 1, 2, 3)
    SELECT * FROM (
      SELECT d.customer_seq AS customerSeq, d.reporter_seq AS reporterSeq, d.project_seq AS projectSeq,
        (SELECT min(w.window_end - w.seconds * 1000) ${windowsOf(sql`d.first`)}) AS firstStart,
        (SELECT max(w.window_end) ${windowsOf(sql`d.last`)}) AS lastEnd
      FROM days d)
    WHERE firstStart IS NOT NULL AND lastEnd IS NOT NULL`);
};
