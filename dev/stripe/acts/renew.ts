/** The end of a subscription's period: the next one, with its draft, or the end of the subscription. */
import type { Context } from '../context.ts';
import { move } from '../move.ts';
import type { Line } from '../objects/line.ts';
import { periodAround } from '../objects/period.ts';
import { type Item, periodEndOf, periodStartOf, type Subscription } from '../objects/subscription.ts';
import { secondsOf } from '../seconds.ts';
import { must } from '../wires.ts';
import { feeLine, invoiceOf, usageLine, waitingItems } from './invoice.ts';
import { expirePending } from './pending.ts';
import { enterPhases } from './phases.ts';
import { endSubscription, setDues } from './subscription.ts';
import { endTrial } from './trial.ts';

/** What the meters of its items have counted in their periods. */
export const usageOf = (context: Context, subscription: Subscription): Line[] =>
  subscription.items.map((item) => usageLine(context, subscription, item)).filter((line) => line !== null);

/** The item's period that holds an instant, from the subscription's anchor. */
function nextPeriod(context: Context, anchor: number, item: Item, at: number): Item {
  const { recurring } = must(context, 'price', item.price);
  return { ...item, ...periodAround(anchor, recurring ?? { interval: 'month', count: 1 }, at) };
}

/** It ends at its period's end: what was metered, and what waited for an invoice, comes on a last one. */
export function endAtPeriod(context: Context, subscription: Subscription): void {
  const usage = usageOf(context, subscription).filter(({ amount }) => amount !== 0);
  const waiting = waitingItems(context, subscription.customer, subscription.id);
  const period = { start: periodStartOf(subscription), end: periodEndOf(subscription) };
  const ended = endSubscription(context, subscription, 'ended');
  if (usage.length === 0 && waiting.length === 0) return;
  const invoice = invoiceOf(context, ended, { reason: 'subscription_cycle', lines: usage, period, withItems: true });
  context.store.put('subscription', { ...ended, latestInvoice: invoice.id });
}

/** The draft of a renewal: what was metered until now, what waited, the coming period's fees. */
function renewed(context: Context, before: Subscription, at: number): void {
  const usage = usageOf(context, before);
  const phased = enterPhases(context, before, at);
  if (phased.cancelAt !== null && phased.cancelAt <= at) {
    endAtPeriod(context, phased);
    return;
  }
  const items = phased.items.map((item) => nextPeriod(context, phased.anchor, item, at));
  const subscription = { ...phased, items };
  const fees = items.map((item) => feeLine(context, subscription, item)).filter((line) => line !== null);
  const invoice = invoiceOf(context, subscription, {
    reason: 'subscription_cycle',
    lines: [...usage, ...fees],
    period: { start: periodStartOf(before), end: at },
    withItems: true,
    autoAdvance: subscription.status !== 'unpaid',
  });
  setDues(context, move(context, 'subscription', { ...subscription, latestInvoice: invoice.id }, 'renewed'));
}

/** What the end of a period brings. */
export function periodEnded(context: Context, given: Subscription): void {
  const at = secondsOf(context.now);
  const end = periodEndOf(given);
  const isPendingOver = given.pendingUpdate !== null && given.pendingUpdate.expiresAt <= at;
  const subscription = isPendingOver ? expirePending(context, given) : given;
  const { cancelAt, cancelAtPeriodEnd, status } = subscription;
  if (cancelAtPeriodEnd || (cancelAt !== null && cancelAt <= at)) endAtPeriod(context, subscription);
  else if (status === 'trialing') endTrial(context, enterPhases(context, subscription, end), end);
  else renewed(context, subscription, end);
}
