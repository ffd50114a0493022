/** What is over when its time is: a first invoice that nobody paid, a resumption, a phase, a subscription with a date. */
import type { Context } from '../context.ts';
import { move } from '../move.ts';
import { periodEndOf, type Subscription } from '../objects/subscription.ts';
import { secondsOf } from '../seconds.ts';
import { must } from '../wires.ts';
import { enterPhases } from './phases.ts';
import { keepForNext, prorationsOf } from './prorate.ts';
import { endAtPeriod } from './renew.ts';
import { setDues } from './subscription.ts';
import { voidInvoice } from './void.ts';

/** `cancel_at` inside a period. */
export function cancelAtInstant(context: Context, subscription: Subscription): void {
  endAtPeriod(context, subscription);
}

/** 23 hours: the subscription is as if it had never been, its invoice void. */
export function incompleteExpired(context: Context, subscription: Subscription): void {
  const endedAt = secondsOf(context.now);
  const expired = move(context, 'subscription', subscription, 'first_invoice_expired', { endedAt });
  setDues(context, expired);
  if (expired.latestInvoice === null) return;
  const invoice = must(context, 'invoice', expired.latestInvoice);
  if (invoice.status === 'open') voidInvoice(context, invoice);
}

/** Nobody tried to pay for the resumption: its invoice is void and the subscription stays paused. */
export function resumptionExpired(context: Context, subscription: Subscription): void {
  if (subscription.resumption === null) return;
  const invoice = must(context, 'invoice', subscription.resumption.invoice);
  if (invoice.status === 'open') voidInvoice(context, invoice);
}

/** A phase that begins inside a period; one that begins with a period comes with its renewal. */
export function phaseDue(context: Context, subscription: Subscription): void {
  const at = secondsOf(context.now);
  if (subscription.schedule === null || periodEndOf(subscription) <= at) return;
  const { phases, current } = must(context, 'subscription_schedule', subscription.schedule);
  const prorating = phases[current + 1]?.prorating ?? 'none';
  const after = enterPhases(context, subscription, at);
  if (prorating !== 'none') {
    keepForNext(context, subscription, prorationsOf(context, subscription, after.items, at));
  }
  setDues(context, move(context, 'subscription', after, 'updated'));
}
