/** What an invoice would come to, from what the API answers when it is asked to finalise one without doing so. Pure. */
import type { InvoiceLineView, InvoiceView } from '../../../src/contracts/invoices.ts';

export interface Preview {
  /** Before what Stripe alone works out: tax, and discounts on usage. */
  cents: number;
  /** Lines that wait for approval, and are not in it. */
  held: readonly InvoiceLineView[];
}

const sumOf = (lines: readonly InvoiceLineView[]): number => lines.reduce((sum, line) => sum + line.amount_cents, 0);

/**
 * @param isAgain Stripe has the lines already, and could not finalise it: they are in its sum
 * @param answer of a preview
 */
export function previewOf(answer: InvoiceView, isAgain: boolean): Preview {
  const { kind, lines, shadow, total_cents: total, tax_cents: tax } = answer;
  const planned = lines.filter(({ by, state }) => by === 'tenantry' && state === 'planned');
  const held = lines.filter(({ state }) => state === 'held');
  // Stripe's draft has the fee, and gets our lines; the sum of one that we make is known, and in shadow nobody makes it.
  if (kind !== 'cycle') return { cents: shadow ? 0 : total - tax, held };
  return { cents: total - tax + (isAgain || shadow ? 0 : sumOf(planned)), held };
}
