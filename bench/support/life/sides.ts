/**
 * Whether our rows and Stripe's objects are equal, told by their own answers. It is deliberately not the product's own comparison
 * (drift), which it is to be a witness of.
 */
import type Stripe from 'stripe';
import type { SubscriptionView } from '../../../src/contracts/subscriptions.ts';
import { iso } from '../../../src/lib/time.ts';

/** What a subscription at Stripe makes of ours. */
const ours: Readonly<Record<Stripe.Subscription.Status, string>> = {
  active: 'active',
  trialing: 'active',
  past_due: 'past_due',
  unpaid: 'past_due',
  paused: 'suspended for unpaid',
  canceled: 'canceled',
  incomplete: 'none',
  incomplete_expired: 'none',
};
/** Where nothing was bought. */
const withoutOne = ['trialing', 'suspended for trial_ended', 'canceled'];

const stateOf = ({ status, suspended_for }: SubscriptionView): string =>
  suspended_for === null ? status : `${status} for ${suspended_for}`;
const instant = (seconds: number | null | undefined): string | null =>
  seconds === null || seconds === undefined ? null : iso(seconds * 1000);
const same = (one: string | null, other: string | null): boolean =>
  one === null || other === null ? one === other : Date.parse(one) === Date.parse(other);

/** Whether somebody pays by it, or did: not what never came about. */
const cameAbout = ({ status }: Stripe.Subscription): boolean => ours[status] !== 'none';

/** What differs, in words. @param theirs all of the customer's @param plans by the price's id at Stripe */
export function differencesOf(
  view: SubscriptionView,
  theirs: readonly Stripe.Subscription[],
  plans: ReadonlyMap<string, string>,
): string[] {
  const came = theirs.filter(cameAbout);
  const living = came.filter(({ status }) => status !== 'canceled');
  if (living.length > 1) return [`${living.length} subscriptions live at Stripe`];
  const found = living[0] ?? came.toSorted((a, b) => b.created - a.created)[0];
  const state = stateOf(view);
  if (found === undefined) return withoutOne.includes(state) ? [] : [`${state} here, nothing at Stripe`];
  if (ours[found.status] !== state) return [`${state} here, ${found.status} at Stripe`];
  return found.status === 'canceled' ? [] : termsOf(view, found, plans);
}

function termsOf(view: SubscriptionView, found: Stripe.Subscription, plans: ReadonlyMap<string, string>): string[] {
  const said: string[] = [];
  const item = found.items.data[0];
  const plan = plans.get(item?.price.id ?? '') ?? 'no plan';
  if (found.id !== view.stripe_subscription_id) said.push(`${view.stripe_subscription_id} here, ${found.id} at Stripe`);
  if (plan !== view.plan) said.push(`${view.plan} here, ${plan} at Stripe`);
  const cancelAt = instant(found.cancel_at);
  if (!same(view.cancel_at, cancelAt)) said.push(`ends ${view.cancel_at} here, ${cancelAt} at Stripe`);
  const end = instant(item?.current_period_end);
  // A paused one has no period; a past due one's is compared as any other.
  if (found.status !== 'paused' && !same(view.current_period.end, end)) {
    said.push(`the period ends ${view.current_period.end} here, ${end} at Stripe`);
  }
  return said;
}
