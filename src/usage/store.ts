/**
 * Writes of a usage shard, as unexecuted statements. Decides nothing in JavaScript: which row stands is the upsert's
 * WHERE and the triggers (window-triggers.ts), inside the batch, so concurrent consumers cannot disagree.
 */
import { type SQL, sql } from 'drizzle-orm';
import type { Db } from '../db/client.ts';
import { type Write, write } from '../db/write.ts';
import { dayMs } from '../lib/time.ts';
import { type Bundle, hasFlaws, sharedColumns } from './message/bundle.ts';
import { dayPeakOf, ownMeterColumns, quantities } from './meters.ts';

const keyColumns = ['customer_seq', 'window_end', 'reporter_seq', 'project_seq'];
const quantityColumns = quantities.map((q) => q.column);
const qualified = (table: string): string => quantityColumns.map((c) => `${table}.${c}`).join(', ');

const headColumns = ['seconds', 'revision', 'accepted_at', 'complete', 'gap_ms', 'missing', 'missing_high', 'gaps'];
const replaced = [...headColumns, ...quantityColumns];

/** A column that is not inserted is NULL in `excluded` too, so that a replacement replaces all. */
const onConflict = `WHERE true ON CONFLICT (${keyColumns.join(', ')}) DO UPDATE SET
  ${replaced.map((c) => `${c} = excluded.${c}`).join(', ')}
  WHERE excluded.revision > windows.revision
    OR (excluded.revision = windows.revision AND (${qualified('excluded')}) IS NOT (${qualified('windows')}))`;

/** A statement in two parts, before and after its one parameter: the bundles. */
type Insert = readonly [before: SQL, after: SQL];

function insertInto(bundle: Bundle): Insert {
  const cells = bundle.columns;
  const flawless = hasFlaws(cells) ? {} : { complete: 1, gap_ms: 0, missing: 0 };
  const shared = sharedColumns.map((column, i) => `value ->> ${i} AS ${column}`);
  const picked = cells.map((_, i) => `row.value ->> ${i}`);
  const columns = [...sharedColumns, ...Object.keys(flawless), ...cells].join(', ');
  const values = [...sharedColumns, ...Object.values(flawless), ...picked].join(', ');
  return [
    sql.raw(`WITH bundle AS MATERIALIZED (SELECT ${shared.join(', ')},
        jsonb_extract(value, '$[${shared.length}]') AS packed FROM jsonb_each(`),
    sql.raw(`)) INSERT INTO windows (${columns})
      SELECT ${values} FROM bundle CROSS JOIN jsonb_each(packed) AS row ${onConflict}`),
  ];
}

/** By the columns of the cells: there are few such sets, and the texts are long. */
const inserts = new Map<string, Insert>();
const insertsMax = 100;

/** The insert of bundles of like columns. */
function insertOf(columns: string, bundles: readonly [Bundle, ...Bundle[]]): Write {
  const insert = inserts.get(columns) ?? insertInto(bundles[0]);
  if (inserts.size >= insertsMax) inserts.clear();
  inserts.set(columns, insert);
  const packed = bundles.map((b) => `[${b.customerSeq},${b.reporterSeq},${b.seconds},${b.acceptedAt},${b.text}]`);
  return write(sql`${insert[0]}${`[${packed.join(',')}]`}${insert[1]}`);
}

/**
 * Stores the rows of bundles, one after another, and marks their days. Those of like columns travel as one parameter,
 * because D1 takes a hundred; src/usage/message/chunks.ts keeps it small enough. jsonb_each hands each row on in SQLite's binary
 * JSON, which is read twice as fast as text, and MATERIALIZED has what a bundle's rows share read once a bundle (node:sqlite,
 * 11 cells instead of 18: 2.4 µs a row instead of 3.4, and 10 without the word).
 */
export function storeBundles(bundles: readonly Bundle[]): Write[] {
  const alike = Map.groupBy(bundles, (bundle) => bundle.columns.join());
  const days = new Set(bundles.flatMap((b) => b.days.map((day) => `[${b.customerSeq},${day}]`)));
  return [
    ...[...alike].map(([columns, group]) => insertOf(columns, group as [Bundle, ...Bundle[]])),
    write(sql`INSERT OR IGNORE INTO dirty_days (customer_seq, day)
      SELECT value ->> 0, value ->> 1 FROM json_each(${`[${[...days].join(',')}]`})`),
  ];
}

const rolledUp = quantities.map((q) => (q.kind === 'peak' ? `max(${q.column})` : `sum(${q.column})`)).join(', ');
const averaged = quantities.filter((q) => q.kind === 'average');
const dayPeaks = ownMeterColumns.map((column) => `max(${column})`).join(', ');
const secondsColumns = averaged.map((q) => `${q.column}_seconds`);
const secondsSums = averaged.map((q) => `coalesce(sum(iif(${q.column} IS NULL, 0, seconds)), 0)`).join(', ');

/** What `daily` stores of a group of windows; the readers of dirty days select the same. */
export const rollUpColumns = [
  'complete',
  'gap_ms',
  'seconds',
  'last_end',
  ...quantityColumns,
  ...secondsColumns,
  ...ownMeterColumns.map(dayPeakOf),
];
export const rollUpOf = `min(complete), sum(gap_ms), sum(seconds), max(window_end), ${rolledUp}, ${secondsSums}, ${dayPeaks}`;
export const dayOfSql = `(window_end - 1) / ${dayMs}`;

/** Days over before `beforeDay` that wait for their roll-up, oldest first. */
export const dirtyDays = (db: Db, beforeDay: number, limit: number): Promise<{ customerSeq: number; day: number }[]> =>
  db.all(
    sql`SELECT customer_seq AS customerSeq, day FROM dirty_days WHERE day < ${beforeDay} ORDER BY day LIMIT ${limit}`,
  );

/** Recomputes the days from their windows and clears their marks; run as one batch, or a report in between is lost. */
export function rollUp(days: readonly { customerSeq: number; day: number }[]): Write[] {
  const chosen = JSON.stringify(days.map((d) => [d.customerSeq, d.day]));
  const pairs = sql`(SELECT value ->> 0, value ->> 1 FROM json_each(${chosen}))`;
  return [
    write(sql`DELETE FROM daily WHERE (customer_seq, day) IN ${pairs}`),
    write(sql`INSERT INTO daily (customer_seq, day, reporter_seq, project_seq, ${sql.raw(rollUpColumns.join(', '))})
      SELECT w.customer_seq, d.day, w.reporter_seq, w.project_seq, ${sql.raw(rollUpOf)}
      FROM (SELECT value ->> 0 AS customer, value ->> 1 AS day FROM json_each(${chosen})) d
      JOIN windows w ON w.customer_seq = d.customer
        AND w.window_end > d.day * ${dayMs} AND w.window_end <= (d.day + 1) * ${dayMs}
      GROUP BY w.customer_seq, d.day, w.reporter_seq, w.project_seq`),
    write(sql`DELETE FROM dirty_days WHERE (customer_seq, day) IN ${pairs}`),
  ];
}
