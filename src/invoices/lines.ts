/**
 * Our lines of an invoice: what a period costs now, less what has been said of it on invoices before. A period that no invoice has
 * billed yet gives all of its lines, also those that cost nothing. Pure.
 */
import type { CostLine } from '../contracts/cost.ts';
import { iso } from '../lib/time.ts';
import type { Period } from '../periods/period.ts';

/** A line of a rated period. */
export interface RatedLine {
  /** Its identity in the period (src/pricing/line.ts). */
  identity: string;
  body: CostLine;
}

/** What invoices say of one line of a period so far. */
export interface Said {
  identity: string;
  amountCents: number;
  /** The same without what was approved after its invoice: that comes with the next one. */
  billedCents: number;
  /** The newest of those lines. */
  body: CostLine;
}

/** A line that is to be on an invoice. */
export interface NewLine {
  lineId: string;
  identity: string;
  period: Period;
  deltaOf: string | null;
  meter: string;
  amountCents: number;
  body: CostLine;
}

/** A line's id on an invoice: two periods may be on one. */
const lineIdOf = (period: Period, identity: string): string => `${iso(period.start)}/${identity}`;

const lineOf = (period: Period, identity: string, deltaOf: string | null, body: CostLine): NewLine => ({
  lineId: lineIdOf(period, identity),
  identity,
  period,
  deltaOf,
  meter: body.meter,
  amountCents: body.amount_cents,
  body,
});

/**
 * The lines of a period that an invoice takes.
 * @param firstBill the invoice that billed it first; null where none has
 */
export function linesOf(
  period: Period,
  rated: readonly RatedLine[],
  said: readonly Said[],
  firstBill: string | null,
): NewLine[] {
  if (firstBill === null && said.length === 0) {
    return rated.map(({ identity, body }) => lineOf(period, identity, null, body));
  }
  const now = new Map(rated.map(({ identity, body }) => [identity, body]));
  const before = new Map(said.map((one) => [one.identity, one]));
  return [...new Set([...now.keys(), ...before.keys()])].flatMap((identity) => {
    const billed = before.get(identity)?.amountCents ?? 0;
    const body = now.get(identity);
    const gone = before.get(identity)?.body;
    if ((body?.amount_cents ?? 0) === billed) return [];
    if (body !== undefined) return [lineOf(period, identity, firstBill, asCorrection(body, billed))];
    if (gone === undefined) return [];
    const reason = `${correctedWords(undefined, billed)}${gone.reason}`;
    return [lineOf(period, identity, firstBill, { ...gone, amount_cents: -billed, reason })];
  });
}

const dollars = (cents: number): string => `${cents < 0 ? '-' : ''}$${(Math.abs(cents) / 100).toFixed(2)}`;

/** How a correction begins: what the line comes to now, and what was billed of it before. */
export const correctedWords = (now: CostLine | undefined, billed: number): string =>
  `corrected: ${now === undefined ? 'nothing any more' : dollars(now.amount_cents)}, ${dollars(billed)} was billed; `;

/** A rated line as a correction says it. @param billed cents, what was billed of it before */
export const asCorrection = (now: CostLine, billed: number): CostLine => ({
  ...now,
  amount_cents: now.amount_cents - billed,
  reason: `${correctedWords(now, billed)}${now.reason}`,
});

export const sumOf = (lines: readonly { amountCents: number }[]): number =>
  lines.reduce((sum, { amountCents }) => sum + amountCents, 0);
