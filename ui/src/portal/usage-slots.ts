/** Usage as what is drawn: a slot a day or hour of the range, its quantity of all namespaces, and whether there is a gap in it. Pure. */
import type { GapsAnswer, HistoryAnswer } from '../../../src/contracts/usage.ts';
import type { UsageField } from './usage-view.ts';

export type UsageRow = HistoryAnswer['items'][number];

/** Units that are shown in larger ones: bytes as GB. */
const bytesPerGb = 2 ** 30;

/** A row's quantity in the unit that the field's words name; null where it was not reported. */
export function amountOf(row: UsageRow | HistoryAnswer['totals'], field: UsageField): number | null {
  const value = row[field];
  if (value === undefined) return null;
  return field.includes('bytes') ? value / bytesPerGb : value;
}

export interface Slot {
  /** When it begins, ms. */
  start: number;
  /** Null: nothing was reported. */
  value: number | null;
  hasGap: boolean;
}

const hourMs = 3_600_000;
const dayMs = 86_400_000;
/** A range of hours is as long as this at most; of days 400 of them. */
const slotsMax = 400;

/** A quantity of several namespaces and instances: it adds up. */
const added = (values: readonly (number | null)[]): number | null => {
  const reported = values.filter((value) => value !== null);
  return reported.length === 0 ? null : reported.reduce((sum, value) => sum + value, 0);
};

/** Oldest first. A row belongs to the slot in which its window ends. */
export function slotsOf(
  usage: HistoryAnswer,
  gaps: readonly Pick<GapsAnswer['items'][number], 'from' | 'to'>[],
  field: UsageField,
): Slot[] {
  const step = usage.granularity === 'day' ? dayMs : hourMs;
  const slotOf = (end: string): number => Math.ceil(Date.parse(end) / step) * step - step;
  const rows = Map.groupBy(usage.items, ({ window_end }) => slotOf(window_end));
  const first = Math.floor(Date.parse(usage.from) / step) * step;
  const end = Date.parse(usage.to);
  const missing = gaps.map(({ from, to }) => ({ from: Date.parse(from), to: Date.parse(to) }));
  const count = Math.min(Math.max(Math.ceil((end - first) / step), 0), slotsMax);
  return Array.from({ length: count }, (_, n) => {
    const start = first + n * step;
    return {
      start,
      value: added((rows.get(start) ?? []).map((row) => amountOf(row, field))),
      hasGap: missing.some(({ from, to }) => from < start + step && to > start),
    };
  });
}
