/** Which lines a person has to approve before they are billed: above an amount, or far above what the meter usually costs. Pure. */
import type { NewLine } from './lines.ts';

export interface HoldRules {
  /** Held above this; null: no amount is too much. */
  cents: number | null;
  /** Held above so many times the usual; null: nothing is. */
  factor: number | null;
}

/** @param usualCents what the meter has cost on an invoice on average, by meter; nothing is known of those that are not there */
export function needsApproval(
  { meter, amountCents }: Pick<NewLine, 'meter' | 'amountCents'>,
  { cents, factor }: HoldRules,
  usualCents: ReadonlyMap<string, number>,
): boolean {
  if (cents !== null && amountCents > cents) return true;
  const usual = usualCents.get(meter);
  return factor !== null && usual !== undefined && usual > 0 && amountCents > factor * usual;
}
