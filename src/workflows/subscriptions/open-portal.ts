/** Opens Stripe's portal for a customer: one visit, which changes nothing by itself. */
import type { Failure } from '../../contracts/failures.ts';
import { findWhole } from '../../customers/store.ts';
import { err, type Result } from '../../lib/result.ts';
import { mayReturnTo } from '../../subscriptions/return-address.ts';
import type { Context } from '../deed.ts';
import { returnRefused } from './check-out.ts';
import { stripeAway, stripeFailed } from './order.ts';
import { type Deliver, stripeCustomerOf } from './stripe-customer.ts';

export interface PortalWish {
  customerId: string;
  returnUrl: string;
  /** Where the portal may lead back to. */
  origins: readonly string[];
}

/** The address of the visit. */
export async function openPortal(
  context: Context,
  { customerId, returnUrl, origins }: PortalWish,
  deliver: Deliver,
): Promise<Result<string, Failure>> {
  if (!mayReturnTo(returnUrl, origins)) return err(returnRefused('return_url'));
  const whole = await findWhole(context.db, customerId);
  if (!whole) return err({ code: 'not_found', message: 'there is no such customer' });
  const { stripe } = context;
  if (stripe === null) return err(stripeAway);
  const customer = await stripeCustomerOf(context, stripe, whole, deliver);
  if (!customer.ok) return customer;
  const opened = await stripe.portal.open(customer.value.id, returnUrl);
  return opened.ok ? opened : err(stripeFailed(opened.error));
}
