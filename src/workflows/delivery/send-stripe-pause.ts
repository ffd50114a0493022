/**
 * Pauses a subscription at Stripe for which nothing was paid, its schedule released first. Whether that is still wanted is
 * looked up before, and after: who pays while the pause is on its way would stand paused for ever. So would who paid before it, where
 * that is written after it: the fetch that follows the pause overtakes every one that began before.
 */
import { ok } from '../../lib/result.ts';
import { later, needless } from '../../outbox/outbox.ts';
import { type OutboxRow, planUnless } from '../../outbox/store.ts';
import type { StripePort } from '../../stripe/port.ts';
import type { StripeSubscription } from '../../stripe/subscriptions.ts';
import { findSubscription, isUnpaid } from '../../subscriptions/store.ts';
import { isEnded } from '../../subscriptions/transitions.ts';
import type { Carriers, Sender } from './carriers.ts';
import { failed, sendIntent } from './stripe-intent.ts';

const stands = ({ status }: StripeSubscription): boolean => status === 'paused' || isEnded(status);

const notWanted = needless('not_wanted_any_more');

export const sendStripePause: Sender = async (carriers, row) => {
  const { stripe, db, now } = carriers;
  if (!stripe) return later('stripe_not_configured');
  const [customerId, id] = [String(row.payload['customer_id']), String(row.payload['subscription_id'])];
  const subscription = await findSubscription(db, customerId);
  const isTheirs = subscription?.stripeSubscriptionId === id;
  const isWanted = isTheirs && subscription.suspendedFor === 'unpaid';
  if (!isWanted) return isTheirs && row.attempts > 1 ? await takeBack(carriers, stripe, row) : notWanted;
  const sent = await sendIntent(carriers, row, {
    find: async () => {
      const found = await stripe.subscriptions.fetch(id);
      return found.ok ? ok(stands(found.value) ? id : null) : found;
    },
    send: (key) => pause(stripe, id, key),
    settle: () => [planUnless({ kind: 'stripe_go_on', payload: row.payload, now: now() }, isUnpaid(customerId))],
  });
  return sent.outcome === 'ok' ? { ...sent, outbox: (await carriers.refresh(id)).outbox } : sent;
};

/** It is paid by now, and an attempt whose process died may have paused it all the same. */
async function takeBack({ now }: Carriers, stripe: StripePort, row: OutboxRow) {
  const found = await stripe.subscriptions.fetch(String(row.payload['subscription_id']));
  if (!found.ok) return failed(found.error);
  if (found.value.status !== 'paused') return notWanted;
  const goOn = planUnless(
    { kind: 'stripe_go_on', payload: row.payload, now: now() },
    isUnpaid(String(row.payload['customer_id'])),
  );
  return { outcome: 'ok' as const, writes: [goOn] };
}

async function pause(stripe: StripePort, id: string, key: string) {
  const found = await stripe.subscriptions.fetch(id);
  if (!found.ok) return found;
  if (stands(found.value)) return ok(id);
  const { scheduleId } = found.value;
  const released = scheduleId === null ? ok(null) : await stripe.schedules.release(scheduleId, `${key}-release`);
  if (!released.ok) return released;
  const paused = await stripe.pauses.pause(id, key);
  return paused.ok ? ok(id) : paused;
}
