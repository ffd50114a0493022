/**
 * One accepted report as it travels through the queue and into a shard: integers only. Owns the order of a row's columns;
 * how rows travel together is message.ts.
 */
import { quantities } from './meters.ts';

/** Times are ms since the epoch; `quantities` are base units in the catalogue's order, null where not reported. */
export interface UsageRow {
  customerSeq: number;
  windowEnd: number;
  reporterSeq: number;
  projectSeq: number;
  seconds: number;
  revision: number;
  acceptedAt: number;
  complete: boolean;
  gapMs: number;
  /** Bits of the quantities that were not seen at all. */
  missing: number;
  quantities: (number | null)[];
}

/** The columns before the quantities, in packed order: the store's statement reads them by position. */
export const headColumns = [
  'customer_seq',
  'window_end',
  'reporter_seq',
  'project_seq',
  'seconds',
  'revision',
  'accepted_at',
  'complete',
  'gap_ms',
  'missing',
] as const;

/** A row as a flat array: `headColumns`, then a cell a quantity in the catalogue's order; nulls at its end may be left away. */
export type PackedRow = (number | null)[];

/** A row as a flat array. */
export const packRow = (row: UsageRow): PackedRow => [
  row.customerSeq,
  row.windowEnd,
  row.reporterSeq,
  row.projectSeq,
  row.seconds,
  row.revision,
  row.acceptedAt,
  row.complete ? 1 : 0,
  row.gapMs,
  row.missing,
  ...row.quantities,
];

const rowLengthMax = headColumns.length + quantities.length;

/** Whether it has a row's form; whether its values make sense is for the store's own constraints. */
export const isPackedRow = (value: unknown): value is PackedRow =>
  Array.isArray(value) &&
  value.length >= headColumns.length &&
  value.length <= rowLengthMax &&
  value.every((cell) => cell === null || typeof cell === 'number');

/** A packed row with names, for people who read a dead letter. */
export function describeRow(row: PackedRow): Record<string, number | null> {
  const names = [...headColumns, ...quantities.map((q) => q.column)];
  return Object.fromEntries(row.map((value, i) => [names[i] ?? `column_${i}`, value]));
}
