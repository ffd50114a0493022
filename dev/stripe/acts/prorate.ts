/** Prorations: what of a period's fee is given back, and what the rest of it costs under new items. By the second. */
import type { Context } from '../context.ts';
import { newId } from '../ids.ts';
import type { Line } from '../objects/line.ts';
import { amountOf } from '../objects/product.ts';
import type { Item, Subscription } from '../objects/subscription.ts';
import { secondsOf } from '../seconds.ts';
import { must, rendered } from '../wires.ts';
import { lineOf } from './invoice.ts';

const rounded = (exact: number): number => Math.sign(exact) * Math.round(Math.abs(exact));

/** What a subscription's lasting percentages leave of an amount: flexible billing has them in its prorations. */
function discountedShare(context: Context, { discounts }: Subscription): number {
  const now = secondsOf(context.now);
  return discounts.reduce((share, id) => {
    const { coupon, end } = must(context, 'discount', id);
    const { percentOff, duration } = must(context, 'coupon', coupon);
    const isOver = duration === 'once' || (end !== null && end <= now);
    return percentOff === null || isOver ? share : share * (1 - percentOff / 100);
  }, 1);
}

function part(context: Context, subscription: Subscription, item: Item, at: number, sign: 1 | -1): Line | null {
  if (item.quantity === null || item.end <= at) return null;
  const price = must(context, 'price', item.price);
  const { name } = must(context, 'product', price.product);
  const share = (item.end - at) / (item.end - item.start);
  const amount = rounded(sign * amountOf(price, item.quantity) * share * discountedShare(context, subscription));
  return lineOf({
    price,
    amount,
    quantity: item.quantity,
    description: `${sign < 0 ? 'Unused' : 'Remaining'} time on ${item.quantity} × ${name} after ${new Date(at * 1000).toUTCString()}`,
    proration: true,
    period: { start: at, end: item.end },
    subscription: subscription.id,
    subscriptionItem: item.id,
  });
}

const isSame = (one: Item, other: Item | undefined): boolean =>
  other?.price === one.price && other.quantity === one.quantity;

/** Credits for the unused time of items, from `at` (Unix seconds) to their period's end. */
export const creditsFor = (context: Context, subscription: Subscription, items: readonly Item[], at: number): Line[] =>
  items.map((item) => part(context, subscription, item, at, -1)).filter((line) => line !== null);

/** Credits for what goes and charges for what comes, in one period. */
export function prorationsOf(context: Context, subscription: Subscription, after: readonly Item[], at: number): Line[] {
  const gone = subscription.items.filter(
    (item) =>
      !isSame(
        item,
        after.find(({ id }) => id === item.id),
      ),
  );
  const come = after.filter(
    (item) =>
      !isSame(
        item,
        subscription.items.find(({ id }) => id === item.id),
      ),
  );
  const charges = come.map((item) => part(context, subscription, item, at, 1)).filter((line) => line !== null);
  return [...creditsFor(context, subscription, gone, at), ...charges];
}

/** Keeps lines for the subscription's next invoice. */
export function keepForNext(context: Context, subscription: Subscription, lines: readonly Line[]): void {
  for (const line of lines) {
    const id = newId('ii');
    const created = secondsOf(context.now);
    const item = { id, created, customer: subscription.customer, invoice: null, line };
    context.store.put('invoiceitem', item);
    context.emit('invoiceitem.created', rendered(context, 'invoiceitem', item));
  }
}

/** Takes back what was kept so: a subscription that is canceled at once, without a last invoice, leaves none. */
export function dropKept(context: Context, subscription: Subscription): void {
  for (const { id, invoice, line } of context.store.list('invoiceitem', { customer: subscription.customer })) {
    if (invoice === null && line.proration && line.subscription === subscription.id) context.store.remove(id);
  }
}
