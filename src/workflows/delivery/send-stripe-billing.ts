/**
 * Tells Stripe how a customer is billed: the customer's own fields, its tax ids, and its subscription's collection and tax. The settings
 * are read when they are sent; where somebody has set others meanwhile they are sent again, so that of two sendings the newest settings
 * stand in the end. Each is a call of its own, because Stripe refuses a call as a whole: one that it refuses is noted with the settings,
 * for whoever set it to see, and the others count.
 */
import { defaultNetDays, isAddressOurs, refusalOf } from '../../billing/settings.ts';
import type { BillingRow } from '../../billing/store.ts';
import * as billingStore from '../../billing/store.ts';
import type { BillingRefusal } from '../../contracts/billing.ts';
import { type CustomerRow, findCustomer } from '../../customers/store.ts';
import { later, needless } from '../../outbox/outbox.ts';
import type { CustomerBilling, SubscriptionBilling } from '../../stripe/billing.ts';
import type { StripeFailure, StripeResult } from '../../stripe/call.ts';
import type { StripePort } from '../../stripe/port.ts';
import { findSubscription } from '../../subscriptions/store.ts';
import { raiseFetch } from '../../webhooks/object-store.ts';
import { planUnstick } from '../plan-unstick.ts';
import type { Carriers, Sender } from './carriers.ts';
import { failed } from './stripe-intent.ts';

export const sendStripeBilling: Sender = async (carriers, row) => {
  const { stripe, db, now } = carriers;
  if (!stripe) return later('stripe_not_configured');
  const customerId = String(row.payload['customer_id']);
  const [settings, customer] = await Promise.all([
    billingStore.findBilling(db, customerId),
    findCustomer(db, customerId),
  ]);
  if (!settings || !customer) return needless('nothing_is_set');
  if (customer.stripeCustomerId === null) return later('customer_not_at_stripe');
  // The same again changes nothing, so each attempt has a key of its own.
  const key = `tenantry-${row.id}-${row.attempts}`;
  const sent = await sendParts(carriers, stripe, { settings, customer, stripeId: customer.stripeCustomerId, key });
  if (!sent.ok) return failed(sent.error);
  // What was fetched of the customer before has the address from before.
  if (isAddressOurs(settings)) await raiseFetch(db, { id: customer.stripeCustomerId, kind: 'customer', now: now() });
  const after = await billingStore.findBilling(db, customerId);
  if (after?.version !== settings.version) return later('set_anew');
  const isAddressTaken = !sent.value.some(({ field }) => field === 'address');
  return {
    outcome: 'ok',
    writes: [
      billingStore.noteSent(customerId, settings.version, sent.value),
      ...(isAddressTaken ? await planUnstick(db, customerId, now()) : []),
    ],
  };
};

interface Sending {
  settings: BillingRow;
  customer: CustomerRow;
  stripeId: string;
  key: string;
}

type Part = readonly [field: string, call: () => Promise<StripeResult<null>>];

/** Sends part by part. @returns what Stripe refused; fails where it did not answer */
async function sendParts(
  carriers: Carriers,
  stripe: StripePort,
  sending: Sending,
): Promise<{ ok: true; value: BillingRefusal[] } | { ok: false; error: StripeFailure }> {
  const refused: BillingRefusal[] = [];
  for (const [field, call] of await partsOf(carriers, stripe, sending)) {
    const done = await call();
    if (done.ok) continue;
    if (done.error.kind !== 'refused') return done;
    if (!refused.some((one) => one.field === field)) refused.push(refusalOf(done.error, field));
  }
  return { ok: true, value: refused };
}

async function partsOf(
  { db, tax, refresh }: Carriers,
  stripe: StripePort,
  { settings, customer, stripeId, key }: Sending,
): Promise<Part[]> {
  const subscriptionId = (await findSubscription(db, customer.id))?.stripeSubscriptionId ?? null;
  const { address, taxExempt, poNumber, billingEmail, taxIds, collection, netDays } = settings;
  const ofCustomer: readonly (readonly [field: string, of: Partial<CustomerBilling>])[] = [
    ['billing_email', { email: billingEmail ?? customer.email }],
    ['po_number', { poNumber }],
    ['tax_exempt', { taxExempt: taxExempt ?? 'none' }],
    ...(isAddressOurs(settings) ? [['address', { address }] as const] : []),
  ];
  const by =
    collection === 'invoice' ? { by: collection, netDays: netDays ?? defaultNetDays } : { by: 'card' as const };
  const ofSubscription: readonly (readonly [field: string, of: SubscriptionBilling])[] = [
    ...(collection === null ? [] : [['collection', by] as const]),
    ...(tax && address !== null ? [['address', { tax: true }] as const] : []),
  ];
  const setSubscription = async (id: string, field: string, of: SubscriptionBilling) => {
    const set = await stripe.billing.setSubscription(id, of, `${key}-sub-${field}`);
    if (set.ok) await refresh(id);
    return set;
  };
  return [
    ...ofCustomer.map(
      ([field, of]): Part => [field, () => stripe.billing.setCustomer(stripeId, of, `${key}-${field}`)],
    ),
    ...(taxIds === null ? [] : [['tax_ids', () => stripe.billing.setTaxIds(stripeId, taxIds, key)] as const]),
    ...(subscriptionId === null
      ? []
      : ofSubscription.map(([field, of]): Part => [field, () => setSubscription(subscriptionId, field, of)])),
  ];
}
