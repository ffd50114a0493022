/**
 * How money that was billed too much goes back after a subscription's end (decision 7): by a credit note on the last invoice that was
 * paid, as far as that reaches, the rest as credit. Pure.
 */

/** Decided once, and kept with the order: the same cents go back on one way. */
export interface Division {
  /** The paid invoice at Stripe that gets the note; null: none does. */
  noteOn: string | null;
  /** Cents before tax, 0 or above: together what is owed. Credit is taken off before tax. */
  noteCents: number;
  creditCents: number;
  /** What the note comes to, with the tax that was paid on top. */
  noteTotalCents: number;
}

/** A paid invoice, cents. */
export interface Paid {
  totalCents: number;
  /** Of the total: tax that is not in the amounts of its lines. */
  taxOnTopCents: number;
  /** Of the total: what may still be given back. */
  leftCents: number;
}

/**
 * Tax goes back in the proportion in which it was paid, as Stripe takes a note's amount apart.
 * @param owedCents what is to go back, before tax
 * @param paid the last paid invoice; null where there is none
 */
export function divide(owedCents: number, paid: (Paid & { id: string }) | null): Division {
  const none = { noteOn: null, noteCents: 0, creditCents: owedCents, noteTotalCents: 0 };
  if (paid === null || paid.leftCents <= 0) return none;
  const { id, totalCents, taxOnTopCents, leftCents } = paid;
  const netCents = totalCents - taxOnTopCents;
  const reachCents = Math.floor((leftCents * netCents) / totalCents);
  const noteCents = Math.min(owedCents, reachCents);
  if (noteCents <= 0) return none;
  const noteTotalCents = Math.min(leftCents, Math.round((noteCents * totalCents) / netCents));
  return { noteOn: id, noteCents, creditCents: owedCents - noteCents, noteTotalCents };
}

/** The last of a customer's invoices that Stripe has collected something of. @param all oldest first */
export const lastPaid = <Invoice extends { state: string; stripeInvoiceId: string | null; totalCents: number }>(
  all: readonly Invoice[],
): Invoice | null =>
  all.findLast(
    ({ state, stripeInvoiceId, totalCents }) => state === 'paid' && stripeInvoiceId !== null && totalCents > 0,
  ) ?? null;
