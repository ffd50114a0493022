/**
 * Rows of one reporter that travel together as one text: from the request, through the queue, into one parameter of the
 * store's statement, never taken apart on the way. A bundle says beside them what whoever carries it needs to know, and
 * what all of them share: a cell that the store does not have to pick out of JSON is a tenth of its work saved.
 */
import { parseJson } from '../../lib/json.ts';
import { dayMs } from '../../lib/time.ts';
import { quantities } from '../meters.ts';
import type { UsageRow } from './row.ts';

export interface Bundle {
  customerSeq: number;
  ownershipVersion: number;
  reporterSeq: number;
  seconds: number;
  acceptedAt: number;
  /** Whether every row is complete without a gap and without missing quantities; else each says so itself. */
  whole: boolean;
  /** The quantities that some row has, by bit, ascending. */
  bits: number[];
  /** How many rows. */
  count: number;
  /** The days that the rows' windows end in, counted from the epoch. */
  days: number[];
  /** A JSON array of the rows; a row is an array of the cells of `cellColumns`. */
  text: string;
}

/** The columns that all rows of a bundle share, in the order of the store's statement. */
export const sharedColumns = ['customer_seq', 'reporter_seq', 'seconds', 'accepted_at'] as const;

const leadColumns = ['window_end', 'project_seq', 'revision'] as const;
const flawColumns = ['complete', 'gap_ms', 'missing'] as const;

/** The columns of a row's cells. */
export const cellColumns = ({ whole, bits }: Pick<Bundle, 'whole' | 'bits'>): string[] => [
  ...leadColumns,
  ...(whole ? [] : flawColumns),
  ...bits.map((bit) => quantities[bit]?.column ?? ''),
];

/** The day that a window belongs to: (00:00, 24:00] by its end. */
const dayOf = (windowEnd: number): number => Math.floor((windowEnd - 1) / dayMs);

const isWhole = (row: UsageRow): boolean => row.complete && row.gapMs === 0 && row.missing === 0;

/** Few reports have all meters, and an empty cell costs as much as a full one. */
function bitsOf(rows: readonly UsageRow[]): number[] {
  let mask = 0;
  for (const row of rows) {
    for (let bit = 0; bit < row.quantities.length; bit++) if (row.quantities[bit] !== null) mask |= 1 << bit;
  }
  return quantities.filter((q) => (mask & (1 << q.bit)) !== 0).map((q) => q.bit);
}

/** Bundles rows of one reporter that were accepted together. There must be one at least. */
function bundleAlike(rows: readonly UsageRow[], first: UsageRow): Bundle {
  const whole = rows.every(isWhole);
  const bits = bitsOf(rows);
  const cells = rows.map((row) => {
    const values: (number | null)[] = [row.windowEnd, row.projectSeq, row.revision];
    if (!whole) values.push(row.complete ? 1 : 0, row.gapMs, row.missing);
    for (const bit of bits) values.push(row.quantities[bit] ?? null);
    return values;
  });
  return {
    customerSeq: first.customerSeq,
    ownershipVersion: first.ownershipVersion,
    reporterSeq: first.reporterSeq,
    seconds: first.seconds,
    acceptedAt: first.acceptedAt,
    whole,
    bits,
    count: rows.length,
    days: [...new Set(rows.map((row) => dayOf(row.windowEnd)))],
    text: JSON.stringify(cells),
  };
}

const shareAll = (a: UsageRow, b: UsageRow): boolean =>
  a.customerSeq === b.customerSeq &&
  a.ownershipVersion === b.ownershipVersion &&
  a.reporterSeq === b.reporterSeq &&
  a.seconds === b.seconds &&
  a.acceptedAt === b.acceptedAt;

const sharedBy = (row: UsageRow): string =>
  `${row.customerSeq}/${row.ownershipVersion}/${row.reporterSeq}/${row.seconds}/${row.acceptedAt}`;

/** Bundles rows: one bundle for all that share what bundles share. */
export function bundlesOf(rows: readonly UsageRow[]): Bundle[] {
  const groups = new Map<string, [UsageRow, ...UsageRow[]]>();
  let group: [UsageRow, ...UsageRow[]] | undefined;
  for (const row of rows) {
    // Nearly every row is its neighbour's, and a name for each would cost as much as all the rest.
    if (group && shareAll(group[0], row)) {
      group.push(row);
      continue;
    }
    const key = sharedBy(row);
    group = groups.get(key);
    if (group) {
      group.push(row);
    } else {
      group = [row];
      groups.set(key, group);
    }
  }
  return [...groups.values()].map((alike) => bundleAlike(alike, alike[0]));
}

/** The rows of a bundle; null when its text is not what it says. */
export function rowsOf(bundle: Bundle): UsageRow[] | null {
  const { customerSeq, ownershipVersion, reporterSeq, seconds, acceptedAt, whole, bits } = bundle;
  const width = cellColumns(bundle).length;
  const rows = parseJson(bundle.text);
  if (!Array.isArray(rows)) return null;
  const read: UsageRow[] = [];
  for (const cells of rows) {
    if (!isCells(cells, width)) return null;
    const [windowEnd, projectSeq, revision, ...rest] = cells;
    const [complete, gapMs, missing] = whole ? [1, 0, 0] : rest.splice(0, flawColumns.length);
    if (windowEnd == null || projectSeq == null || revision == null || gapMs == null || missing == null) return null;
    if (complete !== 0 && complete !== 1) return null;
    const values: (number | null)[] = quantities.map(() => null);
    for (const [i, bit] of bits.entries()) values[bit] = rest[i] ?? null;
    const shared = { customerSeq, ownershipVersion, reporterSeq, seconds, acceptedAt };
    read.push({
      ...shared,
      windowEnd,
      projectSeq,
      revision,
      complete: complete === 1,
      gapMs,
      missing,
      quantities: values,
    });
  }
  return read;
}

const isCells = (value: unknown, width: number): value is (number | null)[] =>
  Array.isArray(value) && value.length === width && value.every((cell) => cell === null || typeof cell === 'number');
