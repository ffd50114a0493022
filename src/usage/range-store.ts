/**
 * Reads of a range of time in a shard: clean whole days from their roll-ups, everything else from the windows. A window
 * belongs to a range by its end: `(from, to]`. Sums are added in SQL per namespace and some days, and read as text, because
 * they may pass 2^53.
 */
import { type SQL, sql } from 'drizzle-orm';
import type { Db } from '../db/client.ts';
import { ceilTo, dayMs, floorTo, hourMs, type TimeRange } from '../lib/time.ts';
import type { RangeSum } from './history.ts';
import { quantities } from './meters.ts';
import { dayOfSql, rollUpColumns, rollUpOf } from './store.ts';

/** A customer's windows in a shard: those that end in `(from, to]`. */
export interface CustomerRange extends TimeRange {
  customerSeq: number;
  projectSeq?: number | undefined;
}

const dayColumns = ['day', 'reporter_seq', 'project_seq', ...rollUpColumns].join(', ');

const ofProject = (range: CustomerRange): SQL =>
  range.projectSeq === undefined ? sql`` : sql`AND project_seq = ${range.projectSeq}`;

/** The windows of (from, to], a row a day, reporter and namespace. */
const windowDays = (range: CustomerRange, from: number, to: number): SQL => sql`
  SELECT ${sql.raw(dayOfSql)} AS day, reporter_seq, project_seq, ${sql.raw(rollUpOf)}
  FROM windows WHERE customer_seq = ${range.customerSeq} AND window_end > ${from} AND window_end <= ${to} ${ofProject(range)}
  GROUP BY 1, reporter_seq, project_seq`;

/**
 * `WITH range(day, reporter_seq, project_seq, …)`: the range as rows of a day. Whole days between the edges come from
 * `daily` unless they are dirty; edges and dirty days from their windows. One statement, so one snapshot.
 */
export function withRange(range: CustomerRange): SQL {
  const firstDay = ceilTo(range.from, dayMs);
  const lastDay = floorTo(range.to, dayMs);
  const head = sql.raw(`WITH range (${dayColumns}) AS (`);
  if (firstDay >= lastDay) return sql`${head} ${windowDays(range, range.from, range.to)})`;
  const days = sql`customer_seq = ${range.customerSeq} AND day >= ${firstDay / dayMs} AND day < ${lastDay / dayMs}`;
  return sql`${head}
    SELECT ${sql.raw(dayColumns)} FROM daily WHERE ${days} ${ofProject(range)}
      AND day NOT IN (SELECT day FROM dirty_days WHERE ${days})
    UNION ALL
    SELECT d.day, w.reporter_seq, w.project_seq, ${sql.raw(rollUpOf)}
      FROM (SELECT day FROM dirty_days WHERE ${days}) d
      JOIN windows w ON w.customer_seq = ${range.customerSeq}
        AND w.window_end > d.day * ${dayMs} AND w.window_end <= (d.day + 1) * ${dayMs} ${ofProject(range)}
      GROUP BY d.day, w.reporter_seq, w.project_seq
    UNION ALL SELECT * FROM (${windowDays(range, range.from, firstDay)})
    UNION ALL SELECT * FROM (${windowDays(range, lastDay, range.to)}))`;
}

/**
 * Days in a group: windows of a minute at the bounds of the wire add 1.44e18 a day, and seven of them could pass 2^63.
 * Written into the text, as every divisor must be: D1 binds numbers as REAL, whose quotients are no whole days.
 */
const dayGroup = sql.raw('day / 6');

const summed = quantities
  .map((q) => {
    const add = q.kind === 'peak' ? `max(${q.column})` : `sum(${q.column})`;
    const seconds = q.kind === 'average' ? `sum(${q.column}_seconds)` : '0';
    return `CAST(${add} AS TEXT) AS v${q.bit}, ${seconds} AS s${q.bit}`;
  })
  .join(', ');

type SumRow = Record<string, string | number | null>;

/** What a stretch adds up to, a row or more per reporter and namespace. */
export async function sumRange(db: Db, range: CustomerRange): Promise<RangeSum[]> {
  const rows = await db.all<SumRow>(sql`${withRange(range)}
    SELECT reporter_seq, project_seq, ${sql.raw(summed)} FROM range
    GROUP BY reporter_seq, project_seq, ${dayGroup}`);
  return rows.map((row) => ({
    reporterSeq: Number(row['reporter_seq']),
    projectSeq: Number(row['project_seq']),
    values: quantities.map((q) => row[`v${q.bit}`] as string | null),
    seconds: quantities.map((q) => Number(row[`s${q.bit}`] ?? 0)),
  }));
}

/** A window that counts with another value of a column, or with none, than the one that stands. */
export interface OtherWindow {
  windowEnd: number;
  reporterSeq: number;
  projectSeq: number;
  seconds: number;
  value: number | null;
}

/** The windows of a range with a column of theirs as `level`, some of them as they would be. */
function leveled(range: CustomerRange, level: SQL, others: readonly OtherWindow[]): SQL {
  const standing = sql`SELECT window_end, seconds, ${level} AS level FROM windows
    WHERE customer_seq = ${range.customerSeq} AND window_end > ${range.from} AND window_end <= ${range.to} ${ofProject(range)}`;
  if (others.length === 0) return standing;
  const cells = JSON.stringify(others.map((w) => [w.windowEnd, w.reporterSeq, w.projectSeq, w.seconds, w.value]));
  return sql`${standing} AND (window_end, reporter_seq, project_seq) NOT IN (
      SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each(${cells}))
    UNION ALL SELECT value ->> 0, value ->> 3, value ->> 4 FROM json_each(${cells})`;
}

const hourOf = sql.raw(`(window_end - 1) / ${hourMs}`);

/**
 * A level of a stretch, e.g. devices: at each moment the sum over reporters and namespaces of their windows that hold the
 * moment, so that two that never met are not added and an hourly window counts in each of its quarters; of an hour the
 * highest such sum. The stretch's highest hour and the sum of its hours, as text. Read from the windows, because a day's
 * roll-up no longer knows which windows met. Windows are aligned, so that a sum is highest at some window's end.
 * @param column a stored column (meters.ts); a level's is named as its meter
 * @param others windows in the range that are to count otherwise than they stand
 */
export async function levelRange(
  db: Db,
  range: CustomerRange,
  column: string,
  others: readonly OtherWindow[] = [],
): Promise<{ peak: string; hours: string }> {
  const rows = await db.all<{ peak: string | null; hours: string | null }>(sql`
    WITH held AS MATERIALIZED (
      SELECT ${hourOf} AS hour, window_end, window_end - seconds * 1000 AS window_start, sum(level) AS held
      FROM (${leveled(range, sql.raw(column), others)}) WHERE level IS NOT NULL
      GROUP BY window_end, seconds),
    moments AS (
      SELECT e.hour, sum(h.held) AS held FROM (SELECT DISTINCT hour, window_end FROM held) e
      JOIN held h ON h.hour = e.hour AND h.window_start < e.window_end AND h.window_end >= e.window_end
      GROUP BY e.window_end)
    SELECT CAST(max(highest) AS TEXT) AS peak, CAST(sum(highest) AS TEXT) AS hours FROM (
      SELECT max(held) AS highest FROM moments GROUP BY hour)`);
  return { peak: rows[0]?.peak ?? '0', hours: rows[0]?.hours ?? '0' };
}
