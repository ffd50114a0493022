/** What an invoice would come to, from what the API answers when it is asked to finalise one without doing so. Pure. */
import type { InvoiceLineView, InvoiceView } from '../../../src/contracts/invoices.ts';

export interface Preview {
  /** Before what Stripe alone works out: tax, and discounts on usage. */
  cents: number;
  /** Lines that wait for approval, and are not in it. */
  held: readonly InvoiceLineView[];
}

type Answer = Pick<InvoiceView, 'kind' | 'lines' | 'shadow' | 'total_cents' | 'tax_cents'>;

/** Of the answer of a preview. */
export function previewOf({ kind, lines, shadow, total_cents: total, tax_cents: tax }: Answer): Preview {
  // In shadow nobody makes an invoice that is ours to make.
  const cents = shadow && kind !== 'cycle' ? 0 : total - tax;
  return { cents, held: lines.filter(({ state }) => state === 'held') };
}
