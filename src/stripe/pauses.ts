/** Stripe's own pause of a subscription, which makes no invoices. A subscription that follows a schedule cannot be paused. */
import type Stripe from 'stripe';
import { attempt, type StripeResult } from './call.ts';

const none = { type: 'none' } as const;

export const pausesOf = (stripe: Stripe) => ({
  /** What was paid for is not given back, so that its period stands when the subscription goes on. */
  pause: (id: string, idempotencyKey: string): Promise<StripeResult<null>> =>
    attempt(async () => {
      const billFor = { unused_time_from: none, outstanding_usage_through: none };
      await stripe.subscriptions.pause(id, { bill_for: billFor }, { idempotencyKey });
      return null;
    }),
});
