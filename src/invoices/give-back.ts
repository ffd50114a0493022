/**
 * How money that was billed too much goes back after a subscription's end (decision 7): by a credit note on the last invoice that was
 * paid, as far as that reaches, the rest as credit. Pure.
 */

/** Decided once, and kept with the order: the same cents go back on one way. */
export interface Division {
  /** The paid invoice at Stripe that gets the note; null: none does. */
  noteOn: string | null;
  /** Cents, 0 or above: together what is owed. */
  noteCents: number;
  creditCents: number;
}

/**
 * @param owedCents what is to go back
 * @param paid the last paid invoice, with what may still be given back of it; null where there is none
 */
export function divide(owedCents: number, paid: { id: string; reachCents: number } | null): Division {
  const noteCents = paid === null ? 0 : Math.min(owedCents, paid.reachCents);
  return { noteOn: noteCents > 0 && paid !== null ? paid.id : null, noteCents, creditCents: owedCents - noteCents };
}

/** The last of a customer's invoices that Stripe has collected something of. @param all oldest first */
export const lastPaid = <Invoice extends { state: string; stripeInvoiceId: string | null; totalCents: number }>(
  all: readonly Invoice[],
): Invoice | null =>
  all.findLast(
    ({ state, stripeInvoiceId, totalCents }) => state === 'paid' && stripeInvoiceId !== null && totalCents > 0,
  ) ?? null;
