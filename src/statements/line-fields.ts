/** Fields of a statement's line, and where two lines differ, in words. Pure. */
import type { CostLine } from '../contracts/cost.ts';
import { sameJson } from '../lib/json.ts';

export const dollars = (cents: number): string => `${cents < 0 ? '-' : ''}$${(Math.abs(cents) / 100).toFixed(2)}`;

/** A field as people read it. */
const shown = (field: string, value: unknown): string =>
  field === 'amount_cents' && typeof value === 'number' ? dollars(value) : JSON.stringify(value);

/** Every field of a cost line; those that only a statement's line has are not the rating's. */
const fields = [
  'from',
  'to',
  'meter',
  'description',
  'quantity',
  'unit',
  'included',
  'billable',
  'tier',
  'unit_price',
  'amount_cents',
  'reason',
  'allowance',
] as const satisfies readonly (keyof CostLine)[];

/** @param again the line as the windows give it */
export function differences(line: CostLine, again: CostLine): string[] {
  return fields
    .filter((field) => !sameJson(line[field], again[field]))
    .map((field) => `${field} is ${shown(field, line[field])}, and by the windows ${shown(field, again[field])}`);
}
