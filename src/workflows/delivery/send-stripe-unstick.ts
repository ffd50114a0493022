/** Has Stripe try again to finalise a draft for which no tax could be worked out. One that is no draft any more, or still cannot be, is left. */
import { later, needless } from '../../outbox/outbox.ts';
import type { Sender } from './carriers.ts';
import { failed } from './stripe-intent.ts';

export const sendStripeUnstick: Sender = async ({ stripe }, row) => {
  if (!stripe) return later('stripe_not_configured');
  const invoiceId = String(row.payload['invoice_id']);
  const found = await stripe.invoices.fetch(invoiceId);
  if (!found.ok) return found.error.code === 'resource_missing' ? needless('gone') : failed(found.error);
  if (found.value.status !== 'draft') return needless('no_draft_any_more');
  // Looked up anew each time: a key of its own for each attempt makes no second thing.
  const done = await stripe.drafts.finalize(invoiceId, `tenantry-${row.id}-${row.attempts}`);
  if (done.ok) return { outcome: 'ok', writes: [] };
  return done.error.code === 'customer_tax_location_invalid' ? needless('address_still_wrong') : failed(done.error);
};
