/** Makes an invoice of ours at Stripe, an empty draft, and orders its lines. Its tax is worked out where that of its subscription is. */
import { defaultNetDays } from '../../billing/settings.ts';
import { findBilling } from '../../billing/store.ts';
import type { WholeCustomer } from '../../customers/store.ts';
import { isDraft, isOurs, titleOf } from '../../invoices/invoice.ts';
import { setStripeId } from '../../invoices/store.ts';
import { ok } from '../../lib/result.ts';
import { later, needless } from '../../outbox/outbox.ts';
import { planForInvoice } from '../../outbox/store.ts';
import type { StripeResult } from '../../stripe/call.ts';
import type { StripePort } from '../../stripe/port.ts';
import type { Carriers, Sender } from './carriers.ts';
import { aboutInvoice } from './invoice-row.ts';
import { failed, nextRowId, sendIntent } from './stripe-intent.ts';

export const sendStripeInvoice: Sender = async (carriers, row) => {
  const about = await aboutInvoice(carriers, row);
  if (!about.ok) return about.error;
  const { stripe, invoice, whole } = about.value;
  const { kind, id: invoiceId, customerId } = invoice;
  if (kind === 'cycle' || !isOurs(invoice) || !isDraft(invoice)) return needless('not_wanted_any_more');
  const customer = whole.customer.stripeCustomerId;
  if (customer === null) return later('no_stripe_customer');
  const settings = await findBilling(carriers.db, customerId);
  const taxed = await isTaxed(carriers, stripe, whole);
  if (!taxed.ok) return failed(taxed.error);
  const own = {
    invoiceId,
    customerId,
    customer,
    kind,
    periodStart: invoice.periodStart,
    periodEnd: invoice.periodEnd,
    description: titleOf[kind],
    // As the seller has set it: a subscription that has ended says nothing of it any more.
    collection:
      (settings?.collection ?? whole.subscription.collection) === 'invoice' ? ('invoice' as const) : ('card' as const),
    daysUntilDue: settings?.netDays ?? defaultNetDays,
    tax: taxed.value,
  };
  const next = nextRowId(row);
  const sent = await sendIntent(carriers, row, {
    find: () => stripe.drafts.find(customer, invoiceId),
    send: (key) => stripe.drafts.create(own, key),
    settle: (stripeId) => [
      setStripeId(invoiceId, stripeId),
      planForInvoice({ id: next, kind: 'stripe_lines', customerId, invoiceId, now: carriers.now() }),
    ],
  });
  return sent.outcome === 'ok' ? { ...sent, outbox: [next] } : sent;
};

/** As its subscription is taxed, or was when it ended; where Stripe has none any more, as what is bought now. */
async function isTaxed(
  { tax, lastSubscription }: Carriers,
  stripe: StripePort,
  { customer, subscription }: WholeCustomer,
): Promise<StripeResult<boolean>> {
  const id = subscription.stripeSubscriptionId ?? (await lastSubscription(customer.id));
  if (id === null) return ok(tax);
  const found = await stripe.billing.isTaxed(id);
  return !found.ok && found.error.kind === 'refused' ? ok(tax) : found;
}
