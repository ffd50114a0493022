/** Takes back what lies ahead of a subscription: its end, or a change that is scheduled. */
import type { Failure } from '../../contracts/failures.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import type { StripeSubscription } from '../../stripe/subscriptions.ts';
import * as subscriptionStore from '../../subscriptions/store.ts';
import type { Context, Planned } from '../deed.ts';
import {
  keyOf,
  planOrder,
  type ShownSubscription,
  type Subject,
  send,
  settle,
  shownOf,
  stripeAway,
  stripeFailed,
  subjectOf,
} from './order.ts';

export interface PlannedResume {
  customerId: string;
  /** Null where our own rows are all there is. */
  order: (Pick<Subject, 'stripe'> & { orderId: string; found: StripeSubscription }) | null;
}

const nothingToResume: Failure = {
  code: 'nothing_to_resume',
  message: 'neither an end nor a change of the subscription lies ahead',
};
const stoppedByOperator: Failure = { code: 'forbidden', message: 'an operator has stopped it, and has it run again' };

/** @param isOperator whether one of ours asks: what an operator has stopped is theirs to let go on */
export async function planResume(
  context: Context,
  { customerId, isOperator }: { customerId: string; isOperator: boolean },
): Promise<Planned<PlannedResume>> {
  const subject = await subjectOf(context, customerId);
  if (!subject.ok) return subject;
  const { whole, stripe } = subject.value;
  const { subscription } = whole;
  if (subscription.suspendedFor === 'operator' && !isOperator) return err(stoppedByOperator);
  const audit = [{ action: 'subscription.resume', subject: customerId, details: {} }];
  if (subscription.stripeSubscriptionId === null) {
    if (subscription.cancelAt === null) return err(nothingToResume);
    return ok({
      value: { customerId, order: null },
      writes: [
        subscriptionStore.guardUnchanged(subscription),
        subscriptionStore.replace({ ...subscription, cancelAt: null }, context.now),
      ],
      audit,
    });
  }
  if (stripe === null) return err(stripeAway);
  const found = await stripe.subscriptions.fetch(subscription.stripeSubscriptionId);
  if (!found.ok) return err(stripeFailed(found.error));
  if (found.value.cancelBy === null && found.value.scheduled === null) return err(nothingToResume);
  const { orderId, writes } = planOrder(context, customerId, { what: 'resume', subscriptionId: found.value.id });
  return ok({ value: { customerId, order: { stripe, orderId, found: found.value } }, writes, audit });
}

/** Carries the order out. */
export async function resume(
  context: Context,
  { customerId, order }: PlannedResume,
): Promise<Result<ShownSubscription & { outbox: readonly string[] }, Failure>> {
  if (order === null) return ok({ ...(await shownOf(context, customerId)), outbox: [] });
  const { stripe, orderId, found } = order;
  const { scheduleId, cancelBy } = found;
  if (scheduleId !== null) {
    const released = await send(context, orderId, () => stripe.schedules.release(scheduleId, keyOf(orderId, 1)));
    if (!released.ok) return err(stripeFailed(released.error));
  }
  if (cancelBy !== null) {
    const kept = await send(context, orderId, () => stripe.changes.keep(found.id, cancelBy, keyOf(orderId)));
    if (!kept.ok) return err(stripeFailed(kept.error));
  }
  const settled = await settle(context, orderId, found.id);
  if (!settled.ok) return settled;
  return ok({ ...(await shownOf(context, customerId)), outbox: settled.value });
}
