/** Base units of history as the wire shows them. Pure. */
import type { Quantities } from '../contracts/usage.ts';
import { Decimal } from '../lib/decimal.ts';
import type { HistoryRow } from './history-store.ts';
import { fromBase, ownCostFields, quantities } from './meters.ts';
import type { SpanSum } from './span-store.ts';

const shownQuantities = (withOwnCosts: boolean) =>
  quantities.filter((q) => withOwnCosts || !ownCostFields.includes(q.field));

/** A row's quantities; what was not reported is left out. `withOwnCosts` is for admins. */
export function rowFields(row: HistoryRow, withOwnCosts: boolean): Quantities {
  const fields: Quantities = {};
  for (const q of shownQuantities(withOwnCosts)) {
    const value = row.values[q.bit] ?? null;
    if (value !== null) fields[q.field] = fromBase(q, value, row.seconds[q.bit] ?? 0);
  }
  return fields;
}

/**
 * A range's totals: sums are added; an average is each reporter's and namespace's own, added up; a peak is the highest
 * day's.
 */
export function totalFields(
  sums: readonly SpanSum[],
  peaks: readonly (number | null)[],
  withOwnCosts: boolean,
): Quantities {
  const totals: Quantities = {};
  for (const q of shownQuantities(withOwnCosts)) {
    const reported = sums.filter((s) => s.values[q.bit] != null);
    if (reported.length === 0) continue;
    if (q.kind === 'peak') totals[q.field] = peaks[q.bit] ?? 0;
    else if (q.kind === 'sum') totals[q.field] = fromBase(q, added(reported, q.bit), 0);
    else {
      const own = Map.groupBy(reported, (s) => `${s.reporterSeq}/${s.projectSeq}`).values();
      totals[q.field] = [...own].reduce((t, parts) => t + averageOf(q, parts), 0);
    }
  }
  return totals;
}

const added = (sums: readonly SpanSum[], bit: number): number =>
  sums.reduce((t, s) => t.plus(s.values[bit] ?? 0), new Decimal(0)).toNumber();

const averageOf = (q: (typeof quantities)[number], parts: readonly SpanSum[]): number =>
  fromBase(
    q,
    added(parts, q.bit),
    parts.reduce((t, p) => t + (p.seconds[q.bit] ?? 0), 0),
  );
