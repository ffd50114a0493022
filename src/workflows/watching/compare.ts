/**
 * One part of a comparison with Stripe: a page of its list, or some of our customers whom no page has shown. What is on its way is left
 * out, and what seems to differ is looked at once more, both sides afresh: a comparison takes hours, and Stripe moves meanwhile.
 */
import {
  customerDifferences,
  type Difference,
  isOver,
  missingCustomer,
  missingSubscription,
  priceDifferences,
  subscriptionDifferences,
} from '../../drift/drift.ts';
import { findSides, findUnseen, type OurSide } from '../../drift/sides-store.ts';
import type { DriftRun } from '../../drift/store.ts';
import { ok, type Result } from '../../lib/result.ts';
import { minuteMs } from '../../lib/time.ts';
import { findCatalogue } from '../../pricing/catalogue-store.ts';
import { billedCurrency } from '../../pricing/publication.ts';
import { priceIn } from '../../pricing/stripe-price.ts';
import { queryStripePrices } from '../../pricing/stripe-price-store.ts';
import type { StripeFailure, StripeResult } from '../../stripe/call.ts';
import type { StripePort } from '../../stripe/port.ts';
import type { StripeSubscription } from '../../stripe/subscriptions.ts';
import type { Context } from '../deed.ts';
import { recallInvoices } from './recall-invoices.ts';

export interface Compared {
  differences: Difference[];
  /** Ids at Stripe that were met. */
  seen: string[];
  compared: number;
  /** Behind what the same part goes on; null at its end. */
  next: string | null;
}

type Outcome = Promise<Result<Compared, StripeFailure>>;
type Part = (context: Context & { stripe: StripePort }, run: DriftRun) => Outcome;

/** What was made at Stripe so short a time ago may not have reached us. */
const settleMs = 2 * minuteMs;
/** Customers of one slice that are asked for one by one. */
const unseenPerSlice = 20;

const by = <T>(sides: readonly OurSide[], key: (side: OurSide) => T): Map<T, OurSide> =>
  new Map(sides.map((side) => [key(side), side]));

const customers: Part = async ({ db, stripe, now }, { cursor }) => {
  const page = await stripe.customers.page(cursor === '' ? null : cursor);
  if (!page.ok) return page;
  const { items, next } = page.value;
  const ours = by(await findSides(db, { customerIds: items.map(({ ourId }) => ourId) }, now), (s) => s.customerId);
  const differences = items.flatMap((item) => {
    const side = ours.get(item.ourId) ?? null;
    return item.createdAt > now - settleMs || side?.isMoving ? [] : customerDifferences(item, side);
  });
  return ok({ differences, seen: items.map(({ id }) => id), compared: items.length, next });
};

const subscriptions: Part = async (context, { cursor }) => {
  const { db, stripe, now } = context;
  const page = await stripe.subscriptions.page(cursor === '' ? null : cursor);
  if (!page.ok) return page;
  const { items, next } = page.value;
  const differences: Difference[] = [];
  for (const theirs of await doubtful(context, items)) {
    const again = await stripe.subscriptions.fetch(theirs.id);
    if (!again.ok) {
      if (again.error.kind === 'refused') continue;
      return again;
    }
    const side = await ownerOf(db, again.value, now);
    if (!side?.isMoving) differences.push(...subscriptionDifferences(again.value, side));
  }
  return ok({ differences, seen: items.map(({ id }) => id), compared: items.length, next });
};

/** Those of a page that seem to differ. */
async function doubtful({ db, now }: Context, items: readonly StripeSubscription[]): Promise<StripeSubscription[]> {
  const ids = { stripeCustomerIds: items.map(({ customer }) => customer), subscriptionIds: items.map(({ id }) => id) };
  const sides = await findSides(db, ids, now);
  const bySubscription = by(sides, (side) => side.stripeSubscriptionId);
  const byCustomer = by(sides, (side) => side.stripeCustomerId);
  return items.filter((theirs) => {
    const side = bySubscription.get(theirs.id) ?? byCustomer.get(theirs.customer) ?? null;
    if (theirs.createdAt > now - settleMs || side?.isMoving) return false;
    return subscriptionDifferences(theirs, side).length > 0;
  });
}

async function ownerOf(db: Context['db'], theirs: StripeSubscription, now: number): Promise<OurSide | null> {
  const sides = await findSides(db, { stripeCustomerIds: [theirs.customer], subscriptionIds: [theirs.id] }, now);
  return sides.find((side) => side.stripeSubscriptionId === theirs.id) ?? sides[0] ?? null;
}

const prices: Part = async ({ db, stripe }) => {
  const [kept, { versions }] = await Promise.all([queryStripePrices(db), findCatalogue(db)]);
  const differences: Difference[] = [];
  for (const row of kept) {
    const wanted = priceIn(versions, row);
    if (!wanted) continue;
    const found = present(await stripe.prices.fetch(row.priceId));
    if (!found.ok) return found;
    differences.push(...priceDifferences({ ...wanted, priceId: row.priceId, currency: billedCurrency }, found.value));
  }
  return ok({ differences, seen: [], compared: kept.length, next: null });
};

/** What Stripe refuses to show is not there. */
const present = <T>(found: StripeResult<T>): StripeResult<T | null> =>
  !found.ok && found.error.kind === 'refused' ? { ok: true, value: null } : found;

const ours: Part = async ({ db, stripe, now }, { id: runId, cursor }) => {
  const sides = await findUnseen(db, { runId, after: Number(cursor), limit: unseenPerSlice, now });
  const differences: Difference[] = [];
  for (const side of sides) {
    if (side.isMoving) continue;
    const customer =
      side.stripeCustomerId === null ? ok(null) : present(await stripe.customers.fetch(side.stripeCustomerId));
    if (!customer.ok) return customer;
    if (customer.value === null) differences.push(missingCustomer(side));
    if (side.stripeSubscriptionId === null) continue;
    const subscription = present(await stripe.subscriptions.fetch(side.stripeSubscriptionId));
    if (!subscription.ok) return subscription;
    if (subscription.value === null) differences.push(missingSubscription(side));
    else if (!isOver(subscription.value)) differences.push(...subscriptionDifferences(subscription.value, side));
  }
  const last = sides.at(-1);
  const next = sides.length < unseenPerSlice || !last ? null : String(last.seq);
  return ok({ differences, seen: [], compared: sides.length, next });
};

/** The parts in their order: what Stripe has first, so that the last one knows what it has not. */
export const parts: Readonly<Record<DriftRun['phase'], Part>> = {
  customers,
  subscriptions,
  invoices: recallInvoices,
  prices,
  ours,
};
export const partOrder: readonly DriftRun['phase'][] = ['customers', 'subscriptions', 'invoices', 'prices', 'ours'];
