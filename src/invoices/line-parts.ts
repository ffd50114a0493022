/**
 * What a line at Stripe says of those of our lines that it stands for, in its metadata: whoever has lost their rows knows by it what was
 * billed. A value holds 500 characters and an object 50 of them; what is more is left out, and the line then says only what Stripe shows
 * of it. Pure.
 */
import { parseJson } from '../lib/json.ts';

/** One of our lines. */
export interface LinePart {
  /** `lin_…` */
  id: string;
  /** What it is in its period. */
  identity: string;
  meter: string;
  /** The period that it is of, ms; null of a line that is of none. */
  start: number | null;
  end: number | null;
  /** The invoice that billed the period first, where it corrects it. */
  deltaOf: string | null;
  amountCents: number;
}

const valueMax = 500;
/** The mark and the invoice have keys of their own. */
const valuesMax = 45;
const keyOf = (n: number): string => `tenantry_parts_${n}`;

export function writeParts(parts: readonly LinePart[]): Record<string, string> {
  const rows = parts.map((part) => [
    part.id,
    part.identity,
    part.meter,
    part.start,
    part.end,
    part.deltaOf,
    part.amountCents,
  ]);
  const text = JSON.stringify(rows);
  const values = Array.from({ length: Math.ceil(text.length / valueMax) }, (_, n) =>
    text.slice(n * valueMax, (n + 1) * valueMax),
  );
  return values.length > valuesMax ? {} : Object.fromEntries(values.map((value, n) => [keyOf(n), value]));
}

type Row = [string, string, string, number | null, number | null, string | null, number];

/** Null where the line does not say it, or somebody has changed what it says. */
export function readParts(metadata: Readonly<Record<string, string>>): LinePart[] | null {
  let text = '';
  for (let n = 0; ; n++) {
    const value = metadata[keyOf(n)];
    if (value === undefined) break;
    text += value;
  }
  const rows = parseJson(text) as Row[] | null;
  if (!Array.isArray(rows) || rows.length === 0 || !rows.every(isRow)) return null;
  return rows.map(([id, identity, meter, start, end, deltaOf, amountCents]) => ({
    id,
    identity,
    meter,
    start,
    end,
    deltaOf,
    amountCents,
  }));
}

const isRow = (row: unknown): boolean => {
  if (!Array.isArray(row)) return false;
  const [id, identity, meter, start, end, , cents] = row;
  const isTime = (value: unknown): boolean => value === null || Number.isSafeInteger(value);
  const areTexts = [id, identity, meter].every((value) => typeof value === 'string' && value !== '');
  return areTexts && isTime(start) && isTime(end) && Number.isSafeInteger(cents);
};
