/** A subscription that we paused at Stripe goes on: what was owed is paid. */
import { later } from '../../outbox/outbox.ts';
import type { Sender } from './carriers.ts';
import { sendIntent } from './stripe-intent.ts';

export const sendStripeGoOn: Sender = async (carriers, row) => {
  const { stripe } = carriers;
  if (!stripe) return later('stripe_not_configured');
  const id = String(row.payload['subscription_id']);
  const sent = await sendIntent(carriers, row, {
    async find() {
      const found = await stripe.subscriptions.fetch(id);
      return found.ok ? { ok: true, value: found.value.status === 'paused' ? null : id } : found;
    },
    async send(key) {
      const resumed = await stripe.changes.goOn(id, key);
      return resumed.ok ? { ok: true, value: id } : resumed;
    },
    settle: () => [],
  });
  if (sent.outcome === 'ok') await carriers.refresh(id);
  return sent;
};
