/** What people are told of a change that Stripe has brought. A payment that has failed is told by its invoice's event. */
import type { SubscriptionRow } from '../../customers/store.ts';
import type { Write } from '../../db/write.ts';
import type { Notice } from '../../notices/notice.ts';
import type { StripeSubscription } from '../../stripe/subscriptions.ts';
import { aboutOf } from '../../subscriptions/due-store.ts';
import type { Context } from '../deed.ts';
import { planNotice } from '../plan-notice.ts';

/** The subscription as it was, as it will be, and as Stripe shows it. */
export interface Change {
  before: SubscriptionRow;
  next: SubscriptionRow;
  found: StripeSubscription;
}

/** Statements for the batch of the change, and the outbox rows among them. */
export function tellOfChange(context: Context, change: Change): { writes: Write[]; outbox: string[] } {
  const notice = noticeOf(context, change);
  if (notice === null) return { writes: [], outbox: [] };
  const { writes, outboxId } = planNotice(context, notice);
  return { writes, outbox: [outboxId] };
}

/** Null where nothing has happened to them. */
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
