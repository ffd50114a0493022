/** When a subscription's schedule acts next, and its end with its subscription. */
import type { Context } from '../context.ts';
import { move } from '../move.ts';
import { periodEndOf, type Subscription } from '../objects/subscription.ts';
import { must } from '../wires.ts';

/** The instant, Unix seconds, inside the current period; what falls on the period's end is done with it. */
export function nextPhaseAt(context: Context, subscription: Subscription): number | null {
  if (subscription.schedule === null) return null;
  const { phases, current } = must(context, 'subscription_schedule', subscription.schedule);
  const at = phases[current]?.end ?? null;
  return at !== null && at < periodEndOf(subscription) ? at : null;
}

/** The subscription is ended, and its schedule with it. */
export function dropSchedule(context: Context, subscription: Subscription, by: 'canceled' | 'aborted'): void {
  if (subscription.schedule === null) return;
  const schedule = must(context, 'subscription_schedule', subscription.schedule);
  move(context, 'subscription_schedule', schedule, by, { canceledAt: Math.floor(context.now / 1000) });
}
