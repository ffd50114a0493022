/**
 * A change at Stripe that somebody waits for: the batch of the request notes the order, the same request sends it, brings what has
 * become of it to our rows, and answers from them. Of two orders of one customer the second waits. A kill in between leaves
 * the row, and whoever finds it looks up what is there (src/workflows/delivery/send-stripe-order.ts).
 */
import type { Failure } from '../../contracts/failures.ts';
import { findWhole, type WholeCustomer } from '../../customers/store.ts';
import { commit } from '../../db/client.ts';
import type { Write } from '../../db/write.ts';
import { newId } from '../../lib/ids.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import * as orderStore from '../../outbox/order-store.ts';
import * as outboxStore from '../../outbox/store.ts';
import type { Period } from '../../periods/period.ts';
import type { StripeFailure, StripeResult } from '../../stripe/call.ts';
import type { StripePort } from '../../stripe/port.ts';
import { noTaxLocation } from '../../webhooks/stuck-store.ts';
import { currentPeriod } from '../billing/current-period.ts';
import type { Context } from '../deed.ts';
import { refreshSubscription, StripeNotRead } from './refresh-subscription.ts';

/** What is ordered; an upgrade and a schedule name the price, an upgrade the moment from which Stripe counts, ms. */
export interface Order {
  what: 'checkout' | 'upgrade' | 'schedule' | 'cancel' | 'resume';
  subscriptionId?: string;
  priceId?: string;
  prorationAt?: number;
}

export interface PlannedOrder {
  orderId: string;
  writes: Write[];
}

/** A customer whose subscription is to be changed, and the Stripe that it is changed at. */
export interface Subject {
  whole: WholeCustomer;
  stripe: StripePort;
}

const minute = 60;

export const stripeAway: Failure = {
  code: 'stripe_unavailable',
  message: 'Stripe does not answer; nothing is known to have changed, try again in a minute',
  retryAfterSeconds: minute,
};

const ended: Failure = {
  code: 'subscription_ended',
  message: 'the subscription has ended; an operator reactivates the customer first',
};

const onItsWay: Failure = {
  code: 'change_pending',
  message: 'another change of the subscription is on its way; try again in a minute',
  retryAfterSeconds: minute,
};

const addressWanted: Failure = {
  code: 'tax_location_invalid',
  message: 'tax cannot be worked out for this customer: set an address in the billing settings first',
};

/** The failure as callers see it; Stripe's own code is a word of its documents, its text stays here. */
export function stripeFailed({ kind, code }: StripeFailure): Failure {
  if (kind !== 'refused') return stripeAway;
  if (code === noTaxLocation) return addressWanted;
  return { code: 'stripe_unavailable', message: `Stripe refuses that: ${code}`, details: { stripe_code: code } };
}

/** The customer whose subscription may be changed now; fails where it has ended, or another change is on its way. */
export async function subjectOf(
  { db, stripe, now }: Context,
  customerId: string,
): Promise<Result<{ whole: WholeCustomer; stripe: StripePort | null }, Failure>> {
  const [whole, isChanging] = await Promise.all([
    findWhole(db, customerId),
    orderStore.isChanging(db, customerId, now),
  ]);
  if (!whole) return err({ code: 'not_found', message: 'there is no such customer' });
  if (whole.subscription.status === 'canceled') return err(ended);
  if (isChanging) return err(onItsWay);
  return ok({ whole, stripe });
}

/** Notes the order in the batch of the request. */
export function planOrder({ random, now }: Context, customerId: string, order: Order): PlannedOrder {
  const orderId = newId('outbox', random);
  const payload = {
    customer_id: customerId,
    what: order.what,
    ...(order.subscriptionId === undefined ? {} : { subscription_id: order.subscriptionId }),
    ...(order.priceId === undefined ? {} : { price_id: order.priceId }),
    ...(order.prorationAt === undefined ? {} : { proration_at: order.prorationAt }),
  };
  return { orderId, writes: orderStore.planOrder({ id: orderId, customerId, payload, now }) };
}

/** Drops the order: it was not done, and whoever waited is told why. */
export const dropOrder = ({ db }: Context, orderId: string, why: string): Promise<void> =>
  commit(db, [outboxStore.discard(orderId, why)]);

/** The idempotency key of the order's call; `part` names a further one. */
export const keyOf = (orderId: string, part = 0): string => `tenantry-${orderId}-${part}`;

/** Makes a call of the order; one that Stripe refuses ends the order, one whose outcome is unclear leaves it to be looked up. */
export async function send<T>(
  context: Context,
  orderId: string,
  call: () => Promise<StripeResult<T>>,
): Promise<StripeResult<T>> {
  const made = await call();
  if (!made.ok && made.error.kind !== 'unclear') await dropOrder(context, orderId, made.error.code);
  return made;
}

/** Brings what Stripe has by now to our rows and ends the order; where Stripe does not show it, it is looked up later. */
export async function settle(
  context: Context,
  orderId: string,
  subscriptionId: string,
): Promise<Result<readonly string[], Failure>> {
  try {
    const { outbox } = await refreshSubscription(context, subscriptionId);
    await commit(context.db, [outboxStore.confirm(orderId)]);
    return ok(outbox);
  } catch (error) {
    if (error instanceof StripeNotRead) return err(stripeAway);
    throw error;
  }
}

/** A subscription as it is shown. */
export interface ShownSubscription {
  whole: WholeCustomer;
  period: Period;
}

/** The subscription as it stands. */
export async function shownOf({ db, now }: Context, customerId: string): Promise<ShownSubscription> {
  const whole = await findWhole(db, customerId);
  if (!whole) throw new Error(`the customer ${customerId} is gone`);
  const period = await currentPeriod(db, { id: customerId, status: whole.subscription.status }, now);
  return { whole, period };
}
