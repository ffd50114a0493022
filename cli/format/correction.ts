/** Corrections and reviews for people: what changes and what that moves. Pure. */
import type { Correction } from '../../src/contracts/corrections.ts';
import { type Quantities, type QuantityField, quantityFields } from '../../src/contracts/usage.ts';
import { dollars, fieldQuantity, minuteOf } from './amounts.ts';
import { type Column, tableOf } from './table.ts';

/** Signed, so that what goes up is not taken for an amount: `+$0.50`. */
export const moved = (cents: number | null): string =>
  cents === null ? '-' : `${cents > 0 ? '+' : ''}${dollars(cents)}`;

type Given = { readonly [F in QuantityField]?: number | undefined };

/** `cpu_hours 10 to 5, memory_gb_hours 2 to -`; only what differs. */
export function changeWords(before: Given | null, after: Given): string {
  const differing = quantityFields.filter((field) => before?.[field] !== after[field]);
  const words = differing.map(
    (field) => `${field} ${fieldQuantity(field, before?.[field])} to ${fieldQuantity(field, after[field])}`,
  );
  return words.length === 0 ? 'nothing differs' : words.join(', ');
}

const goesTo = { this: 'this invoice', next: 'the next invoice', credit: 'credit' } as const;
export const invoiceWords = (invoice: Correction['invoice']): string =>
  invoice === null ? 'no invoice' : goesTo[invoice];

const lineColumns: readonly Column[] = [
  { title: 'line' },
  { title: 'before', align: 'right' },
  { title: 'after', align: 'right' },
];

/** One correction, with the lines of the bill that it moves. */
export const correctionLines = (made: Correction): string[] => [
  `${made.kind} ${minuteOf(made.window_start)} to ${minuteOf(made.window_end)} UTC, ${made.instance_id} in ${made.namespace}`,
  `  ${changeWords(made.before, made.after)}`,
  `  ${moved(made.delta_cents)} on ${invoiceWords(made.invoice)}`,
  ...(made.lines.length === 0
    ? []
    : tableOf(
        lineColumns,
        made.lines.map((line) => [line.description, dollars(line.before_cents), dollars(line.after_cents)]),
      ).map((line) => `  ${line}`)),
];

const listColumns: readonly Column[] = [
  { title: 'made' },
  { title: 'customer' },
  { title: 'kind' },
  { title: 'window until' },
  { title: 'change' },
  { title: 'moved', align: 'right' },
  { title: 'on' },
  { title: 'by' },
  { title: 'reason' },
];

export const correctionTable = (items: readonly Correction[]): string[] =>
  tableOf(
    listColumns,
    items.map((made) => [
      minuteOf(made.at),
      made.customer_id,
      made.kind,
      minuteOf(made.window_end),
      changeWords(made.before, made.after),
      moved(made.delta_cents),
      invoiceWords(made.invoice),
      made.by ?? '-',
      made.reason,
    ]),
  );

/** The quantities that a person wrote as `name=value`, added to those before. */
export const withQuantity = (before: Quantities, field: QuantityField, value: number): Quantities => ({
  ...before,
  [field]: value,
});
