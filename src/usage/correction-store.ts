/**
 * Corrections of one shard. Owns `corrections`; the windows go the way that reports go (store.ts), under the same triggers,
 * which let a correction's revision past and hold what would replace it.
 */
import { type SQL, sql } from 'drizzle-orm';
import type { Quantities } from '../contracts/usage.ts';
import type { Db } from '../db/client.ts';
import { guard } from '../db/guards.ts';
import { corrections } from '../db/usage-schema.ts';
import { build, type Write, write } from '../db/write.ts';
import type { LineChange } from '../pricing/bill-change.ts';
import type { ChangedWindow, CorrectionKind, StandingWindow } from './correction.ts';
import type { Bundle } from './message/bundle.ts';
import { quantities } from './meters.ts';
import { guardMinimumVersions } from './minimum-version-store.ts';
import { storeBundles } from './store.ts';

type Row = typeof corrections.$inferSelect;

/** A correction as it was made; times in ms. */
export interface StoredCorrection {
  id: string;
  customerSeq: number;
  reporterSeq: number;
  projectSeq: number;
  kind: CorrectionKind;
  windowStart: number;
  windowEnd: number;
  revision: number;
  /** Null where nothing stood. */
  before: Quantities | null;
  after: Quantities;
  /** Of the bills of the periods that hold it. */
  deltaCents: number;
  invoice: Row['invoice'];
  lines: readonly LineChange[];
  reason: string;
  at: number;
  by: string;
}

/** Windows of a reporter and namespace that end in `(from, to]`, ms. */
export interface WindowRange {
  customerSeq: number;
  reporterSeq: number;
  projectSeq: number;
  from: number;
  to: number;
}

const inRange = (range: WindowRange): SQL => sql`customer_seq = ${range.customerSeq}
  AND reporter_seq = ${range.reporterSeq} AND project_seq = ${range.projectSeq}
  AND window_end > ${range.from} AND window_end <= ${range.to}`;

type WindowCells = Record<string, number | string | null>;

const toWindow = (row: WindowCells): StandingWindow => ({
  windowEnd: Number(row['window_end']),
  seconds: Number(row['seconds']),
  revision: Number(row['revision']),
  values: quantities.map((q) => {
    const value = row[q.column];
    return value == null ? null : Number(value);
  }),
});

/** The windows that stand, and the highest revision that waits for a person; one snapshot. */
export async function findStanding(
  db: Db,
  range: WindowRange,
): Promise<{ standing: StandingWindow[]; waiting: number | null }> {
  const rows = await db.all<WindowCells>(sql`
    SELECT windows.*, (SELECT max(revision) FROM reviews WHERE ${inRange(range)} AND state = 'open') AS waiting
    FROM windows WHERE ${inRange(range)} ORDER BY window_end`);
  const waiting = rows[0]?.['waiting'];
  return { standing: rows.map(toWindow), waiting: waiting == null ? null : Number(waiting) };
}

/** A window by its key. */
export interface WindowKey {
  customerSeq: number;
  reporterSeq: number;
  projectSeq: number;
  windowEnd: number;
}

/** The window that stands at each key, by the key's place; where none does it has none. */
export async function findWindows(db: Db, keys: readonly WindowKey[]): Promise<Map<number, StandingWindow>> {
  const asked = keys.map((k) => [k.customerSeq, k.windowEnd, k.reporterSeq, k.projectSeq]);
  const rows = await db.all<WindowCells>(sql`
    SELECT k.key AS place, w.* FROM json_each(${JSON.stringify(asked)}) k
    JOIN windows w ON w.customer_seq = k.value ->> 0 AND w.window_end = k.value ->> 1
      AND w.reporter_seq = k.value ->> 2 AND w.project_seq = k.value ->> 3`);
  return new Map(rows.map((row) => [Number(row['place']), toWindow(row)]));
}

const keyOf = ({ reporterSeq, projectSeq }: ChangedWindow, customerSeq: number): SQL =>
  sql`w.customer_seq = ${customerSeq} AND w.reporter_seq = ${reporterSeq} AND w.project_seq = ${projectSeq}`;

/** Fails the batch unless the windows stand under the revisions that were read, or do not stand where none did. */
function guardStanding(customerSeq: number, windows: readonly [ChangedWindow, ...ChangedWindow[]]): Write {
  const read = JSON.stringify(windows.map(({ windowEnd, standing }) => [windowEnd, standing]));
  return guard(
    'windows_standing',
    sql`NOT EXISTS (SELECT 1 FROM json_each(${read}) r
      LEFT JOIN windows w ON ${keyOf(windows[0], customerSeq)} AND w.window_end = (r.value ->> 0)
      WHERE w.revision IS NOT (r.value ->> 1))`,
  );
}

/** Fails the batch unless each of the windows stands under the correction's revision by now. */
function guardCorrected(
  customerSeq: number,
  windows: readonly [ChangedWindow, ...ChangedWindow[]],
  revision: number,
): Write {
  const ends = JSON.stringify(windows.map(({ windowEnd }) => windowEnd));
  return guard(
    'windows_corrected',
    sql`(SELECT count(*) FROM windows w WHERE ${keyOf(windows[0], customerSeq)}
      AND w.window_end IN (SELECT value FROM json_each(${ends})) AND w.revision = ${revision}) = ${windows.length}`,
  );
}

/**
 * The correction and its windows. In this order: the trigger that holds replacements looks for the correction.
 * @param windows of one reporter and namespace
 * @param request what comes again under it finds this one (`findMade`)
 */
export const correct = (
  { at, by, ...row }: StoredCorrection,
  windows: readonly [ChangedWindow, ...ChangedWindow[]],
  bundles: readonly Bundle[],
  request: string,
): Write[] => [
  guardMinimumVersions(bundles),
  guardStanding(row.customerSeq, windows),
  write(
    build.insert(corrections).values({
      ...row,
      before: row.before && JSON.stringify(row.before),
      after: JSON.stringify(row.after),
      lines: JSON.stringify(row.lines),
      correctedAt: at,
      correctedBy: by,
      request,
    }),
  ),
  ...storeBundles(bundles),
  guardCorrected(row.customerSeq, windows, row.revision),
];

const columns = sql.raw(`id, customer_seq AS customerSeq, reporter_seq AS reporterSeq, project_seq AS projectSeq, kind,
  window_start AS windowStart, window_end AS windowEnd, revision, before, after, delta_cents AS deltaCents, invoice, lines,
  reason, corrected_at AS "at", corrected_by AS "by"`);

type Packed = Omit<StoredCorrection, 'before' | 'after' | 'lines'> & {
  before: string | null;
  after: string;
  lines: string;
};

const unpack = (row: Packed): StoredCorrection => ({
  ...row,
  before: row.before === null ? null : (JSON.parse(row.before) as Quantities),
  after: JSON.parse(row.after) as Quantities,
  lines: JSON.parse(row.lines) as LineChange[],
});

/** What a request has made already. */
export async function findMade(db: Db, customerSeq: number, request: string): Promise<StoredCorrection | null> {
  const rows = await db.all<Packed>(
    sql`SELECT ${columns} FROM corrections WHERE customer_seq = ${customerSeq} AND request = ${request}`,
  );
  return rows[0] ? unpack(rows[0]) : null;
}

/** A customer's, or (null) everybody's. */
const ofCustomer = (customerSeq: number | null): SQL =>
  customerSeq === null ? sql`true` : sql`customer_seq = ${customerSeq}`;

/** When each of the newest `limit` was made, newest first, and how many there are. */
export async function correctionTimes(
  db: Db,
  customerSeq: number | null,
  limit: number,
): Promise<{ times: number[]; total: number }> {
  const rows = await db.all<{ at: number }>(sql`SELECT corrected_at AS "at" FROM corrections
    WHERE ${ofCustomer(customerSeq)} ORDER BY corrected_at DESC LIMIT ${limit}`);
  const counted = await db.all<{ total: number }>(
    sql`SELECT count(*) AS total FROM corrections WHERE ${ofCustomer(customerSeq)}`,
  );
  return { times: rows.map(({ at }) => at), total: counted[0]?.total ?? 0 };
}

/** Corrections, newest first; the id settles the order of those made at one time, or pages would overlap. */
export async function listCorrections(
  db: Db,
  customerSeq: number | null,
  limit: number,
  offset: number,
): Promise<StoredCorrection[]> {
  const rows = await db.all<Packed>(sql`SELECT ${columns} FROM corrections WHERE ${ofCustomer(customerSeq)}
    ORDER BY corrected_at DESC, id DESC LIMIT ${limit} OFFSET ${offset}`);
  return rows.map(unpack);
}
