/** A paused subscription goes on: at once, or when its resumption invoice is paid. */
import type { Context } from '../context.ts';
import { move } from '../move.ts';
import type { Subscription } from '../objects/subscription.ts';
import { setDues } from './subscription.ts';

export function resumePaused(context: Context, subscription: Subscription, by: 'resumed' | 'resumed_unpaid'): void {
  const { resumption } = subscription;
  const changes = resumption === null ? {} : { anchor: resumption.anchor, items: resumption.items };
  const resumed = move(context, 'subscription', subscription, by, { ...changes, paused: null, resumption: null });
  setDues(context, resumed);
}
