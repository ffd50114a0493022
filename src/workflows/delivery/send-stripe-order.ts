/**
 * Looks up what has become of an order that a request began and did not finish (src/workflows/subscriptions/order.ts). It is never
 * sent again: nobody waits for it any more. What is there at Stripe is taken over; what is there in half is taken back.
 */
import { findCustomer, findWhole } from '../../customers/store.ts';
import { nobodyWaits } from '../../outbox/order-store.ts';
import { later, needless } from '../../outbox/outbox.ts';
import type { OutboxRow } from '../../outbox/store.ts';
import type { StripePort } from '../../stripe/port.ts';
import { doneScheduleOf, type StripeSubscription } from '../../stripe/subscriptions.ts';
import type { Carriers, Sender } from './carriers.ts';
import { failed } from './stripe-intent.ts';

const dropped = needless(nobodyWaits);

export const sendStripeOrder: Sender = async (carriers, row) => {
  const { stripe } = carriers;
  if (!stripe) return later('stripe_not_configured');
  const { payload } = row;
  if (payload['what'] === 'checkout') return await endCheckout(carriers, stripe, row);
  if (payload['what'] === 'close_page') return await closePage(carriers, stripe, row);
  const id = String(payload['subscription_id']);
  const found = await stripe.subscriptions.fetch(id);
  if (!found.ok) return failed(found.error);
  const half = doneScheduleOf(found.value);
  if (payload['what'] === 'schedule' && half !== null) {
    const released = await stripe.schedules.release(half, `tenantry-${row.id}-release`);
    if (!released.ok) return failed(released.error);
  }
  const { outbox } = await carriers.refresh(id);
  return isDone(payload, found.value) ? { outcome: 'ok', writes: [], outbox } : dropped;
};

/** Whether what was ordered is there. */
function isDone(payload: OutboxRow['payload'], found: StripeSubscription): boolean {
  switch (payload['what']) {
    case 'upgrade':
      return found.item?.priceId === payload['price_id'];
    case 'schedule':
      return found.scheduled?.priceId === payload['price_id'];
    case 'cancel':
      return found.cancelAt !== null || found.status === 'canceled';
    default:
      return found.cancelAt === null && found.scheduled === null;
  }
}

/** Nobody was told where the page is. */
async function endCheckout({ db }: Carriers, stripe: StripePort, row: OutboxRow) {
  const customer = await findCustomer(db, String(row.payload['customer_id']));
  if (!customer?.stripeCustomerId) return dropped;
  return (await closeOpen(stripe, customer.stripeCustomerId, (orderId) => orderId === row.id)) ?? dropped;
}

/** The customer has left; not where they are back by now, and may have another page. */
async function closePage({ db }: Carriers, stripe: StripePort, row: OutboxRow) {
  const whole = await findWhole(db, String(row.payload['customer_id']));
  const id = whole?.customer.stripeCustomerId;
  if (id == null || whole?.subscription.status !== 'canceled') return needless('not_wanted_any_more');
  return (await closeOpen(stripe, id, () => true)) ?? { outcome: 'ok' as const, writes: [] };
}

/** Closes the open pages of a customer whose order is meant. @returns what failed, null where nothing did */
async function closeOpen(
  { checkout }: StripePort,
  stripeCustomerId: string,
  isMeant: (orderId: string | null) => boolean,
) {
  const open = await checkout.listOpen(stripeCustomerId);
  if (!open.ok) return failed(open.error);
  for (const { id } of open.value.filter(({ orderId }) => isMeant(orderId))) {
    const expired = await checkout.expire(id);
    if (!expired.ok) return failed(expired.error);
  }
  return null;
}
