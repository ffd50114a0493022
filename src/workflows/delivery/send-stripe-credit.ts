/** Gives back what was billed too much after a subscription's end, by a credit note on the last invoice that was paid and is large enough. */

import { titleOf } from '../../invoices/invoice.ts';
import { billAll } from '../../invoices/line-store.ts';
import { findOf, move } from '../../invoices/store.ts';
import { needless, never } from '../../outbox/outbox.ts';
import type { Sender } from './carriers.ts';
import { aboutInvoice } from './invoice-row.ts';
import { sendIntent } from './stripe-intent.ts';

export const sendStripeCredit: Sender = async (carriers, row) => {
  const about = await aboutInvoice(carriers, row);
  if (!about.ok) return about.error;
  const { stripe, invoice } = about.value;
  if (invoice.state !== 'finalizing') return needless('not_wanted_any_more');
  const amountCents = -invoice.totalCents;
  const all = await findOf(carriers.db, invoice.customerId);
  const paid = all.findLast(
    ({ state, stripeInvoiceId, totalCents }) =>
      state === 'paid' && stripeInvoiceId !== null && totalCents >= amountCents,
  );
  // Nothing that was paid is large enough: a person gives a credit.
  if (paid?.stripeInvoiceId == null) return never('no_paid_invoice');
  const { stripeInvoiceId } = paid;
  const note = { stripeInvoiceId, invoiceId: invoice.id, amountCents, memo: titleOf.delta };
  return await sendIntent(carriers, row, {
    find: () => stripe.drafts.findCredit(stripeInvoiceId, invoice.id),
    send: (key) => stripe.drafts.credit(note, key),
    settle: () => [billAll(invoice.id), move(invoice.id, ['finalizing'], 'paid')],
  });
};
