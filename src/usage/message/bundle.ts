/**
 * Rows of one reporter that travel together as one text: from the request, through the queue, into one parameter of the
 * store's statement, never taken apart on the way. A bundle says beside them what whoever carries it needs to know, and
 * what all of them share: a cell that the store does not have to pick out of JSON is a tenth of its work saved.
 */
import { parseJson } from '../../lib/json.ts';
import { dayMs } from '../../lib/time.ts';
import { quantities } from '../meters.ts';
import { hasSlot, isEmpty, noSlots, type Slots, withSlot } from '../slots.ts';
import type { UsageRow } from './row.ts';

export interface Bundle {
  customerSeq: number;
  ownershipVersion: number;
  reporterSeq: number;
  seconds: number;
  acceptedAt: number;
  /** The columns of a row's cells: what every row has, the flaws and the text of what was not seen if some row has one, the quantities that some row has. */
  columns: string[];
  /** How many rows. */
  count: number;
  /** The days that the rows' windows end in, counted from the epoch. */
  days: number[];
  /** A JSON array of the rows; a row is an array of cells. */
  text: string;
}

/** The columns that all rows of a bundle share, in the order of the store's statement. */
export const sharedColumns = ['customer_seq', 'reporter_seq', 'seconds', 'accepted_at'] as const;

const leadColumns = ['window_end', 'project_seq', 'revision'];
const flawColumns = ['complete', 'gap_ms', 'missing', 'missing_high'];
/** What was not seen, thing by thing: a text, in bundles of which some row has one. */
const gapsColumn = 'gaps';
/** The first release knew 32 quantities that can be missing. */
const firstFlawColumns = flawColumns.slice(0, -1);
const quantityColumns: ReadonlySet<string> = new Set(quantities.map((q) => q.column));

/** Whether the rows of a bundle say themselves what is not complete about them. */
export const hasFlaws = (columns: readonly string[]): boolean => columns.includes('complete');

/** The columns of a bundle whose quantities are given by their bits, as the first release's messages have them. */
export const columnsOfBits = ({ whole, bits }: { whole: boolean; bits: readonly number[] }): string[] => [
  ...leadColumns,
  ...(whole ? [] : firstFlawColumns),
  ...bits.map((bit) => quantities[bit]?.column ?? ''),
];

/** Whether the columns are those of a bundle, in its order, and all of them known here. */
export function areColumns(columns: readonly string[]): boolean {
  const last = columns.findLastIndex((column) => !quantityColumns.has(column));
  const head = columns.slice(0, last + 1).join();
  const heads = [[], firstFlawColumns, flawColumns, [...flawColumns, gapsColumn]].map((flaws) =>
    [...leadColumns, ...flaws].join(),
  );
  return heads.includes(head) && new Set(columns).size === columns.length;
}

/** The day that a window belongs to: (00:00, 24:00] by its end. */
const dayOf = (windowEnd: number): number => Math.floor((windowEnd - 1) / dayMs);

const isFlawless = (row: UsageRow): boolean =>
  row.complete && row.gapMs === 0 && isEmpty(row.missing) && row.gaps === null;

/** Few reports have all meters, and an empty cell costs as much as a full one. */
function bitsOf(rows: readonly UsageRow[]): number[] {
  let reported: Slots = noSlots;
  for (const row of rows) {
    for (let bit = 0; bit < row.quantities.length; bit++) {
      if (row.quantities[bit] !== null && !hasSlot(reported, bit)) reported = withSlot(reported, bit);
    }
  }
  return quantities.filter((q) => hasSlot(reported, q.bit)).map((q) => q.bit);
}

type Cell = number | string | null;

/** Bundles rows of one reporter that were accepted together. There must be one at least. */
function bundleAlike(rows: readonly UsageRow[], first: UsageRow): Bundle {
  const flawless = rows.every(isFlawless);
  const tells = rows.some((row) => row.gaps !== null);
  const bits = bitsOf(rows);
  const cells = rows.map((row) => {
    const values: Cell[] = [row.windowEnd, row.projectSeq, row.revision];
    if (!flawless) values.push(row.complete ? 1 : 0, row.gapMs, row.missing.low, row.missing.high);
    if (tells) values.push(row.gaps);
    for (const bit of bits) values.push(row.quantities[bit] ?? null);
    return values;
  });
  return {
    customerSeq: first.customerSeq,
    ownershipVersion: first.ownershipVersion,
    reporterSeq: first.reporterSeq,
    seconds: first.seconds,
    acceptedAt: first.acceptedAt,
    columns: [
      ...leadColumns,
      ...(flawless ? [] : flawColumns),
      ...(tells ? [gapsColumn] : []),
      ...bits.map((bit) => quantities[bit]?.column ?? ''),
    ],
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
  const rows = parseJson(bundle.text);
  if (!Array.isArray(rows)) return null;
  const read: UsageRow[] = [];
  for (const cells of rows) {
    const row = isCells(cells, bundle.columns) ? rowOf(bundle, cells) : null;
    if (!row) return null;
    read.push(row);
  }
  return read;
}

const flawless: Record<string, number> = { complete: 1, gap_ms: 0, missing: 0 };

function rowOf(bundle: Bundle, cells: readonly Cell[]): UsageRow | null {
  const named = new Map(bundle.columns.map((column, i) => [column, cells[i] ?? null]));
  const cell = (column: string): number | null => {
    const value = named.has(column) ? named.get(column) : flawless[column];
    return typeof value === 'number' ? value : null;
  };
  const gaps = named.get(gapsColumn);
  const { customerSeq, ownershipVersion, reporterSeq, seconds, acceptedAt } = bundle;
  const [windowEnd, projectSeq, revision] = leadColumns.map(cell);
  const [complete, gapMs, low] = firstFlawColumns.map(cell);
  if (windowEnd == null || projectSeq == null || revision == null || gapMs == null || low == null) return null;
  if (complete !== 0 && complete !== 1) return null;
  return {
    customerSeq,
    ownershipVersion,
    reporterSeq,
    seconds,
    acceptedAt,
    windowEnd,
    projectSeq,
    revision,
    complete: complete === 1,
    gapMs,
    missing: { low, high: cell('missing_high') ?? 0 },
    gaps: typeof gaps === 'string' ? gaps : null,
    quantities: quantities.map((q) => cell(q.column)),
  };
}

const isCells = (value: unknown, columns: readonly string[]): value is Cell[] =>
  Array.isArray(value) &&
  value.length === columns.length &&
  value.every((cell, i) => cell === null || typeof cell === (columns[i] === gapsColumn ? 'string' : 'number'));
