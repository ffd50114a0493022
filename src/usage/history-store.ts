/** Pages of history, the cursor, stretches of accounted windows, and held replacements. Reads only. */
import { type SQL, sql } from 'drizzle-orm';
import type { Db } from '../db/client.ts';
import type { Accounted } from './gaps.ts';
import type { HistoryRow } from './history.ts';
import { columnsIn, dayPeakOf, type Quantity, quantities, storedColumns } from './meters.ts';
import { type CustomerRange, withRange } from './range-store.ts';
import type { Slots } from './slots.ts';

type Raw = Record<string, number | string | null>;

const asNumber = (value: number | string | null | undefined): number | null => (value == null ? null : Number(value));

/** Where a day has a quantity's highest window. */
const peakColumnOf = (q: Quantity): string => (q.kind === 'own' ? dayPeakOf(q.column) : q.column);

const dayColumns = quantities
  .flatMap((q) => [
    `CAST(${q.column} AS TEXT) AS v${q.bit}`,
    `${q.kind === 'average' ? `${q.column}_seconds` : '0'} AS s${q.bit}`,
    ...(q.kind === 'own' ? [`CAST(${dayPeakOf(q.column)} AS TEXT) AS p${q.bit}`] : []),
  ])
  .join(', ');

/** Days, newest first. `range` must begin and end at midnight. */
export async function dayPage(db: Db, range: CustomerRange, limit: number, offset: number): Promise<HistoryRow[]> {
  const rows = await db.all<Raw>(sql`${withRange(range)}
    SELECT day, reporter_seq, project_seq, complete, gap_ms, ${sql.raw(dayColumns)} FROM range
    ORDER BY day DESC, project_seq, reporter_seq LIMIT ${limit} OFFSET ${offset}`);
  const dayMs = 86_400_000;
  return rows.map((row) => ({
    end: (Number(row['day']) + 1) * dayMs,
    windowSeconds: null,
    reporterSeq: Number(row['reporter_seq']),
    projectSeq: Number(row['project_seq']),
    revision: null,
    complete: row['complete'] === 1,
    gapMs: Number(row['gap_ms']),
    values: quantities.map((q) => asNumber(row[`v${q.bit}`])),
    peaks: quantities.map((q) => asNumber(row[`p${q.bit}`])),
    seconds: quantities.map((q) => Number(row[`s${q.bit}`] ?? 0)),
  }));
}

/**
 * How many day rows the range has, and the highest day of each peak and own meter: each namespace's own highest, whoever reported it,
 * added up.
 */
export async function daySummary(db: Db, range: CustomerRange): Promise<{ total: number; peaks: (number | null)[] }> {
  const peaks = quantities.filter((q) => q.kind === 'peak' || q.kind === 'own');
  const each = (of: (q: (typeof peaks)[number]) => string) =>
    sql.raw(peaks.map((q) => `, ${of(q)} AS p${q.bit}`).join(''));
  const rows = await db.all<Raw>(sql`${withRange(range)}
    SELECT coalesce(sum(n), 0) AS total ${each((q) => `max(p${q.bit})`)} FROM (
      SELECT sum(n) AS n ${each((q) => `sum(p${q.bit})`)} FROM (
        SELECT day, count(*) AS n ${each((q) => `max(${peakColumnOf(q)})`)} FROM range GROUP BY day, project_seq)
      GROUP BY day)`);
  return {
    total: Number(rows[0]?.['total'] ?? 0),
    peaks: quantities.map((q) => asNumber(rows[0]?.[`p${q.bit}`])),
  };
}

const windowsOf = (range: CustomerRange): SQL => sql`FROM windows
  WHERE customer_seq = ${range.customerSeq} AND window_end > ${range.from} AND window_end <= ${range.to}
  ${range.projectSeq === undefined ? sql`` : sql`AND project_seq = ${range.projectSeq}`}`;

/** Windows, newest first. */
export async function windowPage(db: Db, range: CustomerRange, limit: number, offset: number): Promise<HistoryRow[]> {
  const rows = await db.all<Raw>(sql`SELECT * ${windowsOf(range)}
    ORDER BY window_end DESC, project_seq, reporter_seq LIMIT ${limit} OFFSET ${offset}`);
  return rows.map((row) => ({
    end: Number(row['window_end']),
    windowSeconds: Number(row['seconds']),
    reporterSeq: Number(row['reporter_seq']),
    projectSeq: Number(row['project_seq']),
    revision: Number(row['revision']),
    complete: row['complete'] === 1,
    gapMs: Number(row['gap_ms']),
    values: quantities.map((q) => asNumber(row[q.column])),
    peaks: quantities.map((q) => asNumber(row[q.column])),
    seconds: quantities.map(() => Number(row['seconds'])),
  }));
}

export async function windowCount(db: Db, range: CustomerRange): Promise<number> {
  const rows = await db.all<{ total: number }>(sql`SELECT count(*) AS total ${windowsOf(range)}`);
  return rows[0]?.total ?? 0;
}

/**
 * The end of the last accounted window of a reporter and namespace after `since`, null when there is none. Without `since`
 * a fresh reporter's would be looked for in everything its customer has.
 */
export async function lastEnd(db: Db, customerSeq: number, reporterSeq: number, projectSeq: number, since: number) {
  const rows = await db.all<{ end: number }>(sql`SELECT window_end AS end FROM windows
    WHERE customer_seq = ${customerSeq} AND reporter_seq = ${reporterSeq} AND project_seq = ${projectSeq}
      AND window_end > ${since}
    ORDER BY window_end DESC LIMIT 1`);
  return rows[0]?.end ?? null;
}

/** The end of the last window after `since` that a reporter has stored for any namespace, null when there is none. */
export async function lastEndOfReporter(db: Db, customerSeq: number, reporterSeq: number, since: number) {
  const rows = await db.all<{ end: number }>(sql`SELECT window_end AS end FROM windows
    WHERE customer_seq = ${customerSeq} AND reporter_seq = ${reporterSeq} AND window_end > ${since}
    ORDER BY window_end DESC LIMIT 1`);
  return rows[0]?.end ?? null;
}

/** A window of one reporter and namespace. */
export interface WindowName {
  customerSeq: number;
  reporterSeq: number;
  projectSeq: number;
  windowEnd: number;
}

/** Those of the windows that the cursor has reached: they, or later ones, are accounted for. */
export async function withAccounted<T extends WindowName>(db: Db, windows: readonly T[]): Promise<T[]> {
  const names = windows.map((w) => [w.customerSeq, w.reporterSeq, w.projectSeq, w.windowEnd]);
  const rows = await db.all<{ i: number }>(sql`
    SELECT n.key AS i FROM json_each(${JSON.stringify(names)}) n
    WHERE EXISTS (SELECT 1 FROM windows w WHERE w.customer_seq = n.value ->> 0 AND w.reporter_seq = n.value ->> 1
      AND w.project_seq = n.value ->> 2 AND w.window_end >= n.value ->> 3)`);
  return rows.flatMap(({ i }) => windows[i] ?? []);
}

export interface StoredMeters {
  customerSeq: number;
  /** Namespaces by their numbers. */
  projects: readonly number[];
  meters: Slots;
  /** ms; windows that end later are looked at. */
  since: number;
}

/** The end of the last window of the namespaces that has any of the meters, whoever reported it; null for none. */
export async function lastEndWith(db: Db, { customerSeq, projects, meters, since }: StoredMeters) {
  const columns = columnsIn(meters).map((column) => `${column} IS NOT NULL`);
  if (projects.length === 0 || columns.length === 0) return null;
  const rows = await db.all<{ end: number | null }>(sql`SELECT max(window_end) AS end FROM windows
    WHERE customer_seq = ${customerSeq} AND window_end > ${since}
      AND project_seq IN (SELECT value FROM json_each(${JSON.stringify(projects)}))
      AND (${sql.raw(columns.join(' OR '))})`);
  return rows[0]?.end ?? null;
}

/** What is accounted for in a range, as few rows as there are changes of state. */
export async function accountedIn(db: Db, range: CustomerRange): Promise<Accounted[]> {
  const nothing = sql.raw(storedColumns.map((column) => `${column} IS NULL`).join(' AND '));
  return await db.all<Accounted>(sql`
    WITH seen AS (
      SELECT reporter_seq, project_seq, window_end, seconds * 1000 AS length,
        CASE WHEN complete = 1 THEN 'complete' WHEN ${nothing} THEN 'unavailable' ELSE 'partial' END AS state
      ${windowsOf(range)}),
    numbered AS (
      SELECT *, window_end - length * row_number() OVER (
        PARTITION BY reporter_seq, project_seq, state, length ORDER BY window_end) AS island FROM seen)
    SELECT reporter_seq AS reporterSeq, project_seq AS projectSeq, state,
      min(window_end - length) AS "from", max(window_end) AS "to"
    FROM numbered GROUP BY reporter_seq, project_seq, state, length, island ORDER BY 4`);
}
