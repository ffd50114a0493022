/** A customer was changed or deleted at Stripe. One that was deleted there is made anew: without it nothing can be subscribed. */
import { isNewAtStripe } from '../../billing/settings.ts';
import * as billingStore from '../../billing/store.ts';
import type { ShownAddress } from '../../contracts/billing.ts';
import * as customerStore from '../../customers/store.ts';
import type { Write } from '../../db/write.ts';
import { newId } from '../../lib/ids.ts';
import * as outboxStore from '../../outbox/store.ts';
import type { StripeCustomer } from '../../stripe/customers.ts';
import { findObject, raiseFetch, writeFetched } from '../../webhooks/object-store.ts';
import type { Context } from '../deed.ts';
import { planUnstick } from '../plan-unstick.ts';
import { type Handled, type Handler, shownOrGone, stripeOf, whoseIs } from './handler.ts';

export const customerChanged: Handler = async (context, event) => {
  const { db, now } = context;
  const customerId = await whoseIs(context, event);
  if (customerId === null || event.objectId === null) return null;
  const fetchSeq = await raiseFetch(db, { id: event.objectId, kind: 'customer', now });
  const found = shownOrGone(event.objectId, await stripeOf(context, event.objectId).customers.fetch(event.objectId));
  const body = found === null ? null : { email: found.email, name: found.name, address: found.address };
  const kept = writeFetched({ id: event.objectId, fetchSeq, customerId, body, now });
  const more =
    found === null
      ? await madeAnew(context, customerId, event.objectId)
      : { writes: [...(await addressOf(context, customerId, found)), ...(await planUnstick(db, customerId, now))] };
  return more === null ? { customerId, writes: kept } : { ...more, customerId, writes: [...kept, ...more.writes] };
};

/** An address that was typed in on a page of Stripe's stands in the settings, too. Read after the count was raised. */
async function addressOf(
  { db, now }: Context,
  customerId: string,
  { id, address }: Pick<StripeCustomer, 'id' | 'address'>,
): Promise<Write[]> {
  const [row, before] = await Promise.all([billingStore.findBilling(db, customerId), findObject(db, id)]);
  const standing = row ?? { address: null, addressVersion: null, sentVersion: 0, refused: [] };
  const seen = before?.body?.['address'] as ShownAddress | null | undefined;
  return isNewAtStripe(standing, address, seen) ? [billingStore.noteAddress(customerId, row, address, now)] : [];
}

/** Read after the count was raised: of two that see the deletion, one fails on the other's fetch and finds nothing to do. */
async function madeAnew(
  { db, now, random }: Context,
  customerId: string,
  stripeId: string,
): Promise<Omit<Handled, 'customerId'> | null> {
  const customer = await customerStore.findCustomer(db, customerId);
  if (customer?.stripeCustomerId !== stripeId) return null;
  const id = newId('outbox', random);
  const payload = { customer_id: customerId, email: customer.email, name: customer.companyName };
  return {
    writes: [
      customerStore.forgetStripeId(customerId, stripeId),
      outboxStore.plan({ id, kind: 'stripe_customer', payload, now }),
    ],
    audit: [{ action: 'stripe.customer_deleted', subject: customerId, details: { stripe_customer_id: stripeId } }],
    outbox: [id],
  };
}
