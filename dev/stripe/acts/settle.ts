/** What a subscription and its customer make of an invoice that was paid, failed or was given up. Owns no payment. */
import type { Context } from '../context.ts';
import { move } from '../move.ts';
import type { Invoice } from '../objects/invoice.ts';
import type { Subscription } from '../objects/subscription.ts';
import { secondsOf } from '../seconds.ts';
import { must } from '../wires.ts';
import { applyPending } from './pending.ts';
import { resumePaused } from './resume.ts';
import { endSubscription, setDues } from './subscription.ts';

const subscriptionOf = (context: Context, { subscription }: Invoice): Subscription | null =>
  subscription === null ? null : must(context, 'subscription', subscription);

/** A customer is delinquent while the latest invoice that Stripe tried to charge has failed. */
function setDelinquent(context: Context, id: string): void {
  const invoices = context.store.list('invoice', { customer: id, key: 'open' });
  const customer = must(context, 'customer', id);
  const delinquent = invoices.some(({ attemptCount }) => attemptCount > 0);
  if (delinquent !== customer.delinquent) context.store.put('customer', { ...customer, delinquent });
}

/** Whether no invoice of the subscription was finalised after this one: only that one decides. */
function isLatest(context: Context, invoice: Invoice): boolean {
  const all = context.store.list('invoice', { parent: invoice.subscription ?? '' });
  return all.find(({ status, id }) => status !== 'draft' || id === invoice.id)?.id === invoice.id;
}

export function settlePaid(context: Context, invoice: Invoice): void {
  setDelinquent(context, invoice.customer);
  const subscription = subscriptionOf(context, invoice);
  if (subscription === null) return;
  const owes = ['incomplete', 'past_due', 'unpaid'].includes(subscription.status);
  if (subscription.pendingUpdate?.invoice === invoice.id) applyPending(context, subscription);
  else if (subscription.resumption?.invoice === invoice.id) resumePaused(context, subscription, 'resumed');
  else if (owes && isLatest(context, invoice)) setDues(context, move(context, 'subscription', subscription, 'paid'));
}

/** @param exhausted it was the last attempt of Stripe's own */
export function settleFailed(context: Context, invoice: Invoice, exhausted: boolean): void {
  setDelinquent(context, invoice.customer);
  const subscription = subscriptionOf(context, invoice);
  if (subscription === null || subscription.pendingUpdate?.invoice === invoice.id) return;
  if (subscription.resumption?.invoice === invoice.id) {
    if (!subscription.resumption.onSuccessOnly) resumePaused(context, subscription, 'resumed_unpaid');
    return;
  }
  if (subscription.status !== 'active' && subscription.status !== 'past_due') return;
  const late = move(context, 'subscription', subscription, 'payment_failed');
  if (exhausted) giveUp(context, late);
}

/** What the account is set to do when the last retry has failed: `past_due` (nothing), `unpaid` or `cancel`. */
function giveUp(context: Context, subscription: Subscription): void {
  const setting = context.store.setting('after_retries') ?? 'past_due';
  if (setting === 'unpaid') setDues(context, move(context, 'subscription', subscription, 'retries_exhausted'));
  if (setting === 'cancel') endSubscription(context, subscription, 'retries_exhausted_cancel');
}

/** An invoice was voided or marked uncollectible: nothing is owed for it any more. */
export function settleDropped(context: Context, invoice: Invoice, how: 'voided' | 'marked_uncollectible'): void {
  setDelinquent(context, invoice.customer);
  const subscription = subscriptionOf(context, invoice);
  if (subscription === null) return;
  const { pendingUpdate, resumption, status } = subscription;
  if (pendingUpdate?.invoice === invoice.id) {
    setDues(context, move(context, 'subscription', subscription, 'pending_update_expired', { pendingUpdate: null }));
  } else if (resumption?.invoice === invoice.id) {
    if (how === 'marked_uncollectible') resumePaused(context, subscription, 'resumed');
    else context.store.put('subscription', { ...subscription, resumption: null });
  } else if (status === 'incomplete') {
    const by = how === 'voided' ? 'first_invoice_voided' : 'first_invoice_uncollectible';
    setDues(
      context,
      move(context, 'subscription', subscription, by, { endedAt: how === 'voided' ? secondsOf(context.now) : null }),
    );
  } else if (status === 'past_due' && isLatest(context, invoice)) {
    setDues(context, move(context, 'subscription', subscription, 'debt_dropped'));
  }
}
