/** Makes the Stripe customer of one of ours, once, and stores what Stripe calls it. */

import { isUnset, sendAnew } from '../../billing/store.ts';
import * as customerStore from '../../customers/store.ts';
import { later } from '../../outbox/outbox.ts';
import { planUnless } from '../../outbox/store.ts';
import type { Sender } from './carriers.ts';
import { sendIntent } from './stripe-intent.ts';

export const sendStripeCustomer: Sender = async (carriers, row) => {
  const { stripe } = carriers;
  if (!stripe) return later('stripe_not_configured');
  const input = {
    customerId: String(row.payload['customer_id']),
    email: String(row.payload['email']),
    name: String(row.payload['name']),
  };
  return await sendIntent(carriers, row, {
    find: () => stripe.customers.find(input),
    send: (key) => stripe.customers.create(input, key),
    settle: (stripeId) => [
      customerStore.setStripeId(input.customerId, stripeId),
      // One that is made anew knows nothing of the settings.
      sendAnew(input.customerId),
      planUnless(
        { kind: 'stripe_billing', payload: { customer_id: input.customerId }, now: carriers.now() },
        isUnset(input.customerId),
      ),
    ],
  });
};
