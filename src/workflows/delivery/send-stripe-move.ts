/**
 * Puts the price of the version at Stripe to which a customer is moved, from the next invoice on. What is wanted is looked up when it is
 * sent: the change that lies ahead, else the version that the customer is on. A customer's own change is the newer wish: what is
 * scheduled at Stripe stands, and the migration is dropped.
 */
import type { Write } from '../../db/write.ts';
import { isOrdered } from '../../outbox/order-store.ts';
import { later, needless, type Sent } from '../../outbox/outbox.ts';
import { doneScheduleOf, type StripeSubscription } from '../../stripe/subscriptions.ts';
import { type DueChange, drop, findPending } from '../../subscriptions/plan-change-store.ts';
import { priceLeadMs } from '../../subscriptions/plan-move.ts';
import { findPricesOf } from '../../subscriptions/price-store.ts';
import { findSubscription } from '../../subscriptions/store.ts';
import { isLive } from '../../subscriptions/transitions.ts';
import type { Carriers, Sender } from './carriers.ts';
import { failed } from './stripe-intent.ts';

const notWanted = needless('not_wanted_any_more');

export const sendStripeMove: Sender = async (carriers, row) => {
  const { stripe, db, now } = carriers;
  if (!stripe) return later('stripe_not_configured');
  const [customerId, id] = [String(row.payload['customer_id']), String(row.payload['subscription_id'])];
  const [subscription, pending, ordered] = await Promise.all([
    findSubscription(db, customerId),
    findPending(db, customerId, now() + priceLeadMs),
    isOrdered(db, customerId),
  ]);
  if (subscription?.stripeSubscriptionId !== id) return notWanted;
  // The order of a person who waits for it; none is planned while this row is claimed.
  if (ordered) return later('another_change_is_on_its_way');
  const fetched = await stripe.subscriptions.fetch(id);
  if (!fetched.ok) return failed(fetched.error);
  const found = fetched.value;
  const standing = obstacle(found, pending);
  if (standing !== null) return standing;
  const { item } = found;
  if (item === null) return notWanted;
  const { plan, planVersion } = pending ?? subscription;
  const price = (await findPricesOf(db, plan, item.interval)).find((one) => one.planVersion === planVersion);
  if (price === undefined) return later('price_missing');
  if (item.priceId !== price.priceId) {
    const done = doneScheduleOf(found);
    const released = done === null ? null : await stripe.schedules.release(done, `tenantry-${row.id}-release`);
    if (released !== null && !released.ok) return failed(released.error);
    const change = { subscriptionId: id, itemId: item.id, priceId: price.priceId };
    // What was set is looked up anew each time, and setting it twice sets it once: a key of its own for each attempt.
    const set = await stripe.changes.priceNext(change, `tenantry-${row.id}-${row.epoch}-${row.attempts}`);
    if (!set.ok) return failed(set.error);
  }
  return await settled(carriers, id);
};

/** Our rows have what Stripe has now; the plan stays until the migration takes effect. */
async function settled({ refresh }: Carriers, id: string): Promise<Sent<Write>> {
  return { outcome: 'ok', writes: [], outbox: (await refresh(id)).outbox };
}

/** What becomes of the row where Stripe's price is not to be set now; null where it is. */
function obstacle(found: StripeSubscription, pending: DueChange | null): Sent<Write> | null {
  if (!isLive(found.status)) return notWanted;
  if (found.scheduled !== null) return { outcome: 'ok', writes: pending === null ? [] : [drop(pending)] };
  if (found.hasPendingUpdate) return later('a_change_waits_for_its_payment');
  // Whoever sees it go on after the migration plans this anew (src/workflows/subscriptions/apply-subscription.ts).
  if (found.status === 'paused') return pending === null ? notWanted : later('paused');
  return null;
}
