/** An invoice that nobody is to pay any more: its intent and its payment are canceled. */
import type { Context } from '../context.ts';
import { move } from '../move.ts';
import type { Invoice } from '../objects/invoice.ts';
import { secondsOf } from '../seconds.ts';

function dropPayment(context: Context, { paymentIntent, payment: paymentId }: Invoice): void {
  const canceledAt = secondsOf(context.now);
  const intent = paymentIntent === null ? null : context.store.get('payment_intent', paymentIntent);
  if (intent !== null) move(context, 'payment_intent', intent, 'canceled', { canceledAt });
  const payment = paymentId === null ? null : context.store.get('invoice_payment', paymentId);
  if (payment !== null) context.store.put('invoice_payment', { ...payment, status: 'canceled', canceledAt });
}

/** Open or uncollectible → void, with nothing of what follows for its subscription. */
export function voided(context: Context, invoice: Invoice): Invoice {
  context.store.clearAllDue(invoice.id);
  const voidedAt = secondsOf(context.now);
  const after = move(context, 'invoice', invoice, 'voided', { autoAdvance: false, nextAttempt: null, voidedAt });
  dropPayment(context, after);
  return after;
}
