/** Which lines a person has to approve before they are billed: above an amount, or far above what the meter usually costs. Pure. */
import type { HeldWhy } from '../contracts/invoices.ts';
import type { NewLine } from './lines.ts';

export interface HoldRules {
  /** Held above this; null: no amount is too much. */
  cents: number | null;
  /** Held above so many times the usual; null: nothing is. */
  factor: number | null;
}

/**
 * Why a line has to be approved; null where it has not.
 * @param usualCents what the meter has cost on an invoice on average, by meter; nothing is known of those that are not there
 */
export function whyHeld(
  { meter, amountCents }: Pick<NewLine, 'meter' | 'amountCents'>,
  { cents, factor }: HoldRules,
  usualCents: ReadonlyMap<string, number>,
): HeldWhy | null {
  const limit = cents !== null && amountCents > cents ? cents : null;
  const usual = usualOf(amountCents, factor, usualCents.get(meter) ?? 0);
  return limit === null && usual === null ? null : { limit_cents: limit, usual };
}

function usualOf(amountCents: number, factor: number | null, cents: number): HeldWhy['usual'] {
  if (factor === null || cents <= 0 || amountCents <= factor * cents) return null;
  return { factor, cents: Math.round(cents), times: Math.round((amountCents / cents) * 10) / 10 };
}
