/** Cancels a subscription at once, as DELETE does: with or without a credit for the rest of the period and a last invoice. */
import type { Context } from '../context.ts';
import { Refusal } from '../errors.ts';
import { periodStartOf, type Subscription } from '../objects/subscription.ts';
import { secondsOf } from '../seconds.ts';
import { must } from '../wires.ts';
import { finalise } from './finalise.ts';
import { invoiceOf, waitingItems } from './invoice.ts';
import { creditsFor, dropKept, keepForNext } from './prorate.ts';
import { usageOf } from './renew.ts';
import { endSubscription } from './subscription.ts';

export type Cancel = { prorate: boolean; invoiceNow: boolean };

export function cancelNow(context: Context, subscription: Subscription, { prorate, invoiceNow }: Cancel): Subscription {
  const now = secondsOf(context.now);
  const credits = prorate ? creditsFor(context, subscription, subscription.items, now) : [];
  const usage = invoiceNow ? usageOf(context, subscription) : [];
  const ended = endSubscription(context, subscription, 'canceled');
  if (!invoiceNow) {
    if (!prorate) dropKept(context, ended);
    keepForNext(context, ended, credits);
    return ended;
  }
  const lines = [...usage, ...credits];
  if (lines.length === 0 && waitingItems(context, ended.customer, ended.id).length === 0) return ended;
  const period = { start: periodStartOf(subscription), end: now };
  const draft = invoiceOf(context, ended, { reason: 'subscription_update', lines, period, withItems: true });
  context.store.put('subscription', { ...ended, latestInvoice: draft.id });
  const { error } = finalise(context, draft);
  if (error !== null) throw new Refusal(error);
  return must(context, 'subscription', subscription.id);
}
