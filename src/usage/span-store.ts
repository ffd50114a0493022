/**
 * Reads of a stretch of time in a shard: clean whole days from their roll-ups, everything else from the windows. A window
 * belongs to a stretch by its end: `(from, to]`. Sums are added in SQL per namespace and some days, and read as text, because
 * they may pass 2^53.
 */
import { type SQL, sql } from 'drizzle-orm';
import type { Db } from '../db/client.ts';
import { ceilTo, dayMs, floorTo, hourMs } from '../lib/time.ts';
import type { SpanSum } from './history.ts';
import { quantities } from './meters.ts';
import { dayOfSql, rollUpColumns, rollUpOf } from './store.ts';

/** One shard's view of a customer. */
export interface Span {
  customerSeq: number;
  /** Exclusive, ms. */
  from: number;
  /** Inclusive, ms. */
  to: number;
  projectSeq?: number | undefined;
}

const dayColumns = ['day', 'reporter_seq', 'project_seq', ...rollUpColumns].join(', ');

const ofProject = (span: Span): SQL =>
  span.projectSeq === undefined ? sql`` : sql`AND project_seq = ${span.projectSeq}`;

/** The windows of (from, to], a row a day, reporter and namespace. */
const windowDays = (span: Span, from: number, to: number): SQL => sql`
  SELECT ${sql.raw(dayOfSql)} AS day, reporter_seq, project_seq, ${sql.raw(rollUpOf)}
  FROM windows WHERE customer_seq = ${span.customerSeq} AND window_end > ${from} AND window_end <= ${to} ${ofProject(span)}
  GROUP BY 1, reporter_seq, project_seq`;

/**
 * `WITH span(day, reporter_seq, project_seq, …)`: the stretch as rows of a day. Whole days between the edges come from
 * `daily` unless they are dirty; edges and dirty days from their windows. One statement, so one snapshot.
 */
export function withSpan(span: Span): SQL {
  const firstDay = ceilTo(span.from, dayMs);
  const lastDay = floorTo(span.to, dayMs);
  const head = sql.raw(`WITH span (${dayColumns}) AS (`);
  if (firstDay >= lastDay) return sql`${head} ${windowDays(span, span.from, span.to)})`;
  const days = sql`customer_seq = ${span.customerSeq} AND day >= ${firstDay / dayMs} AND day < ${lastDay / dayMs}`;
  return sql`${head}
    SELECT ${sql.raw(dayColumns)} FROM daily WHERE ${days} ${ofProject(span)}
      AND day NOT IN (SELECT day FROM dirty_days WHERE ${days})
    UNION ALL
    SELECT d.day, w.reporter_seq, w.project_seq, ${sql.raw(rollUpOf)}
      FROM (SELECT day FROM dirty_days WHERE ${days}) d
      JOIN windows w ON w.customer_seq = ${span.customerSeq}
        AND w.window_end > d.day * ${dayMs} AND w.window_end <= (d.day + 1) * ${dayMs} ${ofProject(span)}
      GROUP BY d.day, w.reporter_seq, w.project_seq
    UNION ALL SELECT * FROM (${windowDays(span, span.from, firstDay)})
    UNION ALL SELECT * FROM (${windowDays(span, lastDay, span.to)}))`;
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
export async function sumSpan(db: Db, span: Span): Promise<SpanSum[]> {
  const rows = await db.all<SumRow>(sql`${withSpan(span)}
    SELECT reporter_seq, project_seq, ${sql.raw(summed)} FROM span
    GROUP BY reporter_seq, project_seq, ${dayGroup}`);
  return rows.map((row) => ({
    reporterSeq: Number(row['reporter_seq']),
    projectSeq: Number(row['project_seq']),
    values: quantities.map((q) => row[`v${q.bit}`] as string | null),
    seconds: quantities.map((q) => Number(row[`s${q.bit}`] ?? 0)),
  }));
}

const hourOf = sql.raw(`(window_end - 1) / ${hourMs}`);

/**
 * Devices of a stretch: each hour's highest count per reporter and namespace, summed over them; the highest such sum and
 * the device-hours. Read from the windows, because a day's roll-up no longer knows which hours met.
 */
export async function deviceSpan(db: Db, span: Span): Promise<{ peak: string; hours: string }> {
  const rows = await db.all<{ peak: string | null; hours: string | null }>(sql`
    SELECT CAST(max(devices) AS TEXT) AS peak, CAST(sum(devices) AS TEXT) AS hours FROM (
      SELECT sum(highest) AS devices FROM (
        SELECT ${hourOf} AS hour, max(device_peak) AS highest FROM windows
        WHERE customer_seq = ${span.customerSeq} AND window_end > ${span.from} AND window_end <= ${span.to}
          AND device_peak IS NOT NULL ${ofProject(span)}
        GROUP BY 1, reporter_seq, project_seq)
      GROUP BY hour)`);
  return { peak: rows[0]?.peak ?? '0', hours: rows[0]?.hours ?? '0' };
}
