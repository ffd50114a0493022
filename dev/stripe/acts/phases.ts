/** A schedule's next phase begins: its items become the subscription's. */
import type { Context } from '../context.ts';
import { newId } from '../ids.ts';
import { move } from '../move.ts';
import type { Phase, Schedule } from '../objects/schedule.ts';
import type { Item, Subscription } from '../objects/subscription.ts';
import { secondsOf } from '../seconds.ts';
import { must } from '../wires.ts';

/** A phase's items; one with the same price stays the same item. */
function itemsOfPhase(context: Context, { items }: Subscription, phase: Phase): Item[] {
  const { start, end } = items[0] ?? { start: 0, end: 0 };
  return phase.items.map(({ price, quantity, metadata }, index) => {
    const same = items.find((item) => item.price === price) ?? items[index];
    return { id: newId('si'), created: secondsOf(context.now), start, end, ...same, price, quantity, metadata };
  });
}

/** After the last phase the subscription goes on by itself, or ends. */
function afterLast(context: Context, subscription: Subscription, schedule: Schedule, at: number): Subscription {
  if (schedule.endBehavior === 'cancel') {
    move(context, 'subscription_schedule', schedule, 'completed', { completedAt: at });
    return { ...subscription, schedule: null, cancelAt: at };
  }
  move(context, 'subscription_schedule', schedule, 'released', { releasedAt: at });
  return { ...subscription, schedule: null };
}

/**
 * What the subscription's schedule makes of it at an instant, Unix seconds: the items of the phase that has begun. What is due
 * for them is the caller's.
 */
export function enterPhases(context: Context, subscription: Subscription, at: number): Subscription {
  if (subscription.schedule === null) return subscription;
  const schedule = must(context, 'subscription_schedule', subscription.schedule);
  const { phases, current } = schedule;
  const ended = phases[current];
  if (ended === undefined || ended.end > at) return subscription;
  const next = phases[current + 1];
  if (next === undefined) return afterLast(context, subscription, schedule, at);
  const begun = move(context, 'subscription_schedule', schedule, 'phase_begun', { current: current + 1 });
  const after = {
    ...subscription,
    items: itemsOfPhase(context, subscription, next),
    metadata: { ...subscription.metadata, ...next.metadata },
  };
  // With nothing after it and a release at the end, Stripe lets go when the last phase ends, not when it begins.
  return enterPhases(context, { ...after, schedule: begun.id }, at);
}
