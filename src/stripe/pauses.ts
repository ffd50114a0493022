/**
 * Stripe's own pause of a subscription, which makes no invoices, and its end. A subscription that follows a schedule cannot be
 * paused: the schedule is released first, so that what was to change does not.
 */
import type Stripe from 'stripe';
import { attempt, type StripeResult } from './call.ts';

export const pausesOf = (stripe: Stripe) => ({
  /** What was paid for is not given back, so that the period stands when the subscription goes on. Returns `sub_…`. */
  pause: (id: string, scheduleId: string | null, idempotencyKey: string): Promise<StripeResult<string>> =>
    attempt(async () => {
      if (scheduleId !== null) {
        await stripe.subscriptionSchedules.release(scheduleId, {}, { idempotencyKey: `${idempotencyKey}-release` });
      }
      const none = { type: 'none' } as const;
      const billFor = { unused_time_from: none, outstanding_usage_through: none };
      const paused = await stripe.subscriptions.pause(id, { bill_for: billFor }, { idempotencyKey });
      return paused.id;
    }),
  /** Goes on in the rhythm that it had, without an invoice for the time of the pause (decision 14). Returns `sub_…`. */
  resume: (id: string, idempotencyKey: string): Promise<StripeResult<string>> =>
    attempt(async () => {
      const resumed = await stripe.subscriptions.resume(
        id,
        { billing_cycle_anchor: { type: 'unchanged' }, proration_behavior: 'none' },
        { idempotencyKey },
      );
      return resumed.id;
    }),
  /** The ids of a customer's subscriptions that are not over. */
  unendedOf: (customer: string): Promise<StripeResult<string[]>> =>
    attempt(async () => {
      const found = await stripe.subscriptions.list({ customer, limit: 10 });
      return found.data.map(({ id }) => id);
    }),
});
