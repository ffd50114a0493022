/**
 * Opens Stripe's page on which a subscription is bought. It makes nothing by itself: the subscription comes with the payment, and
 * becomes ours by refresh-subscription.ts. A customer has one page at a time, so that nobody pays twice.
 */
import type { Failure } from '../../contracts/failures.ts';
import { commit } from '../../db/client.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import { confirm } from '../../outbox/store.ts';
import { billedCurrency } from '../../pricing/publication.ts';
import type { StripeFailure } from '../../stripe/call.ts';
import type { CheckoutInput, CheckoutSession } from '../../stripe/checkout.ts';
import type { StripePort } from '../../stripe/port.ts';
import { keptTrialEnd } from '../../subscriptions/plan-move.ts';
import { mayReturnTo } from '../../subscriptions/return-address.ts';
import { isLive } from '../../subscriptions/transitions.ts';
import type { Context, Planned } from '../deed.ts';
import { type Chosen, choosePrice, priceMissing, type Wish } from './choose-price.ts';
import { dropOrder, keyOf, planOrder, type Subject, stripeAway, stripeFailed, subjectOf } from './order.ts';
import { refreshSubscription } from './refresh-subscription.ts';
import { type Deliver, stripeCustomerOf } from './stripe-customer.ts';

export interface CheckoutWish extends Wish {
  customerId: string;
  successUrl: string;
  cancelUrl: string;
  /** As somebody types it. */
  promotionCode: string | null;
  /** Where the page may lead back to. */
  origins: readonly string[];
}

export interface PlannedCheckout extends Subject {
  orderId: string;
  wish: CheckoutWish;
  chosen: Chosen;
}

/** An open page. */
export type OpenCheckout = Omit<CheckoutSession, 'url'> & { url: string };

/** Plans the order of a page. */
export async function planCheckout(context: Context, wish: CheckoutWish): Promise<Planned<PlannedCheckout>> {
  for (const [path, url] of [
    ['success_url', wish.successUrl],
    ['cancel_url', wish.cancelUrl],
  ] as const) {
    if (!mayReturnTo(url, wish.origins)) return err(returnRefused(path));
  }
  const subject = await subjectOf(context, wish.customerId);
  if (!subject.ok) return subject;
  const { whole, stripe } = subject.value;
  if (stripe === null) return err(stripeAway);
  if (whole.subscription.stripeSubscriptionId !== null) {
    return err(await alreadySubscribed(stripe, whole.customer.stripeCustomerId, wish.cancelUrl));
  }
  const chosen = await choosePrice(context.db, whole, wish);
  if (!chosen.ok) return chosen;
  const order = planOrder(context, wish.customerId, { what: 'checkout', priceId: chosen.value.priceId });
  return ok({
    value: { whole, stripe, orderId: order.orderId, wish, chosen: chosen.value },
    writes: order.writes,
    audit: [{ action: 'subscription.checkout', subject: wish.customerId, details: { plan: wish.plan } }],
  });
}

export const returnRefused = (path: string): Failure => {
  const message = `${path}: is at none of the origins that Stripe's pages may return to`;
  return { code: 'return_url_not_allowed', message, details: { issues: [{ path, message }] } };
};

/** Somebody who has a subscription changes it, in the portal or by an upgrade. */
async function alreadySubscribed(stripe: StripePort, customer: string | null, returnUrl: string): Promise<Failure> {
  const portal = customer === null ? null : await stripe.portal.open(customer, returnUrl);
  return {
    code: 'already_subscribed',
    message: 'the customer has a subscription; change it instead',
    details: { portal_url: portal?.ok ? portal.value : null },
  };
}

/** Opens the page, and closes the one that was open before. */
export async function openCheckout(
  context: Context,
  planned: PlannedCheckout,
  deliver: Deliver,
): Promise<Result<OpenCheckout, Failure>> {
  const opened = await open(context, planned, deliver);
  // A page that nobody was told of is closed when the next one is opened, or by its own end.
  if (!opened.ok) await dropOrder(context, planned.orderId, opened.error.code);
  return opened;
}

async function open(
  context: Context,
  { whole, stripe, orderId, wish, chosen }: PlannedCheckout,
  deliver: Deliver,
): Promise<Result<OpenCheckout, Failure>> {
  const customer = await stripeCustomerOf(context, stripe, whole, deliver);
  if (!customer.ok) return customer;
  const { id, currency } = customer.value;
  if (currency !== null && currency !== billedCurrency) return err(otherCurrency(currency));
  const blocked = (await subscribedMeanwhile(context, stripe, id, wish)) ?? (await closePages(stripe, id));
  if (blocked) return err(blocked);
  const promotion = await promotionOf(context, stripe, wish.promotionCode);
  if (!promotion.ok) return promotion;
  const { trialEndsAt, status } = whole.subscription;
  const made = await stripe.checkout.create(
    {
      customer: id,
      priceId: chosen.priceId,
      successUrl: wish.successUrl,
      cancelUrl: wish.cancelUrl,
      trialEnd: status === 'trialing' ? keptTrialEnd(trialEndsAt, context.now) : null,
      promotion: promotion.value,
      tax: context.settings.tax,
      customerId: whole.customer.id,
      plan: chosen.version.plan,
      planVersion: chosen.version.version,
      orderId,
    },
    keyOf(orderId),
  );
  if (!made.ok) return err(isAboutPrice(made.error) ? priceMissing(wish) : stripeFailed(made.error));
  const { url, ...session } = made.value;
  if (url === null) return err(stripeAway);
  await commit(context.db, [confirm(orderId)]);
  return ok({ ...session, url });
}

/** A subscription that nobody has told us of: after an outage of the webhooks a second one must not be bought. */
async function subscribedMeanwhile(
  context: Context,
  stripe: StripePort,
  customer: string,
  wish: CheckoutWish,
): Promise<Failure | null> {
  const found = await stripe.subscriptions.listOf(customer);
  if (!found.ok) return stripeFailed(found.error);
  const live = found.value.find(({ status }) => isLive(status));
  if (live === undefined) return null;
  await refreshSubscription(context, live.id);
  return await alreadySubscribed(stripe, customer, wish.cancelUrl);
}

async function closePages(stripe: StripePort, customer: string): Promise<Failure | null> {
  const pages = await stripe.checkout.listOpen(customer);
  if (!pages.ok) return stripeFailed(pages.error);
  for (const { id } of pages.value) {
    const closed = await stripe.checkout.expire(id);
    if (!closed.ok) return stripeFailed(closed.error);
  }
  return null;
}

/** What the page takes off; a code that is given is refused before the page is opened. */
async function promotionOf(
  { settings: { promotionCodes } }: Context,
  stripe: StripePort,
  code: string | null,
): Promise<Result<CheckoutInput['promotion'], Failure>> {
  if (code === null) return ok(promotionCodes ? 'typed' : 'none');
  if (!promotionCodes) return err(codeRefused('promotion codes are not taken'));
  const found = await stripe.checkout.findPromotion(code);
  if (!found.ok) return err(stripeFailed(found.error));
  return found.value === null ? err(codeRefused('there is no such code, or it is over')) : ok({ id: found.value });
}

const codeRefused = (why: string): Failure => {
  const message = `promotion_code: ${why}`;
  return { code: 'validation_failed', message, details: { issues: [{ path: 'promotion_code', message }] } };
};

const otherCurrency = (currency: string): Failure => ({
  code: 'currency_mismatch',
  message: `the customer is billed in ${currency} at Stripe, and the plans are in ${billedCurrency}`,
});

/** A price that is archived or gone at Stripe. */
const isAboutPrice = ({ kind, param }: StripeFailure): boolean =>
  kind === 'refused' && param !== undefined && /^line_items/.test(param);
