/** Draft → open: number, tax, credit balance, payment intent; then what collection does by itself. */
import type { Context } from '../context.ts';
import { invalid, type StripeError } from '../errors.ts';
import { newId } from '../ids.ts';
import { move } from '../move.ts';
import { invoiceNumber } from '../objects/customer.ts';
import { amountDueOf, type Invoice } from '../objects/invoice.ts';
import { taxRateOf } from '../objects/tax.ts';
import { daySeconds, secondsOf } from '../seconds.ts';
import { must, totalsOfInvoice } from '../wires.ts';
import { newIntent } from './charge.ts';
import { withUsage } from './invoice.ts';
import { markPaid, payInvoice } from './pay.ts';

/** Less than this is not charged; it goes to the customer's balance. https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts */
const chargeCentsMin = 50;

const noLocation = 'customer_tax_location_invalid';
/** What is refused while it cannot be told by which tax: https://docs.stripe.com/error-codes#customer-tax-location-invalid */
export const locationRefused = (): StripeError =>
  invalid(
    "The customer's location isn't recognized. Set a valid customer address in order to automatically calculate tax.",
    noLocation,
  );

export type Finalised = { invoice: Invoice; error: StripeError | null };

/** The sums as they are from now on, and what is left on the customer's balance. */
function freeze(context: Context, invoice: Invoice): Invoice {
  const customer = must(context, 'customer', invoice.customer);
  const totals = totalsOfInvoice(context, invoice);
  const owed = totals.total + customer.balance;
  const endingBalance = owed < chargeCentsMin ? owed : 0;
  const kept = {
    ...customer,
    balance: endingBalance,
    currency: invoice.currency,
    nextInvoice: customer.nextInvoice + 1,
  };
  context.store.put('customer', kept);
  const now = secondsOf(context.now);
  const days = invoice.daysUntilDue ?? 30;
  return move(context, 'invoice', invoice, 'finalized', {
    number: invoice.number ?? invoiceNumber(customer, customer.nextInvoice),
    frozen: { totals, customer, startingBalance: customer.balance, endingBalance },
    finalizedAt: now,
    finalizesAt: null,
    lastFinalizationError: null,
    dueDate: invoice.collection === 'send_invoice' ? (invoice.dueDate ?? now + days * daySeconds) : null,
  });
}

function withIntent(context: Context, invoice: Invoice, amount: number): Invoice {
  const intent = newIntent(context, {
    customer: invoice.customer,
    amount,
    currency: invoice.currency,
    invoice: invoice.id,
  });
  const payment = newId('inpay');
  context.store.put('invoice_payment', {
    id: payment,
    created: secondsOf(context.now),
    invoice: invoice.id,
    amountRequested: amount,
    amountPaid: null,
    currency: invoice.currency,
    paymentIntent: intent.id,
    status: 'open',
    paidAt: null,
    canceledAt: null,
  });
  const after = { ...invoice, paymentIntent: intent.id, payment };
  context.store.put('invoice', after);
  return after;
}

/** Finalises a draft; nothing is charged yet, but what costs nothing is paid. Refuses what is no draft. */
export function finalise(context: Context, invoice: Invoice): Finalised {
  context.store.clearDue('finalise', invoice.id);
  const { finalizesAt } = invoice;
  const isAhead = invoice.autoAdvance && finalizesAt !== null && finalizesAt > secondsOf(context.now);
  if (
    invoice.status === 'draft' &&
    invoice.automaticTax &&
    taxRateOf(must(context, 'customer', invoice.customer)) === null
  ) {
    const stuck = move(context, 'invoice', invoice, 'finalization_failed', {
      lastFinalizationError: noLocation,
      finalizesAt: isAhead ? finalizesAt : null,
    });
    // Whether Stripe still does at that time what it was told to, its documents leave open.
    if (isAhead) context.store.setDue('finalise', invoice.id, finalizesAt * 1000);
    return { invoice: stuck, error: locationRefused() };
  }
  const open = freeze(context, { ...invoice, lines: withUsage(context, invoice) });
  const due = amountDueOf(open, totalsOfInvoice(context, open));
  if (due === 0) return { invoice: markPaid(context, open, {}), error: null };
  return { invoice: withIntent(context, open, due), error: null };
}

/** What automatic collection does with an invoice that has just been opened. */
export function collect(context: Context, invoice: Invoice): Invoice {
  if (invoice.status !== 'open' || !invoice.autoAdvance) return invoice;
  if (invoice.collection === 'charge_automatically') {
    return payInvoice(context, invoice, { method: null, authenticated: null }).invoice;
  }
  if (invoice.dueDate !== null) context.store.setDue('overdue', invoice.id, invoice.dueDate * 1000);
  return move(context, 'invoice', invoice, 'sent');
}
