/** What an update makes of a subscription's items, and the lines that it costs. Writes nothing. */
import type { Context } from '../context.ts';
import { refuse } from '../errors.ts';
import type { Line } from '../objects/line.ts';
import { periodAround } from '../objects/period.ts';
import type { Price } from '../objects/product.ts';
import type { Prorating } from '../objects/schedule.ts';
import { type Item, periodEndOf, periodStartOf, type Subscription } from '../objects/subscription.ts';
import { secondsOf } from '../seconds.ts';
import { must } from '../wires.ts';
import { feeLine } from './invoice.ts';
import { creditsFor, prorationsOf } from './prorate.ts';
import { newItem, stepOf, trialOf } from './subscribe.ts';

export type ItemChange = {
  id?: string | undefined;
  price?: Price | undefined;
  quantity?: number | undefined;
  deleted?: boolean | undefined;
  metadata?: Record<string, string> | undefined;
};
export type Change = {
  items: readonly ItemChange[];
  prorating: Prorating;
  /** Unix seconds; null: now. */
  prorationDate: number | null;
  /** The period begins anew. */
  anchorNow: boolean;
  trialEnd: 'now' | number | null;
};
export type Planned = {
  items: Item[];
  anchor: number;
  trialEnd: number | null;
  status: Subscription['status'];
  lines: Line[];
  /** The lines come on an invoice at once. */
  isInvoiced: boolean;
};

/** An item as a change leaves it. */
function changedItem(context: Context, before: Item, { price, quantity, metadata }: ItemChange): Item {
  const isMetered = (price ?? must(context, 'price', before.price)).recurring?.meter != null;
  return {
    ...before,
    price: price?.id ?? before.price,
    quantity: isMetered ? null : (quantity ?? before.quantity ?? 1),
    metadata: { ...before.metadata, ...metadata },
  };
}

function changedItems(context: Context, subscription: Subscription, changes: readonly ItemChange[]): Item[] {
  const period = { start: periodStartOf(subscription), end: periodEndOf(subscription) };
  const items = new Map(subscription.items.map((item) => [item.id, item]));
  for (const change of changes) {
    const { id, price, quantity = null, metadata = {} } = change;
    const before = items.get(id ?? '');
    if (before === undefined) {
      if (id !== undefined) refuse(`No such subscription item: '${id}'`, 'resource_missing', 'items');
      if (price === undefined) return refuse('Missing required param: items[0][price].', 'parameter_missing', 'items');
      const item = newItem(context, { price, quantity, metadata }, period);
      items.set(item.id, item);
    } else if (change.deleted === true) items.delete(before.id);
    else items.set(before.id, changedItem(context, before, change));
  }
  return [...items.values()];
}

function prorationAt(context: Context, subscription: Subscription, date: number | null): number {
  const at = date ?? secondsOf(context.now);
  if (at < periodStartOf(subscription) || at > periodEndOf(subscription)) {
    refuse(
      'Cannot specify a proration date outside of the current billing period.',
      'parameter_invalid_integer',
      'proration_date',
    );
  }
  return at;
}

/** What the change comes to. Refuses what cannot be. */
export function planChange(context: Context, subscription: Subscription, change: Change): Planned {
  const now = secondsOf(context.now);
  const at = prorationAt(context, subscription, change.prorationDate);
  const changed = changedItems(context, subscription, change.items);
  const { step } = stepOf(changed.map(({ price }) => must(context, 'price', price)));
  const [first] = subscription.items;
  const before = first === undefined ? null : must(context, 'price', first.price).recurring;
  const isTrialing = subscription.status === 'trialing';
  const endsTrial = isTrialing && change.trialEnd === 'now';
  const trialEnd = typeof change.trialEnd === 'number' ? trialOf(context, change.trialEnd) : null;
  const credits = (): Line[] =>
    isTrialing || change.prorating === 'none' ? [] : creditsFor(context, subscription, subscription.items, at);

  if (trialEnd !== null) {
    const items = changed.map((item) => ({ ...item, start: isTrialing ? item.start : now, end: trialEnd }));
    return { items, anchor: trialEnd, trialEnd, status: 'trialing', lines: credits(), isInvoiced: !isTrialing };
  }
  const otherStep = before?.interval !== step.interval || before.count !== step.count;
  if (endsTrial || change.anchorNow || (otherStep && !isTrialing)) {
    const items = changed.map((item) => ({ ...item, ...periodAround(now, step, now) }));
    const fees = items.map((item) => feeLine(context, subscription, item)).filter((line) => line !== null);
    const status = endsTrial ? 'active' : subscription.status;
    const ended = endsTrial ? now : subscription.trialEnd;
    return { items, anchor: now, trialEnd: ended, status, lines: [...credits(), ...fees], isInvoiced: true };
  }
  const isProrated = !isTrialing && change.prorating !== 'none';
  return {
    items: changed,
    anchor: subscription.anchor,
    trialEnd: subscription.trialEnd,
    status: subscription.status,
    lines: isProrated ? prorationsOf(context, subscription, changed, at) : [],
    isInvoiced: change.prorating === 'always_invoice',
  };
}
