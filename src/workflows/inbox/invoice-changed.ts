/** An invoice was made, finalised, paid or not: keeps how it is now, refreshes its subscription, and tells its customer of a payment. */
import { ok } from '../../lib/result.ts';
import type { StripeInvoice } from '../../stripe/invoices.ts';
import { subscriptionIn } from '../../webhooks/event.ts';
import { raiseFetch, writeFetched } from '../../webhooks/object-store.ts';
import { noTaxLocation } from '../../webhooks/stuck-store.ts';
import { type Followed, followInvoice, invoiceGone } from '../billing/follow-invoice.ts';
import type { Context } from '../deed.ts';
import { planNotice } from '../plan-notice.ts';
import { StripeNotRead } from '../subscriptions/refresh-subscription.ts';
import { type Handler, shown, shownOrGone, stripeOf, whoseIs } from './handler.ts';
import { holdInvoice } from './hold-invoice.ts';
import { refreshOnce } from './lot.ts';
import { tellOfPayment } from './tell-of-payment.ts';

export const invoiceChanged: Handler = async (context, event, lot) => {
  const { db, now, log } = context;
  const customerId = await whoseIs(context, event);
  if (customerId === null || event.objectId === null) return null;
  const subscriptionId = subscriptionIn(event.payload);
  const refreshed = subscriptionId === null ? null : await refreshOnce(context, lot, subscriptionId);
  const known = lot.invoices.get(event.objectId);
  if (known !== undefined) {
    const notice = known && (await tellOfPayment(context, { type: event.type, invoice: known, customerId }));
    return {
      customerId,
      writes: notice?.writes ?? [],
      outbox: [...(refreshed?.outbox ?? []), ...(notice ? [notice.outboxId] : [])],
    };
  }
  const fetchSeq = await raiseFetch(db, { id: event.objectId, kind: 'invoice', now });
  const invoice = shownOrGone(event.objectId, await stripeOf(context, event.objectId).invoices.fetch(event.objectId));
  if (invoice?.finalizationError) {
    log('error', 'an invoice cannot be finalised', {
      customer_id: customerId,
      invoice: invoice.id,
      why: invoice.finalizationError,
    });
  }
  if (invoice?.taxDropped) {
    log('error', 'Stripe bills an invoice without its tax', { customer_id: customerId, invoice: invoice.id });
  }
  const notice =
    invoice === null
      ? null
      : (tellOfTaxAddress(context, invoice, customerId) ??
        (await tellOfPayment(context, { type: event.type, invoice, customerId })));
  const followed =
    invoice === null ? await invoiceGone(context, event.objectId) : await followHeld(context, invoice, customerId);
  // Lines are kept as the invoice's own, once it is finalised.
  const body = invoice === null ? null : { ...invoice, lines: null };
  return {
    customerId,
    writes: [
      ...writeFetched({ id: event.objectId, fetchSeq, customerId, body, now }),
      ...followed.writes,
      ...(notice?.writes ?? []),
    ],
    audit: followed.audit,
    outbox: [...(refreshed?.outbox ?? []), ...(notice ? [notice.outboxId] : [])],
    fetched: { id: event.objectId, invoice },
  };
};

/** What the invoice comes to. A renewal whose event came by another way than a webhook (the list, a replay) is held here. */
async function followHeld(context: Context, invoice: StripeInvoice, customerId: string): Promise<Followed> {
  const isHeld = invoice.status === 'draft' && invoice.billingReason === 'subscription_cycle';
  const draft = { id: invoice.id, customerId, madeAt: invoice.createdAt };
  const held = isHeld ? await holdInvoice(context, draft) : ok({ until: null, writes: [] });
  if (!held.ok) throw new StripeNotRead(invoice.id, held.error);
  const followed = shown(invoice.id, await followInvoice(context, customerId, invoice, held.value.until));
  return { ...followed, writes: [...followed.writes, ...held.value.writes] };
}

/** A draft that waits for an address: its customer is told once an invoice. Nothing is billed without the tax. */
const tellOfTaxAddress = (context: Context, { id, status, finalizationError }: StripeInvoice, customerId: string) =>
  status === 'draft' && finalizationError === noTaxLocation
    ? planNotice(context, { customerId, kind: 'tax_address_wrong' as const, about: id, params: {} })
    : null;
