/** One attempt to pay an open invoice, and the retries after it. What its subscription makes of it is settle.ts's. */
import type { Context } from '../context.ts';
import { refuse } from '../errors.ts';
import { move } from '../move.ts';
import type { Decline } from '../objects/cards.ts';
import type { PaymentIntent } from '../objects/intent.ts';
import { amountDueOf, type Invoice } from '../objects/invoice.ts';
import type { PaymentMethod } from '../objects/payment-method.ts';
import { daySeconds, secondsOf } from '../seconds.ts';
import { must, totalsOfInvoice } from '../wires.ts';
import { chargeIntent, notAuthenticated } from './charge.ts';
import { settleFailed, settlePaid } from './settle.ts';

export type Paying = {
  /** Null: what the invoice, its subscription or the customer has as default. */
  method: string | null;
  /** The customer has just confirmed it (true), or has not (false); null: nobody was asked. */
  authenticated: boolean | null;
};
export type Payment = { invoice: Invoice; outcome: 'paid' | 'action' | 'declined'; decline: Decline | null };

/** Days after the first attempt; Stripe's own schedule is learnt, this one is fixed. */
const retryDays = [1, 3, 5, 7];

const noMethod: Decline = {
  code: 'missing',
  declineCode: 'missing',
  message: 'There is no `default_payment_method` set on this Customer or Invoice.',
};
const askedFor: Decline = {
  code: 'authentication_required',
  declineCode: 'authentication_required',
  message: 'Your card was declined. This transaction requires authentication.',
};

export const remainingOf = (context: Context, invoice: Invoice): number =>
  amountDueOf(invoice, totalsOfInvoice(context, invoice)) - invoice.amountPaid;

/** The card that an invoice is paid with when nobody names one. */
export function defaultMethodOf({ store }: Context, invoice: Invoice): PaymentMethod | null {
  const subscription = invoice.subscription === null ? null : store.get('subscription', invoice.subscription);
  const customer = store.get('customer', invoice.customer);
  const id =
    invoice.defaultPaymentMethod ?? subscription?.defaultPaymentMethod ?? customer?.defaultPaymentMethod ?? null;
  return id === null ? null : store.get('payment_method', id);
}

/** The next instant at which Stripe tries again, null where it has given up or never does by itself. */
function nextAttemptOf(invoice: Invoice, first: number, now: number): number | null {
  if (!invoice.autoAdvance || invoice.collection !== 'charge_automatically') return null;
  return retryDays.map((days) => first + days * daySeconds).find((at) => at > now) ?? null;
}

/** The invoice is paid: by card, by nothing due, or by money that went another way. */
export function markPaid(context: Context, invoice: Invoice, paidNow: Partial<Invoice>): Invoice {
  const now = secondsOf(context.now);
  const paid = move(context, 'invoice', invoice, 'paid', {
    ...paidNow,
    autoAdvance: false,
    nextAttempt: null,
    paidAt: now,
  });
  const payment = paid.payment === null ? null : context.store.get('invoice_payment', paid.payment);
  if (payment !== null) {
    context.store.put('invoice_payment', { ...payment, status: 'paid', amountPaid: paid.amountPaid, paidAt: now });
  }
  context.store.clearAllDue(invoice.id);
  settlePaid(context, paid);
  return must(context, 'invoice', invoice.id);
}

function failed(context: Context, invoice: Invoice, by: 'payment_failed' | 'payment_action_required'): Invoice {
  const now = secondsOf(context.now);
  const firstAttemptAt = invoice.firstAttemptAt ?? now;
  const nextAttempt = nextAttemptOf(invoice, firstAttemptAt, now);
  const after = move(context, 'invoice', invoice, by, {
    attemptCount: invoice.attemptCount + 1,
    firstAttemptAt,
    nextAttempt,
  });
  if (nextAttempt === null) context.store.clearDue('retry', invoice.id);
  else context.store.setDue('retry', invoice.id, nextAttempt * 1000);
  const exhausted = nextAttempt === null && invoice.autoAdvance && invoice.collection === 'charge_automatically';
  settleFailed(context, after, exhausted);
  return must(context, 'invoice', invoice.id);
}

/** Tries to pay it now. Refuses what is not open and not uncollectible. */
export function payInvoice(context: Context, invoice: Invoice, { method, authenticated }: Paying): Payment {
  if (invoice.status === 'paid') refuse('Invoice is already paid', 'invoice_already_paid');
  if (invoice.paymentIntent === null) return refuse(`This invoice is ${invoice.status}: it can't be paid.`);
  const intent: PaymentIntent = must(context, 'payment_intent', invoice.paymentIntent);
  const card = method === null ? defaultMethodOf(context, invoice) : must(context, 'payment_method', method);
  if (card === null) {
    return { invoice: failed(context, invoice, 'payment_failed'), outcome: 'declined', decline: noMethod };
  }
  if (authenticated === false) {
    move(context, 'payment_intent', intent, 'declined', { lastError: notAuthenticated, paymentMethod: null });
    return { invoice: failed(context, invoice, 'payment_failed'), outcome: 'declined', decline: notAuthenticated };
  }
  const amount = remainingOf(context, invoice);
  const bank = chargeIntent(context, { ...intent, amount }, card, authenticated === true);
  if (bank.kind === 'paid') {
    const paidNow = { amountPaid: invoice.amountPaid + amount, attemptCount: invoice.attemptCount + 1 };
    return { invoice: markPaid(context, invoice, paidNow), outcome: 'paid', decline: null };
  }
  if (bank.kind === 'action') {
    return { invoice: failed(context, invoice, 'payment_action_required'), outcome: 'action', decline: askedFor };
  }
  return { invoice: failed(context, invoice, 'payment_failed'), outcome: 'declined', decline: bank.decline };
}
