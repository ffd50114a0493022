/**
 * One accepted report as it travels through the queue and into a shard: integers, and one short text of ASCII. Owns its columns and the form in
 * which a single row lies in a dead letter; how rows travel together is bundle.ts.
 */
import { z } from 'zod';
import { quantities } from '../meters.ts';
import type { Slots } from '../slots.ts';

/** Times are ms since the epoch; `quantities` are base units in the catalogue's order, null where not reported. */
export interface UsageRow {
  customerSeq: number;
  /** By which count of the customer's ownership it was judged; not stored, and not in a dead letter. */
  ownershipVersion: number;
  windowEnd: number;
  reporterSeq: number;
  projectSeq: number;
  seconds: number;
  revision: number;
  acceptedAt: number;
  complete: boolean;
  gapMs: number;
  /** The quantities that were not seen at all. */
  missing: Slots;
  /** What was not seen, thing by thing (src/usage/window-gaps.ts); null for nothing. */
  gaps: string | null;
  quantities: (number | null)[];
}

const quantityColumns = quantities.map((q) => q.column);

/** A row by the names of its columns, as it lies in a dead letter: for people to read and to be sent again. */
export type NamedRow = Record<string, number | boolean | string | null>;

/** The row by the names of its columns; quantities that were not reported are left away. */
export function nameRow(row: UsageRow): NamedRow {
  const reported = quantityColumns.map((column, bit) => [column, row.quantities[bit] ?? null] as const);
  return {
    customer_seq: row.customerSeq,
    window_end: row.windowEnd,
    reporter_seq: row.reporterSeq,
    project_seq: row.projectSeq,
    seconds: row.seconds,
    revision: row.revision,
    accepted_at: row.acceptedAt,
    complete: row.complete,
    gap_ms: row.gapMs,
    missing: row.missing.low,
    missing_high: row.missing.high,
    ...(row.gaps === null ? {} : { gaps: row.gaps }),
    ...Object.fromEntries(reported.filter(([, value]) => value !== null)),
  };
}

const namedHead = z.object({
  customer_seq: z.number(),
  window_end: z.number(),
  reporter_seq: z.number(),
  project_seq: z.number(),
  seconds: z.number(),
  revision: z.number(),
  accepted_at: z.number(),
  complete: z.boolean(),
  gap_ms: z.number(),
  missing: z.number(),
  /** Not in letters of the first release. */
  missing_high: z.number().default(0),
  gaps: z.string().nullable().default(null),
});
const namedRow = namedHead.catchall(z.union([z.number(), z.boolean()]));

/** Rows by themselves, as a message: what a dead letter is sent again as. */
const rowsSchema = z.object({ v: z.literal(1), rows: z.array(namedRow).min(1) });

/** The message of rows by their names. */
export const rowsMessage = (rows: readonly NamedRow[]) => ({ v: 1 as const, rows });

/** Reads such a message; null when it is none. Whether the values make sense is for the store's own constraints. */
export function readRowsMessage(value: unknown): UsageRow[] | null {
  const read = rowsSchema.safeParse(value);
  if (!read.success) return null;
  return read.data.rows.map((named) => ({
    customerSeq: named.customer_seq,
    ownershipVersion: 0,
    windowEnd: named.window_end,
    reporterSeq: named.reporter_seq,
    projectSeq: named.project_seq,
    seconds: named.seconds,
    revision: named.revision,
    acceptedAt: named.accepted_at,
    complete: named.complete,
    gapMs: named.gap_ms,
    missing: { low: named.missing, high: named.missing_high },
    gaps: named.gaps,
    quantities: quantityColumns.map((column) => (typeof named[column] === 'number' ? named[column] : null)),
  }));
}
