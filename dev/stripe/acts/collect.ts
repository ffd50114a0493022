/** What collection does by itself after the first attempt: retries, and a due date that passes. */
import type { Context } from '../context.ts';
import { canMove, move } from '../move.ts';
import type { Invoice } from '../objects/invoice.ts';
import { must } from '../wires.ts';
import { payInvoice } from './pay.ts';
import { setDues } from './subscription.ts';

export function retryPayment(context: Context, invoice: Invoice): void {
  if (invoice.status === 'open' && invoice.autoAdvance)
    payInvoice(context, invoice, { method: null, authenticated: null });
}

export function overdue(context: Context, invoice: Invoice): void {
  if (invoice.status !== 'open') return;
  move(context, 'invoice', invoice, 'overdue');
  if (invoice.subscription === null) return;
  const subscription = must(context, 'subscription', invoice.subscription);
  if (!canMove('subscription', subscription.status, 'overdue')) return;
  setDues(context, move(context, 'subscription', subscription, 'overdue'));
}
