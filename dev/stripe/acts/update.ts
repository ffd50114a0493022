/** Changes a subscription: its items with what they cost, or what costs nothing. */
import type { Context } from '../context.ts';
import { Refusal, refuse, type StripeError } from '../errors.ts';
import { move } from '../move.ts';
import type { Invoice } from '../objects/invoice.ts';
import { periodEndOf, periodStartOf, type Subscription } from '../objects/subscription.ts';
import { secondsOf } from '../seconds.ts';
import { must } from '../wires.ts';
import { type Change, type Planned, planChange } from './change-items.ts';
import { collect, finalise } from './finalise.ts';
import { invoiceOf, waitingItems } from './invoice.ts';
import { payInvoice } from './pay.ts';
import { keepForNext } from './prorate.ts';
import { cardErrorOf, type PaymentBehavior } from './subscribe.ts';
import { paymentWindowSeconds, setDues } from './subscription.ts';

type Attributes = Partial<Subscription>;

/** The draft of what an update costs at once, null where that is nothing. */
export function draftOf(context: Context, subscription: Subscription, planned: Planned): Invoice | null {
  const waiting = waitingItems(context, subscription.customer, subscription.id);
  if (!planned.isInvoiced || (planned.lines.length === 0 && waiting.length === 0)) return null;
  const period = { start: periodStartOf(subscription), end: periodEndOf(subscription) };
  return invoiceOf(context, subscription, {
    reason: 'subscription_update',
    lines: planned.lines,
    period,
    withItems: true,
  });
}

/** Finalises and collects it in this request. Throws Refusal where it fails and the call says that nothing may then change. */
function payNow(context: Context, draft: Invoice, behavior: PaymentBehavior): void {
  const { invoice, error } = finalise(context, draft);
  if (error !== null) throw new Refusal(error);
  if (invoice.status === 'paid' || behavior === 'default_incomplete') return;
  if (invoice.collection === 'send_invoice') {
    collect(context, invoice);
    return;
  }
  const payment = payInvoice(context, invoice, { method: null, authenticated: null });
  if (payment.outcome !== 'paid' && behavior === 'error_if_incomplete') throw new Refusal(cardErrorOf(payment));
}

/** The old items stand until the invoice is paid. */
function pend(context: Context, subscription: Subscription, planned: Planned, draft: Invoice): Subscription {
  const expiresAt = Math.min(secondsOf(context.now) + paymentWindowSeconds, periodEndOf(subscription));
  const { items, anchor, trialEnd } = planned;
  const pendingUpdate = { invoice: draft.id, expiresAt, items, anchor, trialEnd, waits: false };
  const before = { ...subscription, latestInvoice: draft.id };
  context.store.put('subscription', { ...before, pendingUpdate });
  payNow(context, draft, 'pending_if_incomplete');
  const now = must(context, 'subscription', subscription.id);
  if (now.pendingUpdate === null) return now;
  // The event says what differs from the subscription as it was before the call.
  context.store.put('subscription', subscription);
  const waits = { ...pendingUpdate, waits: true };
  const pended = move(context, 'subscription', before, 'update_pended', { pendingUpdate: waits });
  setDues(context, pended);
  return pended;
}

export function changeItems(
  context: Context,
  subscription: Subscription,
  change: Change,
  attributes: Attributes,
  behavior: PaymentBehavior,
): Subscription {
  if (subscription.pendingUpdate !== null) refuse('This subscription has a pending update.', undefined, 'items');
  const planned = planChange(context, subscription, change);
  const draft = draftOf(context, subscription, planned);
  if (draft !== null && behavior === 'pending_if_incomplete') return pend(context, subscription, planned, draft);
  const { items, anchor, trialEnd, status } = planned;
  const changes = { ...attributes, items, anchor, trialEnd, latestInvoice: draft?.id ?? subscription.latestInvoice };
  const by = status === subscription.status ? 'updated' : status === 'trialing' ? 'trial_started' : 'trial_ended';
  setDues(context, move(context, 'subscription', subscription, by, changes));
  if (!planned.isInvoiced) keepForNext(context, subscription, planned.lines);
  if (draft !== null) payNow(context, draft, behavior);
  return must(context, 'subscription', subscription.id);
}

/** Changes what costs nothing. */
export function changeAttributes(context: Context, subscription: Subscription, attributes: Attributes): Subscription {
  const updated = move(context, 'subscription', subscription, 'updated', attributes);
  setDues(context, updated);
  return updated;
}

/** What an update may not touch in the state that the subscription is in. Null: go on. */
export function refusedUpdate({ status, schedule }: Subscription, names: readonly string[]): StripeError | null {
  const only = (allowed: readonly string[], message: string): StripeError | null => {
    const surplus = names.find((name) => !allowed.includes(name));
    if (surplus === undefined) return null;
    return { status: 400, error: { type: 'invalid_request_error', message, param: surplus } };
  };
  if (status === 'canceled' || status === 'incomplete_expired') {
    const message = 'A canceled subscription can only update its cancellation_details and metadata.';
    return only(['cancellation_details', 'metadata'], message);
  }
  if (status === 'incomplete') {
    const message = 'A subscription that is incomplete can only update its metadata and default_payment_method.';
    return only(['default_payment_method', 'metadata'], message);
  }
  if (schedule === null) return null;
  const managed = ['items', 'cancel_at', 'cancel_at_period_end', 'trial_end', 'billing_cycle_anchor'];
  const touched = names.find((name) => managed.includes(name));
  if (touched === undefined) return null;
  const message = `The subscription is managed by the subscription schedule \`${schedule}\`, and updating any cancelation behavior or items directly is not allowed. Please update the schedule instead.`;
  return { status: 400, error: { type: 'invalid_request_error', message, param: touched } };
}
