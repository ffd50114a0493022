/** Which event of Stripe leads to what. A type that is not here is kept as `ignored`. */
import { chargeReversed } from './charge-reversed.ts';
import { customerChanged } from './customer-changed.ts';
import type { Handler } from './handler.ts';
import { invoiceChanged } from './invoice-changed.ts';
import { subscriptionChanged } from './subscription-changed.ts';

const table: Readonly<Record<string, Handler>> = {
  'checkout.session.completed': subscriptionChanged,
  'checkout.session.async_payment_succeeded': subscriptionChanged,
  'checkout.session.async_payment_failed': subscriptionChanged,
  'checkout.session.expired': subscriptionChanged,

  'customer.subscription.created': subscriptionChanged,
  'customer.subscription.updated': subscriptionChanged,
  'customer.subscription.deleted': subscriptionChanged,
  'customer.subscription.paused': subscriptionChanged,
  'customer.subscription.resumed': subscriptionChanged,
  'customer.subscription.pending_update_applied': subscriptionChanged,
  'customer.subscription.pending_update_expired': subscriptionChanged,
  'customer.subscription.trial_will_end': subscriptionChanged,

  'subscription_schedule.created': subscriptionChanged,
  'subscription_schedule.updated': subscriptionChanged,
  'subscription_schedule.released': subscriptionChanged,
  'subscription_schedule.canceled': subscriptionChanged,
  'subscription_schedule.completed': subscriptionChanged,
  'subscription_schedule.aborted': subscriptionChanged,

  'invoice.created': invoiceChanged,
  'invoice.updated': invoiceChanged,
  'invoice.finalized': invoiceChanged,
  'invoice.finalization_failed': invoiceChanged,
  'invoice.paid': invoiceChanged,
  'invoice.payment_succeeded': invoiceChanged,
  'invoice.payment_failed': invoiceChanged,
  'invoice.payment_action_required': invoiceChanged,
  'invoice.overdue': invoiceChanged,
  'invoice.marked_uncollectible': invoiceChanged,
  'invoice.voided': invoiceChanged,
  'invoice.deleted': invoiceChanged,

  'customer.updated': customerChanged,
  'customer.deleted': customerChanged,

  'charge.refunded': chargeReversed,
  'charge.dispute.created': chargeReversed,
  'charge.dispute.updated': chargeReversed,
  'charge.dispute.closed': chargeReversed,
  'charge.dispute.funds_withdrawn': chargeReversed,
  'charge.dispute.funds_reinstated': chargeReversed,
  'refund.created': chargeReversed,
  'refund.updated': chargeReversed,
  'refund.failed': chargeReversed,
};

/** What a type leads to; null for one that means nothing here. */
export const handlerOf = (type: string): Handler | null => (Object.hasOwn(table, type) ? (table[type] ?? null) : null);
