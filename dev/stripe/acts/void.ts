/** Gives up an open invoice: void, or uncollectible. */
import type { Context } from '../context.ts';
import { move } from '../move.ts';
import type { Invoice } from '../objects/invoice.ts';
import { secondsOf } from '../seconds.ts';
import { must } from '../wires.ts';
import { settleDropped } from './settle.ts';

/** Nobody can pay it any more. */
export function voidInvoice(context: Context, invoice: Invoice): Invoice {
  const now = secondsOf(context.now);
  context.store.clearAllDue(invoice.id);
  const after = move(context, 'invoice', invoice, 'voided', { autoAdvance: false, nextAttempt: null, voidedAt: now });
  const intent = after.paymentIntent === null ? null : context.store.get('payment_intent', after.paymentIntent);
  if (intent !== null) move(context, 'payment_intent', intent, 'canceled', { canceledAt: now });
  const payment = after.payment === null ? null : context.store.get('invoice_payment', after.payment);
  if (payment !== null) context.store.put('invoice_payment', { ...payment, status: 'canceled', canceledAt: now });
  settleDropped(context, after, 'voided');
  return must(context, 'invoice', invoice.id);
}

/** It may still be paid, but nobody counts on it. */
export function markUncollectible(context: Context, invoice: Invoice): Invoice {
  context.store.clearAllDue(invoice.id);
  const after = move(context, 'invoice', invoice, 'marked_uncollectible', {
    autoAdvance: false,
    nextAttempt: null,
    uncollectibleAt: secondsOf(context.now),
    uncollectibleReason: 'user_forgiven',
  });
  settleDropped(context, after, 'marked_uncollectible');
  return must(context, 'invoice', invoice.id);
}
