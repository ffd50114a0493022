/**
 * Tells the Stripe meter what an invoice's usage comes to, in whole cents, one event a period that it bills or corrects (decision 10), and
 * orders that the draft is finalised.
 */
import { isDraft } from '../../invoices/invoice.ts';
import { billAll, findLines } from '../../invoices/line-store.ts';
import { sumOf } from '../../invoices/lines.ts';
import { finish, move } from '../../invoices/store.ts';
import { dayMs, secondMs } from '../../lib/time.ts';
import { later, needless, never } from '../../outbox/outbox.ts';
import { planForInvoice } from '../../outbox/store.ts';
import type { Sender } from './carriers.ts';
import { aboutInvoice } from './invoice-row.ts';
import { failed, nextRowId } from './stripe-intent.ts';

/** Stripe knows an identifier for a day: an older order might be told twice, and a person has to look. */
const identifierMs = dayMs - dayMs / 24;

export const sendStripeUsage: Sender = async (carriers, row) => {
  const about = await aboutInvoice(carriers, row);
  if (!about.ok) return about.error;
  const { stripe, invoice, whole } = about.value;
  const { id: invoiceId, customerId } = invoice;
  const customer = whole.customer.stripeCustomerId;
  if (!isDraft(invoice)) return needless('not_wanted_any_more');
  if (customer === null) return later('no_stripe_customer');
  if (row.sentAt !== null && row.sentAt < carriers.now() - identifierMs) return never('may_be_told_already');
  const lines = (await findLines(carriers.db, invoiceId)).filter(({ state }) => state === 'planned');
  const at = (invoice.periodEnd ?? invoice.createdAt) - secondMs;
  // One after another: what was told is known by its identifier when the order is sent again.
  for (const [start, own] of Map.groupBy(lines, ({ periodStart }) => periodStart ?? invoice.periodStart ?? 0)) {
    const cents = sumOf(own);
    if (cents === 0) continue;
    const told = await stripe.usageEvents.tell({ customer, cents, identifier: `${invoiceId}/${start}`, at });
    if (!told.ok) return failed(told.error);
  }
  const next = nextRowId(row);
  const isAtStripe = invoice.stripeInvoiceId !== null;
  const order = { id: next, kind: 'stripe_finalize' as const, customerId, invoiceId, now: carriers.now() };
  return {
    outcome: 'ok',
    // An invoice of ours is not made: the meter's price brings the sum onto Stripe's.
    writes: [
      billAll(invoiceId),
      isAtStripe
        ? move(invoiceId, ['draft', 'held'], 'finalizing')
        : finish(invoiceId, ['draft', 'held'], carriers.now()),
      ...(isAtStripe ? [planForInvoice(order)] : []),
    ],
    outbox: isAtStripe ? [next] : [],
  };
};
