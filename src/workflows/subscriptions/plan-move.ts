/** Where a subscription would go, for preview and upgrade alike: the price, when it begins, and what stands in the way. Reads only. */
import type { Failure } from '../../contracts/failures.ts';
import type { WholeCustomer } from '../../customers/store.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import type { StripePort } from '../../stripe/port.ts';
import type { StripeSubscription } from '../../stripe/subscriptions.ts';
import { type Effective, effectiveOf, type PaidPlan } from '../../subscriptions/plan-move.ts';
import type { Context } from '../deed.ts';
import { type Chosen, choosePrice } from './choose-price.ts';
import { stripeAway, stripeFailed, subjectOf } from './order.ts';

export interface MoveWish {
  customerId: string;
  plan: string;
  /** Null: as it is paid now. */
  interval: 'month' | 'year' | null;
  offered: readonly string[] | 'all' | null;
}

export interface PlanMove {
  whole: WholeCustomer;
  stripe: StripePort;
  chosen: Chosen;
  effective: Effective;
  /** The subscription at Stripe, as it is now. */
  found: StripeSubscription;
  item: NonNullable<StripeSubscription['item']>;
}

/** Decides where the subscription goes, or why it does not. */
export async function planMove(context: Context, wish: MoveWish): Promise<Result<PlanMove, Failure>> {
  const subject = await subjectOf(context, wish.customerId);
  if (!subject.ok) return subject;
  const { whole, stripe } = subject.value;
  const { subscription, plan } = whole;
  if (subscription.stripeSubscriptionId === null) return err(checkoutRequired);
  const interval = wish.interval ?? subscription.interval;
  const chosen = await choosePrice(context.db, whole, { plan: wish.plan, interval, offered: wish.offered });
  if (!chosen.ok) return chosen;
  const effective = effectiveOf(asPaid(plan, subscription.interval), asPaid(chosen.value.version, interval));
  if (effective === null) return err(samePlan);
  if (stripe === null) return err(stripeAway);
  const found = await stripe.subscriptions.fetch(subscription.stripeSubscriptionId);
  if (!found.ok) return err(stripeFailed(found.error));
  const inTheWay = obstacle(found.value, effective);
  if (inTheWay) return err(inTheWay);
  const { item } = found.value;
  if (item === null) throw new Error(`the subscription ${found.value.id} has no item`);
  return ok({ whole, stripe, chosen: chosen.value, effective, found: found.value, item });
}

const asPaid = ({ plan, order, list }: WholeCustomer['plan'], interval: 'month' | 'year'): PaidPlan => ({
  plan,
  order,
  list,
  interval,
});

/** What has to be settled at Stripe first. */
function obstacle(found: StripeSubscription, effective: Effective): Failure | null {
  const { status, latestInvoice } = found;
  const details = { payment_url: latestInvoice?.hostedUrl ?? null };
  if (status === 'past_due' || status === 'unpaid') {
    return { code: 'payment_failed', message: 'an invoice is not paid; pay it first', details };
  }
  if (found.hasPendingUpdate) {
    return { code: 'change_pending', message: 'a change waits for its payment; pay it, or let it expire', details };
  }
  if (status !== 'active' && status !== 'trialing') {
    return { code: 'change_pending', message: `the subscription is ${status} at Stripe and cannot be changed` };
  }
  if (found.scheduled !== null) {
    return { code: 'change_pending', message: 'a change is scheduled already; take it back first' };
  }
  if (found.cancelAt !== null && effective === 'period_end') {
    return { code: 'change_pending', message: 'the subscription ends before that; take the cancellation back first' };
  }
  return null;
}

const checkoutRequired: Failure = {
  code: 'checkout_required',
  message: 'nothing is subscribed at Stripe yet; check out first',
};
const samePlan: Failure = { code: 'same_plan', message: 'the subscription is on that plan and interval' };
