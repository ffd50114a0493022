/**
 * What differs between a customer's rows and Stripe's objects, told from both sides at one moment. Decides nothing about time: whether
 * something is still on its way is asked before (workflows/watching). Pure.
 */
import type { DriftKind, DriftSide } from '../contracts/drift.ts';
import { iso, secondMs } from '../lib/time.ts';
import { type StripeStatus, type SubscriptionState, stateAfter } from '../subscriptions/transitions.ts';

/** What a fix does: applies what Stripe says, has a customer or price made there, or cancels what nobody owns. */
export type Fix = 'apply' | 'make_customer' | 'make_price';

export interface Difference {
  kind: DriftKind;
  side: DriftSide;
  objectId: string;
  customerId: string | null;
  expected: string;
  found: string;
  fix: Fix | null;
}

/** A subscription at Stripe, as far as it is compared. Times are ms. */
export interface TheirSubscription {
  id: string;
  status: StripeStatus;
  item: { priceId: string; interval: 'month' | 'year'; start: number; end: number } | null;
  cancelAt: number | null;
}

/** A price at Stripe, as far as it is compared. */
export interface TheirPrice {
  amountCents: number | null;
  currency: string;
  active: boolean;
}

/** In words, for people. */
export const fixWords: Readonly<Record<Fix, string>> = {
  apply: 'apply what Stripe says to our rows',
  make_customer: 'make the customer at Stripe',
  make_price: 'make the price at Stripe',
};

/** Our side of a customer. */
export interface OurCustomer {
  customerId: string;
  stripeCustomerId: string | null;
  state: SubscriptionState;
  stripeSubscriptionId: string | null;
  collection: 'none' | 'card' | 'invoice';
  /** The price that the plan has at Stripe; null where it has none. */
  priceId: string | null;
  /** Prices of other versions of the plan that ask for the same: whoever was moved is still charged by one of them. */
  alikePriceIds: readonly string[];
  cancelAt: number | null;
  /** The running period, if it is Stripe's; ms. */
  paidPeriod: { start: number; end: number } | null;
}

/** Over at Stripe: nothing is billed by it any more. */
export const isOver = ({ status }: Pick<TheirSubscription, 'status'>): boolean =>
  status === 'canceled' || status === 'incomplete_expired';

const named = ({ status, suspendedFor }: SubscriptionState): string =>
  suspendedFor === null ? status : `${status} (${suspendedFor})`;
const when = (at: number | null): string => (at === null ? 'no end' : `ends ${iso(at)}`);

/** A customer at Stripe that carries our id, beside whom we know by it. `ours` null: nobody. */
export function customerDifferences(
  theirs: { id: string; ourId: string },
  ours: Pick<OurCustomer, 'customerId' | 'stripeCustomerId'> | null,
): Difference[] {
  const at = { kind: 'customer' as const, side: 'stripe' as const, objectId: theirs.id, fix: null };
  if (ours === null) return [{ ...at, customerId: null, expected: 'nobody', found: `a customer for ${theirs.ourId}` }];
  if (ours.stripeCustomerId === null || ours.stripeCustomerId === theirs.id) return [];
  return [{ ...at, customerId: ours.customerId, expected: ours.stripeCustomerId, found: 'a second customer' }];
}

/** A customer of ours that Stripe does not have, or has deleted. */
export const missingCustomer = (ours: OurCustomer): Difference => ({
  kind: 'customer',
  side: 'tenantry',
  objectId: ours.stripeCustomerId ?? ours.customerId,
  customerId: ours.customerId,
  expected: ours.stripeCustomerId ?? 'a customer',
  found: 'none',
  fix: 'make_customer',
});

/** A subscription of ours that Stripe does not have. */
export const missingSubscription = (ours: OurCustomer): Difference => ({
  kind: 'subscription',
  side: 'tenantry',
  objectId: ours.stripeSubscriptionId ?? ours.customerId,
  customerId: ours.customerId,
  expected: `${ours.stripeSubscriptionId}, ${named(ours.state)}`,
  found: 'none',
  fix: null,
});

/** A subscription at Stripe beside the customer whose it is; `ours` null: nobody's. */
export function subscriptionDifferences(theirs: TheirSubscription, ours: OurCustomer | null): Difference[] {
  const at = { objectId: theirs.id, customerId: ours?.customerId ?? null };
  if (ours?.stripeSubscriptionId !== theirs.id) {
    if (isOver(theirs)) return [];
    const expected = ours === null ? 'nobody' : (ours.stripeSubscriptionId ?? `none, ${named(ours.state)}`);
    const hasNone = ours !== null && ours.stripeSubscriptionId === null && ours.state.status !== 'canceled';
    const found = `a subscription, ${theirs.status}`;
    return [{ ...at, kind: 'subscription', side: 'stripe', expected, found, fix: hasNone ? 'apply' : null }];
  }
  return [...stateDifferences(theirs, ours), ...itemDifferences(theirs, ours)].map((found) => ({
    ...at,
    ...found,
    side: 'both' as const,
  }));
}

type Told = Pick<Difference, 'kind' | 'expected' | 'found' | 'fix'>;

function stateDifferences(theirs: TheirSubscription, ours: OurCustomer): Told[] {
  const said: Told[] = [];
  const next = stateAfter(ours.state, `stripe_${theirs.status}`);
  if (next !== null && named(next) !== named(ours.state)) {
    said.push({ kind: 'state', expected: named(ours.state), found: theirs.status, fix: 'apply' });
  } else if (isOurPause(ours) !== (theirs.status === 'paused') && isPausable(ours)) {
    said.push({ kind: 'state', expected: 'paused', found: theirs.status, fix: null });
  } else if (ours.state.status === 'canceled' && !isOver(theirs)) {
    said.push({ kind: 'state', expected: 'canceled', found: theirs.status, fix: null });
  } else if (!isOver(theirs) && ours.cancelAt !== theirs.cancelAt) {
    said.push({ kind: 'state', expected: when(ours.cancelAt), found: when(theirs.cancelAt), fix: 'apply' });
  } else if (isOtherPeriod(theirs, ours)) {
    const { start, end } = theirs.item ?? { start: 0, end: 0 };
    const period = ours.paidPeriod;
    said.push({
      kind: 'state',
      expected: period === null ? 'no paid period' : `${iso(period.start)} to ${iso(period.end)}`,
      found: `${iso(start)} to ${iso(end)}`,
      fix: 'apply',
    });
  }
  return said;
}

/** Who has not paid is paused at Stripe, too, unless they pay by invoice (decision 15). */
const isOurPause = ({ state }: OurCustomer): boolean => state.status === 'suspended' && state.suspendedFor === 'unpaid';
const isPausable = (ours: OurCustomer): boolean => isOurPause(ours) && ours.collection === 'card';

/** Stripe counts in seconds. In its own trial at Stripe the period there is the trial, and ours is the one from signup. */
function isOtherPeriod({ status, item }: TheirSubscription, { paidPeriod, state }: OurCustomer): boolean {
  if (status !== 'active' || state.status !== 'active' || item === null || item.interval === 'year') return false;
  return paidPeriod === null || paidPeriod.end !== item.end || Math.abs(paidPeriod.start - item.start) > secondMs;
}

function itemDifferences(theirs: TheirSubscription, ours: OurCustomer): Told[] {
  if (isOver(theirs) || ours.priceId === null) return [];
  const { item } = theirs;
  if (item === null) return [{ kind: 'item', expected: ours.priceId, found: 'no item', fix: null }];
  if (item.priceId === ours.priceId || ours.alikePriceIds.includes(item.priceId)) return [];
  return [{ kind: 'item', expected: ours.priceId, found: item.priceId, fix: 'apply' }];
}

/** A price that we have kept beside the one at Stripe; `theirs` null: it is not there. */
export function priceDifferences(
  ours: { priceId: string; plan: string; version: string; interval: string; amountCents: number; currency: string },
  theirs: TheirPrice | null,
): Difference[] {
  const name = `${ours.plan}/${ours.version} by the ${ours.interval}`;
  const at = { objectId: ours.priceId, customerId: null };
  if (theirs === null) {
    const expected = `the price of ${name}`;
    return [{ ...at, kind: 'price', side: 'tenantry', expected, found: 'none', fix: 'make_price' }];
  }
  const both = { ...at, side: 'both' as const, fix: null };
  if (theirs.amountCents !== ours.amountCents || theirs.currency !== ours.currency) {
    const expected = `${ours.amountCents} ${ours.currency} for ${name}`;
    return [{ ...both, kind: 'amount', expected, found: `${theirs.amountCents} ${theirs.currency}` }];
  }
  return theirs.active ? [] : [{ ...both, kind: 'price', expected: `${name} is sold`, found: 'not active' }];
}
