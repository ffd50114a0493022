/** Stripe's own list of events: the last 30 days, newest first, for what has not come as a webhook. */
import type Stripe from 'stripe';
import { secondMs } from '../lib/time.ts';
import { attempt, nextOf, type StripeResult } from './call.ts';

const pageSize = 100;

/** One page of what happened in `[start, end)`; `next` is where the following one begins, null after the last. */
export interface EventPage {
  events: readonly Stripe.Event[];
  next: string | null;
}

export const eventsOf = (stripe: Stripe) => ({
  /** @param start ms, as `end`. @param after `next` of the page before, null for the first */
  page: (start: number, end: number, after: string | null): Promise<StripeResult<EventPage>> =>
    attempt(async () => {
      const found = await stripe.events.list({
        created: { gte: Math.floor(start / secondMs), lt: Math.ceil(end / secondMs) },
        limit: pageSize,
        ...(after === null ? {} : { starting_after: after }),
      });
      return { events: found.data, next: nextOf(found) };
    }),
});
