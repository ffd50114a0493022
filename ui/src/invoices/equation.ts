/** How a line's amount comes about, where it is quantity less allowance, times price. Pure. */
import type { InvoiceLineView } from '../../../src/contracts/invoices.ts';

export interface Equation {
  used: string;
  included: string;
  billed: string;
}

/** Half a cent, and what doubles lose of it. */
const centsApartMax = 0.5 + 1e-6;

/**
 * Null where it would not say how the amount comes about: a fee, a correction, a line that costs nothing, and what is held for
 * a part of the period, whose reason says so.
 */
export function equationOf(line: InvoiceLineView): Equation | null {
  const { by, delta_of, allowance, quantity, included, billable, unit_price, amount_cents } = line;
  if (by !== 'tenantry' || delta_of !== null || allowance === null || amount_cents === 0) return null;
  const cents = Number(billable) * Number(unit_price) * 100;
  if (Math.abs(cents - amount_cents) > centsApartMax) return null;
  return { used: quantity, included, billed: billable };
}
