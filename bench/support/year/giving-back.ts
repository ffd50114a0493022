/**
 * Where money goes that was billed too much before a subscription ended, as the oracle has it: by a credit note on the last paid invoice
 * as far as that reaches, the rest as credit. From the text of docs/invoices.md; imports nothing of the product.
 */

/** An invoice that Stripe has collected. */
export interface Paid {
  id: string;
  /** Cents, before anything was given back of it. */
  total: number;
  /** Seconds. */
  created: number;
}

/** A credit note that must be at Stripe. */
export interface Note {
  /** The paid invoice that it is on. */
  on: string;
  /** The difference that it gives back. */
  of: string;
  cents: number;
}

/** @param owed cents, above 0. @param notes all that were made before. @returns the note, null for none, and the cents that are credit */
export function goesBack(
  { id, owed }: { id: string; owed: number },
  paid: readonly Paid[],
  notes: readonly Note[],
): { note: Note | null; credit: number } {
  const collected = paid.filter(({ total }) => total > 0).toSorted((a, b) => a.created - b.created);
  const last = collected.at(-1);
  if (!last) return { note: null, credit: owed };
  const given = notes.filter(({ on }) => on === last.id).reduce((sum, { cents }) => sum + cents, 0);
  const cents = Math.min(owed, last.total - given);
  return { note: cents > 0 ? { on: last.id, of: id, cents } : null, credit: owed - cents };
}

/** Notes in one form, whoever has them. */
export const notesAsText = (notes: readonly Note[]): string[] =>
  notes.map(({ on, of, cents }) => `${cents} on ${on} for ${of}`).toSorted();
