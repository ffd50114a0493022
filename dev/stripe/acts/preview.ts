/** What a change of a subscription would cost: it is done, looked at and undone, so that preview and deed cannot differ. */
import type { Context } from '../context.ts';
import { refuse } from '../errors.ts';
import type { Invoice } from '../objects/invoice.ts';
import { periodEndOf, type Subscription } from '../objects/subscription.ts';
import { must } from '../wires.ts';
import { type Change, planChange } from './change-items.ts';
import { periodEnded } from './renew.ts';
import { changeItems, draftOf } from './update.ts';

/** Runs it and undoes everything that it wrote. */
function undone<T>({ store: { db } }: Context, work: () => T): T {
  db.exec('SAVEPOINT preview');
  try {
    return work();
  } finally {
    db.exec('ROLLBACK TO preview');
    db.exec('RELEASE preview');
  }
}

const nothing = (): never => refuse('No upcoming invoices for customer', 'invoice_upcoming_none');

/** The renewal at the end of the period. */
function nextOf(context: Context, subscription: Subscription): Invoice {
  const at = periodEndOf(subscription) * 1000;
  periodEnded({ ...context, now: at }, subscription);
  const { latestInvoice } = must(context, 'subscription', subscription.id);
  if (latestInvoice === null || latestInvoice === subscription.latestInvoice) return nothing();
  return must(context, 'invoice', latestInvoice);
}

/**
 * The invoice that a change makes at once, or, where it makes none, the next renewal with it.
 * @param show renders it while it is there
 */
export function preview<T>(
  context: Context,
  subscription: Subscription,
  change: Change | null,
  show: (context: Context, invoice: Invoice) => T,
): T {
  return undone(context, () => {
    if (change === null) return show(context, nextOf(context, subscription));
    const draft = draftOf(context, subscription, planChange(context, subscription, change));
    if (draft !== null) return show(context, draft);
    return show(context, nextOf(context, changeItems(context, subscription, change, {}, 'allow_incomplete')));
  });
}
