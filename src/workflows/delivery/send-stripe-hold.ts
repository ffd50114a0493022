/** Has Stripe keep a draft for longer: billing is paused. The same again changes nothing. */

import { isDraft } from '../../invoices/invoice.ts';
import { find, moveHold } from '../../invoices/store.ts';
import { later, needless } from '../../outbox/outbox.ts';
import type { Sender } from './carriers.ts';
import { failed } from './stripe-intent.ts';

export const sendStripeHold: Sender = async ({ stripe, db, now }, { payload }) => {
  if (!stripe) return later('stripe_not_configured');
  const invoice = await find(db, String(payload['invoice_id']));
  const until = Number(payload['until']);
  if (invoice?.stripeInvoiceId == null || !isDraft(invoice) || until <= now()) return needless('not_wanted_any_more');
  const held = await stripe.invoices.hold(invoice.stripeInvoiceId, until);
  return held.ok ? { outcome: 'ok', writes: [moveHold(invoice.id, until)] } : failed(held.error);
};
