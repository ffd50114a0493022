/**
 * The customer at Stripe of a request that cannot go on without one. One that is not made yet is made now by its outbox row; one
 * that somebody has deleted there is made anew.
 */
import type { Failure } from '../../contracts/failures.ts';
import { findCustomer, forgetStripeId, type WholeCustomer } from '../../customers/store.ts';
import { commit } from '../../db/client.ts';
import { newId } from '../../lib/ids.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import * as outboxStore from '../../outbox/store.ts';
import type { StripePort } from '../../stripe/port.ts';
import type { Context } from '../deed.ts';
import { stripeAway, stripeFailed } from './order.ts';

/** Delivers outbox rows now, or waits for whoever does just then. @returns how many it confirmed */
export type Deliver = (outboxIds: readonly string[]) => Promise<number>;

export interface AtStripe {
  /** `cus_…` */
  id: string;
  /** What its invoices are in; null before the first. */
  currency: string | null;
}

export async function stripeCustomerOf(
  context: Context,
  stripe: StripePort,
  { customer }: WholeCustomer,
  deliver: Deliver,
): Promise<Result<AtStripe, Failure>> {
  if (customer.stripeCustomerId !== null) {
    const found = await stripe.customers.fetch(customer.stripeCustomerId);
    const isGone = found.ok ? found.value === null : found.error.code === 'resource_missing';
    if (found.ok && found.value !== null) return ok({ id: customer.stripeCustomerId, currency: found.value.currency });
    if (!found.ok && !isGone) return err(stripeFailed(found.error));
  }
  const made = await make(context, customer, deliver);
  return made === null ? err(stripeAway) : ok({ id: made, currency: null });
}

async function make(
  { db, now, random, log }: Context,
  { id, email, companyName, stripeCustomerId }: WholeCustomer['customer'],
  deliver: Deliver,
): Promise<string | null> {
  const linked = async () => (await findCustomer(db, id))?.stripeCustomerId ?? null;
  // In this order: a row that is gone has left its customer's id, and a second row would make a second customer.
  let rowId = (await outboxStore.findCustomerRow(db, id))?.id;
  const known = await linked();
  if (known !== null && known !== stripeCustomerId) return known;
  if (rowId === undefined) {
    if (stripeCustomerId !== null) {
      log('warn', 'a customer was deleted at Stripe; another is made', { customer_id: id, was: stripeCustomerId });
    }
    rowId = newId('outbox', random);
    const payload = { customer_id: id, email, name: companyName };
    await commit(db, [
      ...(stripeCustomerId === null ? [] : [forgetStripeId(id, stripeCustomerId)]),
      outboxStore.plan({ id: rowId, kind: 'stripe_customer', payload, now }),
    ]);
  }
  await deliver([rowId]);
  return await linked();
}
