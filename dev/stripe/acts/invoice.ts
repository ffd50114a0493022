/** Makes drafts: their lines, what waits for the next invoice, the discounts, and when they are finalised by themselves. */
import type { Context } from '../context.ts';
import { newId } from '../ids.ts';
import { begin } from '../move.ts';
import type { BillingReason, Invoice } from '../objects/invoice.ts';
import type { Line } from '../objects/line.ts';
import { aggregated } from '../objects/meter.ts';
import { amountOf, isWhole, type Price } from '../objects/product.ts';
import type { Item, Subscription } from '../objects/subscription.ts';
import { hourSeconds, secondsOf } from '../seconds.ts';
import { must } from '../wires.ts';

/** A draft that finalises by itself has that long: https://docs.stripe.com/billing/subscriptions/webhooks */
export const draftSeconds = hourSeconds;

export type NewInvoice = Pick<Invoice, 'customer' | 'currency' | 'billingReason'> & Partial<Omit<Invoice, 'status'>>;

export function newInvoice(context: Context, wanted: NewInvoice): Invoice {
  const created = secondsOf(context.now);
  const autoAdvance = wanted.autoAdvance ?? true;
  const finalizesAt = wanted.finalizesAt ?? (autoAdvance ? created + draftSeconds : null);
  const invoice = begin(
    context,
    'invoice',
    {
      id: newId('in'),
      created,
      status: 'draft',
      subscription: null,
      collection: 'charge_automatically',
      lines: [],
      automaticTax: false,
      finalizesAtIsSet: false,
      webhooksDeliveredAt: context.webhooks ? null : created,
      discounts: [],
      dueDate: null,
      daysUntilDue: null,
      description: null,
      footer: null,
      customFields: [],
      metadata: {},
      subscriptionMetadata: {},
      number: null,
      periodStart: created,
      periodEnd: created,
      attemptCount: 0,
      firstAttemptAt: null,
      nextAttempt: null,
      defaultPaymentMethod: null,
      paymentIntent: null,
      payment: null,
      frozen: null,
      amountPaid: 0,
      paidOffStripe: 0,
      creditedBefore: 0,
      creditedAfter: 0,
      lastFinalizationError: null,
      uncollectibleReason: null,
      finalizedAt: null,
      paidAt: null,
      voidedAt: null,
      uncollectibleAt: null,
      ...wanted,
      autoAdvance,
      finalizesAt,
    },
    'created',
  );
  if (finalizesAt !== null) context.store.setDue('finalise', invoice.id, finalizesAt * 1000);
  return invoice;
}

export type PriceLine = Pick<Line, 'amount' | 'quantity' | 'description' | 'proration' | 'period'> & {
  price: Price;
  subscription: string | null;
  subscriptionItem: string | null;
};

export const lineOf = ({ price, ...line }: PriceLine): Line => ({
  id: newId('il'),
  currency: price.currency,
  discountable: !line.proration,
  metadata: {},
  price: price.id,
  product: price.product,
  unitAmount: price.unitAmount,
  taxBehavior: price.taxBehavior,
  invoiceItem: null,
  ...line,
});

const money = ({ unitAmount, currency, recurring }: Price): string => {
  const each = isWhole(unitAmount) ? (Number(unitAmount) / 100).toFixed(2) : String(Number(unitAmount) / 100);
  return `${each} ${currency.toUpperCase()} / ${recurring?.interval ?? 'once'}`;
};

/** The fee of an item's coming period; an item that is metered has none in advance. */
export function feeLine(context: Context, subscription: Subscription, item: Item): Line | null {
  if (item.quantity === null) return null;
  const price = must(context, 'price', item.price);
  const { name } = must(context, 'product', price.product);
  return lineOf({
    price,
    amount: amountOf(price, item.quantity),
    quantity: item.quantity,
    description: `${item.quantity} × ${name} (at ${money(price)})`,
    proration: false,
    period: { start: item.start, end: item.end },
    subscription: subscription.id,
    subscriptionItem: item.id,
  });
}

/** A meter that has counted less than nothing bills nothing. */
const billedOf = (counted: number): number => Math.max(0, counted);

/** What an item's meter has counted in its period. */
export function usageLine(context: Context, subscription: Subscription, item: Item): Line | null {
  const price = must(context, 'price', item.price);
  const meter = price.recurring?.meter ?? null;
  if (meter === null) return null;
  const events = context.store.list('billing.meter_event', { customer: subscription.customer, parent: meter });
  const quantity = billedOf(aggregated(must(context, 'billing.meter', meter), events, item.start, item.end));
  const { name } = must(context, 'product', price.product);
  return lineOf({
    price,
    amount: amountOf(price, quantity),
    quantity,
    description: `${quantity} × ${name} (at ${money(price)})`,
    proration: false,
    period: { start: item.start, end: item.end },
    subscription: subscription.id,
    subscriptionItem: item.id,
  });
}

/** A draft's lines with what the meters have counted of their periods by now: events may come until it is finalised. */
export const withUsage = (context: Context, { customer, lines }: Pick<Invoice, 'customer' | 'lines'>): Line[] =>
  lines.map((line) => {
    const price = line.price === null || line.proration ? null : must(context, 'price', line.price);
    const meter = price?.recurring?.meter ?? null;
    if (price === null || meter === null) return line;
    const events = context.store.list('billing.meter_event', { customer, parent: meter });
    const sum = aggregated(must(context, 'billing.meter', meter), events, line.period.start, line.period.end);
    const quantity = billedOf(sum);
    return { ...line, quantity, amount: amountOf(price, quantity) };
  });

/** The invoice items that wait for the customer's next invoice. They are taken when `takeItems` names that invoice. */
export const waitingItems = (context: Context, customer: string, subscription: string | null) =>
  context.store
    .list('invoiceitem', { customer })
    .filter(
      ({ invoice, line }) => invoice === null && (line.subscription === null || line.subscription === subscription),
    )
    .toReversed();

export function takeItems(context: Context, invoice: Invoice): void {
  const taken = new Set(invoice.lines.map(({ invoiceItem }) => invoiceItem));
  for (const item of waitingItems(context, invoice.customer, invoice.subscription)) {
    if (taken.has(item.id)) context.store.put('invoiceitem', { ...item, invoice: invoice.id });
  }
}

/** The discounts of a subscription that are for its next invoice; one of a single use is used up by it. */
function takeDiscounts(context: Context, subscription: Subscription, lines: readonly Line[]): string[] {
  if (!lines.some(({ amount, discountable }) => discountable && amount > 0)) return [];
  const now = secondsOf(context.now);
  return subscription.discounts.filter((id) => {
    const discount = must(context, 'discount', id);
    if (discount.used || (discount.end !== null && discount.end <= now)) return false;
    const { duration } = must(context, 'coupon', discount.coupon);
    if (duration === 'once') context.store.put('discount', { ...discount, used: true });
    return true;
  });
}

type ForSubscription = {
  /** Its id, where that was given out before. */
  id?: string;
  reason: BillingReason;
  lines: Line[];
  period: { start: number; end: number };
  /** With what waits for the next invoice. */
  withItems: boolean;
  /** False: it stays a draft until someone finalises it. */
  autoAdvance?: boolean;
};

/** A draft of a subscription; it becomes the subscription's latest, which is the caller's to keep. */
export function invoiceOf(context: Context, subscription: Subscription, wanted: ForSubscription): Invoice {
  const waiting = wanted.withItems ? waitingItems(context, subscription.customer, subscription.id) : [];
  const lines = [...waiting.map(({ id, line }) => ({ ...line, invoiceItem: id })), ...wanted.lines];
  const invoice = newInvoice(context, {
    id: wanted.id ?? newId('in'),
    customer: subscription.customer,
    subscription: subscription.id,
    currency: subscription.currency,
    billingReason: wanted.reason,
    collection: subscription.collection,
    daysUntilDue: subscription.daysUntilDue,
    automaticTax: subscription.automaticTax,
    subscriptionMetadata: subscription.metadata,
    discounts: takeDiscounts(context, subscription, lines),
    lines,
    periodStart: wanted.period.start,
    periodEnd: wanted.period.end,
    autoAdvance: wanted.autoAdvance ?? true,
  });
  takeItems(context, invoice);
  return invoice;
}
