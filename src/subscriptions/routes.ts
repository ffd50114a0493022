/** Routes of a customer's subscription: read, bought, changed, ended, taken back. */
import * as routes from '../contracts/routes/subscriptions.ts';
import type { Env } from '../env.ts';
import { type Endpoint, endpoint, json, reply } from '../http/endpoint.ts';
import { order } from '../http/order.ts';
import { iso, msOrNull } from '../lib/time.ts';
import { carriersOf, contextOf } from '../wiring.ts';
import { deliverOutbox } from '../workflows/delivery/deliver-outbox.ts';
import { cancel, planCancel } from '../workflows/subscriptions/cancel.ts';
import { openCheckout, planCheckout } from '../workflows/subscriptions/check-out.ts';
import { openPortal } from '../workflows/subscriptions/open-portal.ts';
import { shownOf } from '../workflows/subscriptions/order.ts';
import { planResume, resume } from '../workflows/subscriptions/resume.ts';
import { planUpgrade, upgrade } from '../workflows/subscriptions/upgrade.ts';
import { customerNamed, offeredTo } from './asker.ts';
import { toSubscription } from './wire.ts';

/** Where Stripe's pages may lead back to. */
const originsOf = ({ PUBLIC_URL, CHECKOUT_RETURN_ORIGINS = [] }: Env): string[] => [
  new URL(PUBLIC_URL).origin,
  ...CHECKOUT_RETURN_ORIGINS,
];

const read = endpoint({
  ...routes.readSubscription,
  handle: async (call) => {
    const shown = await shownOf(contextOf(call), call.customer.customer.id);
    return reply(200, { success: true, subscription: toSubscription(shown) });
  },
});

const checkout = order({
  ...routes.checkOut,
  plan: async (context, call) => {
    const customer = customerNamed(call.principal, call.body.customer_id);
    if (!customer.ok) return customer;
    const { plan, interval, success_url, cancel_url, promotion_code } = call.body;
    return await planCheckout(context, {
      customerId: customer.value,
      plan,
      interval,
      offered: offeredTo(call.principal, call.env.SIGNUP_PLANS),
      successUrl: success_url,
      cancelUrl: cancel_url,
      promotionCode: promotion_code ?? null,
      origins: originsOf(call.env),
    });
  },
  act: openCheckout,
  answer: ({ id, url, expiresAt }) =>
    json(200, { success: true, session_id: id, checkout_url: url, expires_at: iso(expiresAt) }),
});

const upgradeRoute = order({
  ...routes.upgradeSubscription,
  plan: async (context, call) => {
    const customer = customerNamed(call.principal, call.body.customer_id);
    if (!customer.ok) return customer;
    const { new_plan: plan, interval = null, proration_date } = call.body;
    const offered = offeredTo(call.principal, call.env.SIGNUP_PLANS);
    const prorationAt = msOrNull(proration_date);
    return await planUpgrade(context, { customerId: customer.value, plan, interval, offered, prorationAt });
  },
  act: upgrade,
  outbox: ({ outbox }) => outbox,
  answer: ({ effective, invoice, ...shown }) =>
    json(200, {
      success: true,
      subscription: toSubscription(shown),
      effective,
      invoice: invoice && { invoice_id: invoice.id, amount_due_cents: invoice.amountDueCents },
    }),
});

const cancelRoute = order({
  ...routes.cancelSubscription,
  plan: async (context, call) => {
    const customer = customerNamed(call.principal, call.body.customer_id);
    if (!customer.ok) return customer;
    const { immediately, reason = null } = call.body;
    return await planCancel(context, { customerId: customer.value, immediately, reason });
  },
  act: cancel,
  outbox: ({ outbox }) => outbox,
  answer: (shown) => json(200, { success: true, subscription: toSubscription(shown) }),
});

const resumeRoute = order({
  ...routes.resumeSubscription,
  plan: async (context, call) => {
    const customer = customerNamed(call.principal, call.body.customer_id);
    if (!customer.ok) return customer;
    return await planResume(context, { customerId: customer.value, isOperator: call.principal.kind === 'admin' });
  },
  act: resume,
  outbox: ({ outbox }) => outbox,
  answer: (shown) => json(200, { success: true, subscription: toSubscription(shown) }),
});

const portal = endpoint({
  ...routes.openPortal,
  handle: async (call) => {
    const customer = customerNamed(call.principal, call.body.customer_id);
    if (!customer.ok) return customer;
    const wish = { customerId: customer.value, returnUrl: call.body.return_url, origins: originsOf(call.env) };
    const opened = await openPortal(contextOf(call), wish, (ids) => deliverOutbox(carriersOf(call), ids));
    return opened.ok ? reply(200, { success: true, portal_url: opened.value }) : opened;
  },
});

export const subscriptionEndpoints: readonly Endpoint[] = [
  read,
  checkout,
  upgradeRoute,
  cancelRoute,
  resumeRoute,
  portal,
];
