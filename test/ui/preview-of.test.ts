/** What the dialog before finalising says that an invoice comes to. */
import { expect, it } from 'vitest';
import { previewOf } from '../../ui/src/invoices/preview-of.ts';

const sums = { lines: [], shadow: false, total_cents: 3_570, tax_cents: 570 };

it.each([
  [{ kind: 'cycle' as const, shadow: false }, 3_000],
  [{ kind: 'usage' as const, shadow: false }, 3_000],
  // In shadow Stripe finalises its own, and nobody makes ours.
  [{ kind: 'cycle' as const, shadow: true }, 3_000],
  [{ kind: 'closing' as const, shadow: true }, 0],
])('%j comes to %i cents before tax', (invoice, cents) => {
  expect(previewOf({ ...sums, ...invoice }).cents).toBe(cents);
});
