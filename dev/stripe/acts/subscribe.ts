/** Makes a subscription: its items, its trial, its first invoice and that invoice's payment. */
import type { Context } from '../context.ts';
import { cardError, Refusal, refuse, type StripeError } from '../errors.ts';
import { newId } from '../ids.ts';
import { begin, move } from '../move.ts';
import type { Invoice } from '../objects/invoice.ts';
import type { Line } from '../objects/line.ts';
import { periodAround } from '../objects/period.ts';
import type { Price } from '../objects/product.ts';
import type { Collection, Item, Subscription } from '../objects/subscription.ts';
import { daySeconds, secondsOf } from '../seconds.ts';
import { must } from '../wires.ts';
import { finalise } from './finalise.ts';
import { feeLine, invoiceOf, lineOf } from './invoice.ts';
import { type Paying, type Payment, payInvoice } from './pay.ts';
import { isNoticeLate, setDues } from './subscription.ts';

export type PaymentBehavior =
  | 'allow_incomplete'
  | 'default_incomplete'
  | 'error_if_incomplete'
  | 'pending_if_incomplete';

export type Subscribe = {
  customer: string;
  items: { price: Price; quantity: number | null; metadata: Record<string, string> }[];
  automaticTax: boolean;
  cancelAt: number | null;
  cancelAtPeriodEnd: boolean;
  collection: Collection;
  daysUntilDue: number | null;
  defaultPaymentMethod: string | null;
  description: string | null;
  discounts: string[];
  metadata: Record<string, string>;
  trialEnd: number | null;
  missingPaymentMethod: Subscription['missingPaymentMethod'];
  behavior: PaymentBehavior;
  paying: Paying;
};
export type Subscribed = { subscription: Subscription; payment: Payment | null };

const itemsMax = 20;
const daysMax = 2 * 365;

/** The one interval that all items share. Refuses prices that cannot stand together. */
export function stepOf(prices: readonly Price[]) {
  const [first, ...others] = prices;
  if (first === undefined) return refuse('Missing required param: items.', 'parameter_missing', 'items');
  if (prices.length > itemsMax) return refuse(`A subscription has at most ${itemsMax} items.`, undefined, 'items');
  for (const price of prices) {
    if (!price.active) refuse(`The price specified is inactive: ${price.id}`, 'resource_missing', 'items');
    if (price.recurring === null) refuse('The price specified is set to `type=one_time`', undefined, 'items');
  }
  const { recurring } = first;
  if (recurring === null) return refuse('The price specified is set to `type=one_time`', undefined, 'items');
  for (const { recurring: other, currency } of others) {
    if (currency !== first.currency)
      refuse('All prices on a subscription must have the same currency.', undefined, 'items');
    if (other?.interval !== recurring.interval || other.count !== recurring.count) {
      refuse('The stand-in takes items of one interval only.', undefined, 'items');
    }
  }
  return { step: recurring, currency: first.currency };
}

/** A subscription's item, with the quantity that its price asks for. */
export const newItem = (
  context: Context,
  { price, quantity, metadata }: { price: Price; quantity: number | null; metadata: Record<string, string> },
  period: { start: number; end: number },
): Item => ({
  id: newId('si'),
  created: secondsOf(context.now),
  price: price.id,
  quantity: price.recurring?.meter == null ? (quantity ?? 1) : null,
  metadata,
  ...period,
});

const trialLine = (context: Context, subscription: Subscription, item: Item): Line => {
  const price = must(context, 'price', item.price);
  const { name } = must(context, 'product', price.product);
  return lineOf({
    price,
    amount: 0,
    quantity: item.quantity,
    description: `Trial period for ${name}`,
    proration: false,
    period: { start: item.start, end: item.end },
    subscription: subscription.id,
    subscriptionItem: item.id,
  });
};

/** A trial that is still to come. Refuses one that ends in the past, or too far ahead. */
export function trialOf(context: Context, trialEnd: number | null): number | null {
  if (trialEnd === null) return null;
  const now = secondsOf(context.now);
  if (trialEnd <= now)
    refuse('Invalid timestamp: must be an integer Unix timestamp in the future.', undefined, 'trial_end');
  if (trialEnd > now + daysMax * daySeconds) {
    refuse('Invalid trial_end: it must be within two years.', undefined, 'trial_end');
  }
  return trialEnd;
}

function statusOf(trialEnd: number | null, collection: Collection, isFree: boolean) {
  if (trialEnd !== null) return { status: 'trialing', by: 'created_in_trial' } as const;
  if (collection === 'send_invoice' || isFree) return { status: 'active', by: 'created_free_or_invoiced' } as const;
  return { status: 'incomplete', by: 'created_unpaid' } as const;
}

export const cardErrorOf = ({ invoice, decline, outcome }: Payment): StripeError => {
  const code =
    outcome === 'action' ? 'subscription_payment_intent_requires_action' : (decline?.code ?? 'card_declined');
  const message = decline?.message ?? 'Your card was declined.';
  const intent = invoice.paymentIntent === null ? undefined : { id: invoice.paymentIntent, object: 'payment_intent' };
  return cardError(message, code, decline?.declineCode, intent);
};

/** The first invoice is finalised in the same request where a card is to pay it. */
function payFirst(context: Context, subscription: Subscription, draft: Invoice, wanted: Subscribe): Payment | null {
  const { invoice, error } = finalise(context, draft);
  if (error !== null) throw new Refusal(error);
  if (invoice.status === 'paid') {
    const now = must(context, 'subscription', subscription.id);
    if (now.status === 'incomplete') setDues(context, move(context, 'subscription', now, 'paid'));
    return null;
  }
  if (wanted.behavior === 'default_incomplete') return null;
  const payment = payInvoice(context, invoice, wanted.paying);
  if (payment.outcome !== 'paid' && wanted.behavior === 'error_if_incomplete') {
    throw new Refusal(cardErrorOf(payment));
  }
  return payment;
}

export function subscribe(context: Context, wanted: Subscribe): Subscribed {
  const now = secondsOf(context.now);
  const { step, currency } = stepOf(wanted.items.map(({ price }) => price));
  const customer = must(context, 'customer', wanted.customer);
  if (customer.currency !== null && customer.currency !== currency) {
    refuse(
      `You cannot combine currencies on a single customer. This customer has had a subscription, coupon, or invoice item with currency ${customer.currency}`,
    );
  }
  const trialEnd = trialOf(context, wanted.trialEnd);
  const period = trialEnd === null ? periodAround(now, step, now) : { start: now, end: trialEnd };
  const items = wanted.items.map((item) => newItem(context, item, period));
  const isFree = wanted.items.every(
    ({ price, quantity }) => price.recurring?.meter != null || Number(price.unitAmount) * (quantity ?? 1) === 0,
  );
  const { status, by } = statusOf(trialEnd, wanted.collection, isFree);
  const invoiceId = newId('in');
  const subscription = begin(
    context,
    'subscription',
    {
      id: newId('sub'),
      created: now,
      customer: customer.id,
      status,
      currency,
      items,
      anchor: trialEnd ?? now,
      automaticTax: wanted.automaticTax,
      cancelAt: wanted.cancelAt,
      cancelAtPeriodEnd: wanted.cancelAtPeriodEnd,
      canceledAt: wanted.cancelAtPeriodEnd || wanted.cancelAt !== null ? now : null,
      cancellation: { comment: null, feedback: null, reason: null },
      collection: wanted.collection,
      daysUntilDue: wanted.daysUntilDue,
      defaultPaymentMethod: wanted.defaultPaymentMethod,
      description: wanted.description,
      discounts: wanted.discounts,
      endedAt: null,
      latestInvoice: invoiceId,
      metadata: wanted.metadata,
      pendingUpdate: null,
      schedule: null,
      paused: null,
      resumption: null,
      trialStart: trialEnd === null ? null : now,
      trialEnd,
      missingPaymentMethod: wanted.missingPaymentMethod,
    },
    by,
  );
  context.store.put('customer', { ...customer, currency });
  for (const id of wanted.discounts) {
    context.store.put('discount', { ...must(context, 'discount', id), subscription: subscription.id });
  }
  setDues(context, subscription);
  const lines = items
    .map((item) => (trialEnd === null ? feeLine(context, subscription, item) : trialLine(context, subscription, item)))
    .filter((line) => line !== null);
  const draft = invoiceOf(context, subscription, {
    id: invoiceId,
    reason: 'subscription_create',
    lines,
    period: { start: now, end: now },
    withItems: trialEnd === null,
  });
  const isSent = wanted.collection === 'send_invoice' && trialEnd === null && !isFree;
  const payment = isSent ? null : payFirst(context, subscription, draft, wanted);
  const made = must(context, 'subscription', subscription.id);
  if (trialEnd !== null && isNoticeLate(context, trialEnd)) move(context, 'subscription', made, 'trial_will_end');
  return { subscription: must(context, 'subscription', subscription.id), payment };
}
