/** The routes of subscriptions: where they are, whom they admit, what they take and answer. */
import { route } from '../route.ts';
import {
  cancelBody,
  checkoutAnswer,
  checkoutBody,
  portalAnswer,
  portalBody,
  previewAnswer,
  previewBody,
  resumeBody,
  subscriptionAnswer,
  upgradeAnswer,
  upgradeBody,
} from '../subscriptions.ts';

/** Who changes a subscription: whoever sees to its bills, and operators. */
const changers = { admin: 'operator', account: 'billing' } as const;
/** The customer stands in the body. */
const named = ['not_found', 'customer_mismatch'] as const;

export const readSubscription = route({
  operation: 'readSubscription',
  method: 'get',
  path: '/api/subscriptions/:customerId',
  summary: 'A customer’s subscription: plan, state, period, and what lies ahead',
  allow: { admin: 'viewer', account: 'viewer' },
  answers: { 200: subscriptionAnswer },
});

export const checkOut = route({
  operation: 'checkOut',
  method: 'post',
  path: '/api/subscriptions/checkout',
  summary: 'Open Stripe’s page on which a subscription is bought',
  allow: changers,
  body: checkoutBody,
  answers: { 200: checkoutAnswer },
  failures: [
    ...named,
    'already_subscribed',
    'change_pending',
    'currency_mismatch',
    'plan_not_offered',
    'price_missing',
    'return_url_not_allowed',
    'stripe_unavailable',
    'subscription_ended',
  ],
  idempotent: true,
});

export const previewChange = route({
  operation: 'previewChange',
  method: 'post',
  path: '/api/subscriptions/preview',
  summary: 'What another plan would cost, and when it would begin',
  allow: { admin: 'viewer', account: 'viewer' },
  body: previewBody,
  answers: { 200: previewAnswer },
  failures: [
    ...named,
    'change_pending',
    'checkout_required',
    'payment_failed',
    'plan_not_offered',
    'price_missing',
    'same_plan',
    'stripe_unavailable',
    'subscription_ended',
  ],
});

export const upgradeSubscription = route({
  operation: 'upgradeSubscription',
  method: 'post',
  path: '/api/subscriptions/upgrade',
  summary: 'Go over to another plan: a higher one at once, others with the end of the period',
  allow: changers,
  body: upgradeBody,
  answers: { 200: upgradeAnswer },
  failures: [
    ...named,
    'change_pending',
    'checkout_required',
    'payment_action_required',
    'payment_failed',
    'plan_not_offered',
    'preview_expired',
    'price_missing',
    'same_plan',
    'stripe_unavailable',
    'subscription_ended',
    'tax_location_invalid',
  ],
  idempotent: true,
});

export const cancelSubscription = route({
  operation: 'cancelSubscription',
  method: 'post',
  path: '/api/subscriptions/cancel',
  summary: 'End the subscription with its period, or at once',
  allow: changers,
  body: cancelBody,
  answers: { 200: subscriptionAnswer },
  failures: [...named, 'change_pending', 'stripe_unavailable', 'subscription_ended'],
  idempotent: true,
});

export const resumeSubscription = route({
  operation: 'resumeSubscription',
  method: 'post',
  path: '/api/subscriptions/resume',
  summary: 'Take a cancellation or a change that lies ahead back',
  allow: changers,
  body: resumeBody,
  answers: { 200: subscriptionAnswer },
  failures: [...named, 'change_pending', 'nothing_to_resume', 'stripe_unavailable', 'subscription_ended'],
  idempotent: true,
});

export const openPortal = route({
  operation: 'openPortal',
  method: 'post',
  path: '/api/subscriptions/portal',
  summary: 'Open Stripe’s pages for cards, addresses and invoices',
  allow: changers,
  body: portalBody,
  answers: { 200: portalAnswer },
  failures: [...named, 'return_url_not_allowed', 'stripe_unavailable'],
});
