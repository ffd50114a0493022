/** A change of price at the end of a period, as Stripe's schedule of a subscription. It takes two calls: one makes it, one says what changes. */
import type Stripe from 'stripe';
import { attempt, type StripeResult } from './call.ts';

const secondMs = 1000;

/** The price that runs with its period, ms, and the one that follows. */
export interface NextPrice {
  scheduleId: string;
  start: number;
  end: number;
  priceId: string;
  nextPriceId: string;
}

export const schedulesOf = (stripe: Stripe) => ({
  /** Makes the schedule of a subscription, with the period that runs as its only phase. Returns `sub_sched_…`. */
  begin: (subscriptionId: string, idempotencyKey: string): Promise<StripeResult<string>> =>
    attempt(async () => {
      const made = await stripe.subscriptionSchedules.create({ from_subscription: subscriptionId }, { idempotencyKey });
      return made.id;
    }),
  /**
   * Says that another price follows the period that runs. A day later the schedule is over, and the subscription goes on by itself: until
   * then nothing can be changed beside it.
   */
  follow: (next: NextPrice, idempotencyKey: string): Promise<StripeResult<null>> =>
    attempt(async () => {
      await stripe.subscriptionSchedules.update(
        next.scheduleId,
        {
          end_behavior: 'release',
          phases: [
            {
              items: [{ price: next.priceId, quantity: 1 }],
              start_date: next.start / secondMs,
              end_date: next.end / secondMs,
            },
            {
              items: [{ price: next.nextPriceId, quantity: 1 }],
              duration: { interval: 'day', interval_count: 1 },
              proration_behavior: 'none',
            },
          ],
        },
        { idempotencyKey },
      );
      return null;
    }),
  /** The subscription goes on as it is; one that is released or over already is what was asked for. */
  release: async (scheduleId: string, idempotencyKey: string): Promise<StripeResult<null>> => {
    const released = await attempt(() => stripe.subscriptionSchedules.release(scheduleId, {}, { idempotencyKey }));
    if (released.ok) return { ok: true, value: null };
    if (released.error.kind !== 'refused') return released;
    const found = await attempt(() => stripe.subscriptionSchedules.retrieve(scheduleId));
    if (!found.ok) return found;
    return ['released', 'completed', 'canceled'].includes(found.value.status) ? { ok: true, value: null } : released;
  },
});
