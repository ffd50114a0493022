/** What history is made of, and its base units as the wire shows them. Pure. */
import type { Quantities, QuantityField } from '../contracts/usage.ts';
import { Decimal } from '../lib/decimal.ts';
import { fromBase, ownCostFields, type Quantity, quantities } from './meters.ts';

/** A window, or a day's windows of one reporter and namespace, in base units. */
export interface HistoryRow {
  /** The window's end, or the end of the day. */
  end: number;
  /** The window's length, or null for a day. */
  windowSeconds: number | null;
  reporterSeq: number;
  projectSeq: number;
  revision: number | null;
  complete: boolean;
  gapMs: number;
  values: (number | null)[];
  /** The highest window of the row, of own meters. */
  peaks: (number | null)[];
  seconds: number[];
}

/** Whom a history is for, and how what is in it adds up. */
export interface Shown {
  /** What a namespace costs us is for admins. */
  ownCosts: boolean;
  /** The operator's own meters that are levels; all others of his add up. */
  levels: ReadonlySet<QuantityField>;
}

/** Base units of one namespace and reporter, as decimal text, in the catalogue's order; null was never reported. */
export interface RangeSum {
  reporterSeq: number;
  projectSeq: number;
  values: (string | null)[];
  /** Seconds that each average was taken over, by stored column; 0 for the other kinds. */
  seconds: number[];
}

const shownQuantities = ({ ownCosts }: Shown) => quantities.filter((q) => ownCosts || !ownCostFields.includes(q.field));

const isLevel = (q: Quantity, { levels }: Shown): boolean => q.kind === 'peak' || levels.has(q.field);

/** A row's quantities; what was not reported is left out. */
export function rowFields(row: HistoryRow, shown: Shown): Quantities {
  const fields: Quantities = {};
  for (const q of shownQuantities(shown)) {
    const value = (shown.levels.has(q.field) ? row.peaks : row.values)[q.bit] ?? null;
    if (value !== null) fields[q.field] = fromBase(q, value, row.seconds[q.bit] ?? 0);
  }
  return fields;
}

/**
 * A range's totals: sums are added; an average is each namespace's own over whoever reported it, added up; a peak is the
 * highest day's.
 */
export function totalFields(sums: readonly RangeSum[], peaks: readonly (number | null)[], shown: Shown): Quantities {
  const totals: Quantities = {};
  for (const q of shownQuantities(shown)) {
    const reported = sums.filter((s) => s.values[q.bit] != null);
    if (reported.length === 0) continue;
    if (isLevel(q, shown)) totals[q.field] = fromBase(q, peaks[q.bit] ?? 0, 0);
    else if (q.kind !== 'average') totals[q.field] = fromBase(q, added(reported, q.bit), 0);
    else {
      const own = Map.groupBy(reported, (s) => s.projectSeq).values();
      totals[q.field] = [...own].reduce((t, parts) => t + averageOf(q, parts), 0);
    }
  }
  return totals;
}

const added = (sums: readonly RangeSum[], bit: number): number =>
  sums.reduce((t, s) => t.plus(s.values[bit] ?? 0), new Decimal(0)).toNumber();

const averageOf = (q: (typeof quantities)[number], parts: readonly RangeSum[]): number =>
  fromBase(
    q,
    added(parts, q.bit),
    parts.reduce((t, p) => t + (p.seconds[q.bit] ?? 0), 0),
  );
