/**
 * Reads of a shard across customers: what some namespaces used in the buckets of a cut (cut.ts), whoever reported it. Clean
 * whole days come from their roll-ups, everything else from the windows. One statement, so one snapshot.
 */
import { type SQL, sql } from 'drizzle-orm';
import type { Db } from '../db/client.ts';
import { ceilTo, dayMs, floorTo, secondMs } from '../lib/time.ts';
import { type Cut, splitDays } from './cut.ts';
import type { Measured, ProjectSum } from './project-sums.ts';

/** Sums are added in two halves, because windows at the bounds of the wire pass 2^63 within a week. */
const halfBits = 31;
const halfMask = 2 ** halfBits - 1;

type Cell = number | null;

/** The sums of the namespaces, a row a namespace, reporter and bucket that has any window. */
export async function sumProjects(
  db: Db,
  measured: readonly Measured[],
  cut: Cut,
  columns: readonly string[],
): Promise<ProjectSum[]> {
  const added = columns.map((column) => `sum(${column} >> ${halfBits}), sum(${column} & ${halfMask})`);
  const rows = await db.values<Cell[]>(sql`${withParts(measured, cut, columns)}
    SELECT project_seq, reporter_seq, ${bucketOf(cut)} AS bucket, max(last_end), min(complete), sum(seconds), max(seconds IS NULL)
      ${sql.raw(added.map((both) => `, ${both}`).join(''))}
    FROM parts GROUP BY project_seq, reporter_seq, bucket`);
  return rows.map(([projectSeq, reporterSeq, bucket, lastEnd, complete, seconds, unknown, ...halves]) => ({
    projectSeq: Number(projectSeq),
    reporterSeq: Number(reporterSeq),
    bucket: Number(bucket),
    lastEnd: Number(lastEnd),
    complete: complete === 1,
    coveredMs: unknown === 1 ? null : Number(seconds) * secondMs,
    units: columns.map((_, i) => joined(halves[2 * i] ?? null, halves[2 * i + 1] ?? null)),
  }));
}

const joined = (high: Cell, low: Cell): bigint | null =>
  high === null || low === null ? null : (BigInt(high) << BigInt(halfBits)) + BigInt(low);

/** The place in the cut of what lies at `at`. Written into the text: D1 binds numbers as REAL, whose quotients are not whole. */
function bucketOf({ buckets, stepMs }: Cut): SQL {
  if (stepMs === null) {
    const cases = buckets.map(({ end }, i) => `WHEN at < ${end} THEN ${i}`);
    return sql.raw(`CASE ${cases.join(' ')} END`);
  }
  const [first, second] = buckets;
  const before = first.end - first.start === stepMs ? null : second;
  const from = before?.start ?? first.start;
  return sql.raw(`CASE WHEN at < ${from} THEN 0 ELSE ${before ? 1 : 0} + (at - ${from}) / ${stepMs} END`);
}

/**
 * `WITH parts(project_seq, reporter_seq, at, last_end, complete, seconds, …)`: days and windows of the cut; `at` lies in the bucket that
 * a part belongs to. Days and customers are joined before namespaces, because the keys begin with those.
 */
function withParts(measured: readonly Measured[], cut: Cut, columns: readonly string[]): SQL {
  const start = cut.buckets[0].start;
  const end = cut.buckets.at(-1)?.end ?? start;
  const [firstDay, lastDay] = [floorTo(start, dayMs) / dayMs, ceilTo(end, dayMs) / dayMs];
  const names = sql.raw(['', ...columns].join(', '));
  const ofWindow = sql.raw(`w.project_seq, w.reporter_seq, w.window_end - 1, w.window_end, w.complete, w.seconds
    ${['', ...columns.map((column) => `w.${column}`)].join(', ')}`);
  const day = sql.raw(String(dayMs));
  return sql`WITH who (customer, project) AS MATERIALIZED (
      SELECT DISTINCT value ->> 0, value ->> 1
      FROM json_each(${JSON.stringify(measured.map((m) => [m.customerSeq, m.projectSeq]))})),
    customer (seq) AS MATERIALIZED (SELECT DISTINCT customer FROM who),
    split (day) AS MATERIALIZED (SELECT value FROM json_each(${JSON.stringify(splitDays(cut))})),
    dirty (customer, day) AS MATERIALIZED (
      SELECT d.customer_seq, d.day FROM customer c CROSS JOIN dirty_days d
        ON d.customer_seq = c.seq AND d.day >= ${firstDay} AND d.day < ${lastDay}
      WHERE d.day NOT IN (SELECT day FROM split)),
    parts (project_seq, reporter_seq, at, last_end, complete, seconds ${names}) AS (
      SELECT d.project_seq, d.reporter_seq, d.day * ${day}, coalesce(d.last_end, (d.day + 1) * ${day}), d.complete, d.seconds
        ${sql.raw(['', ...columns.map((column) => `d.${column}`)].join(', '))}
      FROM customer c CROSS JOIN daily d ON d.customer_seq = c.seq AND d.day >= ${firstDay} AND d.day < ${lastDay}
      WHERE d.day NOT IN (SELECT day FROM split) AND (d.customer_seq, d.day) NOT IN (SELECT customer, day FROM dirty)
        AND (d.customer_seq, d.project_seq) IN (SELECT customer, project FROM who)
      UNION ALL
      SELECT ${ofWindow} FROM dirty d CROSS JOIN windows w ON w.customer_seq = d.customer
        AND w.window_end > d.day * ${day} AND w.window_end <= (d.day + 1) * ${day}
      WHERE (w.customer_seq, w.project_seq) IN (SELECT customer, project FROM who)
      UNION ALL
      SELECT ${ofWindow} FROM customer c CROSS JOIN split s CROSS JOIN windows w ON w.customer_seq = c.seq
        AND w.window_end > s.day * ${day} AND w.window_end <= (s.day + 1) * ${day}
        AND w.window_end > ${start} AND w.window_end <= ${end}
      WHERE (w.customer_seq, w.project_seq) IN (SELECT customer, project FROM who))`;
}

/**
 * The end of the newest window of any of the namespaces that ended after `since`, ms; null when there is none. A customer is
 * looked through once, from its newest window back to the first that is one of theirs.
 */
export async function newestEnd(db: Db, measured: readonly Measured[], since: number): Promise<number | null> {
  const rows = await db.all<{ end: number | null }>(sql`
    WITH who (customer, project) AS MATERIALIZED (
      SELECT DISTINCT value ->> 0, value ->> 1
      FROM json_each(${JSON.stringify(measured.map((m) => [m.customerSeq, m.projectSeq]))}))
    SELECT max((SELECT w.window_end FROM windows w
      WHERE w.customer_seq = c.customer AND w.window_end > ${since}
        AND (c.customer, w.project_seq) IN (SELECT customer, project FROM who)
      ORDER BY w.window_end DESC LIMIT 1)) AS "end"
    FROM (SELECT DISTINCT customer FROM who) c`);
  return rows[0]?.end ?? null;
}
