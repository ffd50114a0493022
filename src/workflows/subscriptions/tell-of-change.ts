/**
 * What a change that Stripe has brought leads to beside the customer's own rows: people are told of it, and a subscription that
 * was paused because nothing was paid goes on at Stripe when it is.
 */
import type { SubscriptionRow } from '../../customers/store.ts';
import type { Write } from '../../db/write.ts';
import type { Notice } from '../../notices/notice.ts';
import type { StripeSubscription } from '../../stripe/subscriptions.ts';
import { aboutOf } from '../../subscriptions/due-store.ts';
import type { Context } from '../deed.ts';
import { planNotice } from '../plan-notice.ts';
import { planResume } from './pause-at-stripe.ts';

/** The subscription as it was, as it will be, and as Stripe shows it. */
export interface Change {
  before: SubscriptionRow;
  next: SubscriptionRow;
  found: StripeSubscription;
}

/** Statements for the batch of the change, and the outbox rows among them. */
export function tellOfChange(context: Context, change: Change): { writes: Write[]; outbox: string[] } {
  const notice = noticeOf(context, change);
  const told = notice === null ? null : planNotice(context, notice);
  const resumed = isPaidWhilePaused(change) ? planResume(context, change.next) : { writes: [], outbox: [] };
  return {
    writes: [...(told?.writes ?? []), ...resumed.writes],
    outbox: [...(told === null ? [] : [told.outboxId]), ...resumed.outbox],
  };
}

/** Nothing is made of a pause while it lasts: only the payment of what was owed ends ours. */
const isPaidWhilePaused = ({ next, found }: Change): boolean =>
  found.status === 'paused' && next.suspendedFor === 'unpaid' && found.latestInvoice?.status === 'paid';

/** What people are told; null where nothing has happened to them. A payment that has failed is told by its invoice's event. */
function noticeOf({ now, settings }: Context, { before, next, found }: Change): Notice | null {
  const { customerId } = next;
  if (next.status === before.status) return null;
  if (next.status === 'canceled') {
    const params = { delete_at: now + settings.deleteAfterMs };
    return { customerId, kind: 'canceled', about: aboutOf(next.canceledAt ?? now), params };
  }
  if (next.status !== 'active') return null;
  if (before.suspendedFor === 'unpaid') {
    return { customerId, kind: 'recovered', about: found.latestInvoiceId ?? aboutOf(now), params: {} };
  }
  return before.stripeSubscriptionId === null
    ? { customerId, kind: 'converted', about: found.id, params: { plan: next.plan } }
    : null;
}
