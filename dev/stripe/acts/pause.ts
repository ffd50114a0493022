/** Stripe's own pause of a subscription in flexible billing, and its way back. */
import type { Context } from '../context.ts';
import { Refusal, refuse } from '../errors.ts';
import { move } from '../move.ts';
import type { Line } from '../objects/line.ts';
import { periodAround } from '../objects/period.ts';
import { type Item, periodStartOf, type Subscription } from '../objects/subscription.ts';
import { secondsOf } from '../seconds.ts';
import { must } from '../wires.ts';
import { finalise } from './finalise.ts';
import { feeLine, invoiceOf, waitingItems } from './invoice.ts';
import { payInvoice } from './pay.ts';
import { creditsFor, keepForNext } from './prorate.ts';
import { resumePaused } from './resume.ts';
import { setDues } from './subscription.ts';

export type Pause = { unusedTimeFrom: 'now' | 'item_current_period_start' | 'none'; isInvoiced: boolean };
export type Resume = {
  anchor: 'now' | 'unchanged';
  prorating: 'create_prorations' | 'always_invoice' | 'none';
  /** Unix seconds; null: now. */
  prorationDate: number | null;
  onSuccessOnly: boolean;
};

/**
 * Refuses a subscription with a schedule, one that is free, paid by sent invoices, or in no state to be paused:
 * https://docs.stripe.com/billing/subscriptions/pause#limitations
 */
export function pauseSubscription(context: Context, subscription: Subscription, pause: Pause): Subscription {
  if (subscription.schedule !== null) refuse('You cannot pause a subscription that has a schedule attached.');
  if (subscription.status === 'trialing') refuse('You cannot pause a subscription in its trial period.');
  if (subscription.collection !== 'charge_automatically') {
    refuse('Only subscriptions with collection_method=charge_automatically can be paused.');
  }
  const now = secondsOf(context.now);
  const from = pause.unusedTimeFrom === 'now' ? now : periodStartOf(subscription);
  const isCredited = pause.unusedTimeFrom !== 'none';
  const credits = isCredited ? creditsFor(context, subscription, subscription.items, from) : [];
  // The period ends here, also where nothing of it is given back.
  const items = subscription.items.map((item) => ({ ...item, end: Math.max(item.start, now) }));
  const paused = move(context, 'subscription', subscription, 'paused', {
    items,
    paused: { reason: 'pause_requested', at: now },
  });
  setDues(context, paused);
  if (credits.length === 0) return paused;
  if (!pause.isInvoiced) {
    keepForNext(context, paused, credits);
    return paused;
  }
  const period = { start: periodStartOf(subscription), end: now };
  const draft = invoiceOf(context, paused, { reason: 'subscription_update', lines: credits, period, withItems: true });
  context.store.put('subscription', { ...paused, latestInvoice: draft.id });
  finalise(context, draft);
  return must(context, 'subscription', subscription.id);
}

/** The fee of the rest of a period. */
function restOf(context: Context, subscription: Subscription, items: readonly Item[], at: number): Line[] {
  return creditsFor(context, subscription, items, at).map((line) => ({
    ...line,
    amount: -line.amount,
    description: line.description?.replace('Unused', 'Remaining') ?? null,
  }));
}

type Ahead = { items: Item[]; anchor: number; lines: Line[]; isInvoiced: boolean };

function aheadOf(context: Context, subscription: Subscription, resume: Resume): Ahead {
  const now = secondsOf(context.now);
  const anchor = resume.anchor === 'now' ? now : subscription.anchor;
  const items = subscription.items.map((item) => {
    const { recurring } = must(context, 'price', item.price);
    return { ...item, ...periodAround(anchor, recurring ?? { interval: 'month', count: 1 }, now) };
  });
  if (resume.anchor === 'now') {
    const lines = items.map((item) => feeLine(context, subscription, item)).filter((line) => line !== null);
    return { items, anchor, lines, isInvoiced: true };
  }
  const lines = resume.prorating === 'none' ? [] : restOf(context, subscription, items, resume.prorationDate ?? now);
  return { items, anchor, lines, isInvoiced: resume.prorating === 'always_invoice' };
}

/**
 * Goes on at once, or when the invoice that this costs is paid or its payment was tried. Refuses a subscription that is not
 * paused, or that is paid by sent invoices.
 */
export function resumeSubscription(context: Context, subscription: Subscription, resume: Resume): Subscription {
  if (subscription.status !== 'paused')
    refuse(`This subscription is ${subscription.status}, and only a paused one can be resumed.`);
  if (subscription.collection !== 'charge_automatically') {
    refuse('Only subscriptions with collection_method=charge_automatically can be resumed.');
  }
  if (subscription.resumption !== null) refuse('This subscription has a resumption invoice already.');
  const { items, anchor, lines, isInvoiced } = aheadOf(context, subscription, resume);
  const waiting = waitingItems(context, subscription.customer, subscription.id);
  if (!isInvoiced || (lines.length === 0 && waiting.length === 0)) {
    keepForNext(context, subscription, lines);
    resumePaused(context, { ...subscription, items, anchor }, 'resumed');
    return must(context, 'subscription', subscription.id);
  }
  const now = secondsOf(context.now);
  const draft = invoiceOf(context, subscription, {
    reason: 'subscription_update',
    lines,
    period: { start: now, end: now },
    withItems: true,
  });
  const resumption = { invoice: draft.id, since: now, onSuccessOnly: resume.onSuccessOnly, anchor, items };
  const waits = { ...subscription, latestInvoice: draft.id, resumption };
  context.store.put('subscription', waits);
  setDues(context, waits);
  const { invoice, error } = finalise(context, draft);
  if (error !== null) throw new Refusal(error);
  if (invoice.status === 'open' && resume.onSuccessOnly) {
    payInvoice(context, invoice, { method: null, authenticated: null });
  }
  return must(context, 'subscription', subscription.id);
}
