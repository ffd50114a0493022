/**
 * On which invoice a change of a period's usage appears. One function, asked by corrections and previews; the delta lines
 * themselves are made when an invoice is (contract-billing, decision 7). Pure.
 */

/** `this`: the period's own invoice. `next`: a delta line of the next one, which may be one of its own. `credit`: a credit. */
export type Destination = 'this' | 'next' | 'credit';

export interface ChangedPeriod {
  /** Whether what is used in the period is invoiced: a trial's is not. */
  invoiceable: boolean;
  /** Whether the lines of its invoice are fixed: they never change then. */
  rated: boolean;
  /** Whether another invoice follows. */
  follows: boolean;
  deltaCents: number;
}

/** Null where no invoice has it. */
export function whereItGoes({ invoiceable, rated, follows, deltaCents }: ChangedPeriod): Destination | null {
  if (!invoiceable) return null;
  if (!rated) return 'this';
  return deltaCents < 0 && !follows ? 'credit' : 'next';
}
