/** A subscription that we paused at Stripe goes on: what was owed is paid. */
import { ok } from '../../lib/result.ts';
import { later } from '../../outbox/outbox.ts';
import type { Carriers, Sender } from './carriers.ts';
import { sendIntent } from './stripe-intent.ts';

export const sendStripeGoOn: Sender = async (carriers, row) => {
  const { stripe } = carriers;
  if (!stripe) return later('stripe_not_configured');
  const id = String(row.payload['subscription_id']);
  const sent = await sendIntent(carriers, row, {
    async find() {
      const found = await stripe.subscriptions.fetch(id);
      return found.ok ? ok(found.value.status === 'paused' ? null : id) : found;
    },
    send: (key) => goOn({ ...carriers, stripe }, id, key),
    settle: () => [],
  });
  // The stack runs again, and people are told at once, not with the next tick of cron.
  return sent.outcome === 'ok' ? { ...sent, outbox: (await carriers.refresh(id)).outbox } : sent;
};

async function goOn({ stripe, now }: Carriers & { stripe: NonNullable<Carriers['stripe']> }, id: string, key: string) {
  const found = await stripe.subscriptions.fetch(id);
  if (!found.ok) return found;
  if (found.value.status !== 'paused') return ok(id);
  const paid = await stripe.pauses.paidUntil(id);
  if (!paid.ok) return paid;
  // A period that ends between two attempts makes another call of it, and Stripe takes a key for one call alone.
  const isPaid = paid.value > now();
  const resumed = await stripe.pauses.goOn(id, isPaid, `${key}-${isPaid ? 'paid' : 'rest'}`);
  return resumed.ok ? ok(id) : resumed;
}
