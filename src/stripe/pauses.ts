/** Stripe's own pause of a subscription, which makes no invoices, and its end. A subscription that follows a schedule cannot be paused. */
import type Stripe from 'stripe';
import { secondMs } from '../lib/time.ts';
import { attempt, type StripeResult } from './call.ts';

const none = { type: 'none' } as const;

/** Invoices that are looked through for what is paid: one a period, one a change of plan. */
const invoicesMax = 20;

export const pausesOf = (stripe: Stripe) => ({
  /** What was paid for is not given back. Stripe cuts the period short all the same: only the invoices say what was paid. */
  pause: (id: string, idempotencyKey: string): Promise<StripeResult<null>> =>
    attempt(async () => {
      const billFor = { unused_time_from: none, outstanding_usage_through: none };
      await stripe.subscriptions.pause(id, { bill_for: billFor }, { idempotencyKey });
      return null;
    }),
  /** Until when the newest invoices that are paid have paid for it, ms; 0 where none is. Subscription lines come first in an invoice. */
  paidUntil: (id: string): Promise<StripeResult<number>> =>
    attempt(async () => {
      const { data } = await stripe.invoices.list({ subscription: id, status: 'paid', limit: invoicesMax });
      return Math.max(0, ...data.flatMap(({ lines }) => lines.data.map(({ period }) => period.end * secondMs)));
    }),
  /**
   * A paused one goes on in its old rhythm, and the time that it stood still is not asked for. What is left of the cycle comes with the
   * next invoice, unless it `isPaid`: Stripe would ask for it again, because the pause has cut the period that was paid.
   */
  goOn: (id: string, isPaid: boolean, idempotencyKey: string): Promise<StripeResult<null>> =>
    attempt(async () => {
      const anchor = { billing_cycle_anchor: { type: 'unchanged' as const } };
      const rest = isPaid ? ('none' as const) : ('create_prorations' as const);
      await stripe.subscriptions.resume(id, { ...anchor, proration_behavior: rest }, { idempotencyKey });
      return null;
    }),
});
