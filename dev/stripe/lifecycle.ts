/**
 * The life of Stripe's objects as data: every move that the stand-in makes, with the events that it emits and the document of
 * Stripe's that says so. move.ts looks each one up here; what is not here does not happen.
 */

const docs = 'https://docs.stripe.com';
const statuses = `${docs}/billing/subscriptions/overview#subscription-statuses`;
const subscriptionEvents = `${docs}/billing/subscriptions/webhooks`;
const trials = `${docs}/billing/subscriptions/trials/free-trials`;
const pausing = `${docs}/billing/subscriptions/pause`;
const resuming = `${docs}/api/subscriptions/resume`;
const cancelling = `${docs}/billing/subscriptions/cancel`;
const retries = `${docs}/billing/revenue-recovery/smart-retries`;
const pendingUpdates = `${docs}/billing/subscriptions/pending-updates`;
const workflow = `${docs}/invoicing/integration/workflow-transitions`;
const collecting = `${docs}/invoicing/automatic-collection`;
const invoiceOverview = `${docs}/invoicing/overview`;
const types = `${docs}/api/events/types`;
const intents = `${docs}/payments/paymentintents/lifecycle`;
const schedules = `${docs}/billing/subscriptions/subscription-schedules`;
const checkout = `${docs}/payments/checkout/how-checkout-works`;
const disputes = `${docs}/disputes/how-disputes-work`;
const refunds = `${docs}/refunds`;
const creditNotes = `${docs}/invoicing/integration/programmatic-credit-notes`;
const tax = `${docs}/tax/customer-locations`;
const overdue = `${docs}/billing/collection-method`;

const created = ['customer.subscription.created'];
const updated = ['customer.subscription.updated'];
const deleted = ['customer.subscription.deleted'];
const paused = ['customer.subscription.updated', 'customer.subscription.paused'];
const resumed = ['customer.subscription.updated', 'customer.subscription.resumed'];

/** From, by, to, the events, the document. `new` is what does not exist yet, `gone` what no longer does. */
type Row = readonly [from: string, by: string, to: string, emits: readonly string[], source: string];

const moves = {
  subscription: [
    ['new', 'created_unpaid', 'incomplete', created, statuses],
    ['new', 'created_free_or_invoiced', 'active', created, statuses],
    ['new', 'created_in_trial', 'trialing', created, trials],
    ['incomplete', 'paid', 'active', updated, statuses],
    ['incomplete', 'first_invoice_expired', 'incomplete_expired', updated, statuses],
    ['incomplete', 'first_invoice_voided', 'incomplete_expired', updated, statuses],
    ['incomplete', 'first_invoice_uncollectible', 'active', updated, statuses],
    ['incomplete', 'updated', 'incomplete', updated, subscriptionEvents],
    ['incomplete', 'canceled', 'canceled', deleted, cancelling],
    ['trialing', 'trial_will_end', 'trialing', ['customer.subscription.trial_will_end'], trials],
    ['trialing', 'trial_ended', 'active', updated, trials],
    ['trialing', 'trial_ended_without_card', 'paused', paused, trials],
    ['trialing', 'updated', 'trialing', updated, subscriptionEvents],
    ['trialing', 'canceled', 'canceled', deleted, cancelling],
    ['trialing', 'ended', 'canceled', deleted, trials],
    ['active', 'renewed', 'active', updated, subscriptionEvents],
    ['active', 'updated', 'active', updated, subscriptionEvents],
    ['active', 'trial_started', 'trialing', updated, trials],
    ['active', 'payment_failed', 'past_due', updated, statuses],
    ['active', 'overdue', 'past_due', updated, overdue],
    ['active', 'update_pended', 'active', updated, pendingUpdates],
    [
      'active',
      'pending_update_applied',
      'active',
      ['customer.subscription.updated', 'customer.subscription.pending_update_applied'],
      pendingUpdates,
    ],
    [
      'active',
      'pending_update_expired',
      'active',
      ['customer.subscription.updated', 'customer.subscription.pending_update_expired'],
      pendingUpdates,
    ],
    ['active', 'paused', 'paused', paused, pausing],
    ['active', 'canceled', 'canceled', deleted, cancelling],
    ['active', 'ended', 'canceled', deleted, cancelling],
    ['past_due', 'paid', 'active', updated, statuses],
    ['past_due', 'debt_dropped', 'active', updated, statuses],
    ['past_due', 'renewed', 'past_due', updated, subscriptionEvents],
    ['past_due', 'updated', 'past_due', updated, subscriptionEvents],
    ['past_due', 'payment_failed', 'past_due', [], retries],
    ['past_due', 'overdue', 'past_due', [], overdue],
    ['past_due', 'retries_exhausted', 'unpaid', updated, retries],
    ['past_due', 'retries_exhausted_cancel', 'canceled', deleted, retries],
    ['past_due', 'paused', 'paused', paused, pausing],
    ['past_due', 'canceled', 'canceled', deleted, cancelling],
    ['past_due', 'ended', 'canceled', deleted, cancelling],
    ['unpaid', 'paid', 'active', updated, statuses],
    ['unpaid', 'renewed', 'unpaid', updated, statuses],
    ['unpaid', 'updated', 'unpaid', updated, subscriptionEvents],
    ['unpaid', 'paused', 'paused', paused, pausing],
    ['unpaid', 'canceled', 'canceled', deleted, cancelling],
    ['unpaid', 'ended', 'canceled', deleted, cancelling],
    ['paused', 'resumed', 'active', resumed, resuming],
    ['paused', 'resumed_unpaid', 'past_due', resumed, resuming],
    ['paused', 'updated', 'paused', updated, pausing],
    ['paused', 'canceled', 'canceled', deleted, cancelling],
    ['paused', 'ended', 'canceled', deleted, cancelling],
    ['canceled', 'updated', 'canceled', updated, cancelling],
  ],
  invoice: [
    ['new', 'created', 'draft', ['invoice.created'], workflow],
    ['draft', 'updated', 'draft', ['invoice.updated'], types],
    ['draft', 'deleted', 'gone', ['invoice.deleted'], workflow],
    ['draft', 'finalized', 'open', ['invoice.finalized'], workflow],
    ['draft', 'finalization_failed', 'draft', ['invoice.finalization_failed'], tax],
    ['open', 'updated', 'open', ['invoice.updated'], types],
    ['open', 'sent', 'open', ['invoice.sent'], overdue],
    ['open', 'paid', 'paid', ['invoice.updated', 'invoice.paid', 'invoice.payment_succeeded'], workflow],
    ['open', 'payment_failed', 'open', ['invoice.updated', 'invoice.payment_failed'], collecting],
    [
      'open',
      'payment_action_required',
      'open',
      ['invoice.updated', 'invoice.payment_action_required', 'invoice.payment_failed'],
      subscriptionEvents,
    ],
    ['open', 'overdue', 'open', ['invoice.overdue'], overdue],
    ['open', 'voided', 'void', ['invoice.voided'], invoiceOverview],
    ['open', 'marked_uncollectible', 'uncollectible', ['invoice.marked_uncollectible'], invoiceOverview],
    ['open', 'collection_stopped', 'open', ['invoice.updated'], cancelling],
    ['paid', 'updated', 'paid', ['invoice.updated'], types],
    [
      'uncollectible',
      'paid',
      'paid',
      ['invoice.updated', 'invoice.paid', 'invoice.payment_succeeded'],
      invoiceOverview,
    ],
    ['uncollectible', 'payment_failed', 'uncollectible', ['invoice.updated', 'invoice.payment_failed'], collecting],
    ['uncollectible', 'voided', 'void', ['invoice.voided'], invoiceOverview],
  ],
  payment_intent: [
    ['new', 'created', 'requires_payment_method', ['payment_intent.created'], intents],
    ['requires_payment_method', 'paid', 'succeeded', ['payment_intent.succeeded'], intents],
    ['requires_payment_method', 'declined', 'requires_payment_method', ['payment_intent.payment_failed'], intents],
    ['requires_payment_method', 'asks_customer', 'requires_action', ['payment_intent.requires_action'], intents],
    ['requires_payment_method', 'canceled', 'canceled', ['payment_intent.canceled'], intents],
    ['requires_action', 'asks_customer', 'requires_action', [], intents],
    ['requires_action', 'paid', 'succeeded', ['payment_intent.succeeded'], intents],
    ['requires_action', 'declined', 'requires_payment_method', ['payment_intent.payment_failed'], intents],
    ['requires_action', 'canceled', 'canceled', ['payment_intent.canceled'], intents],
  ],
  charge: [
    ['new', 'paid', 'succeeded', ['charge.succeeded'], types],
    ['new', 'declined', 'failed', ['charge.failed'], types],
    ['succeeded', 'refunded', 'succeeded', ['charge.refunded'], refunds],
    ['succeeded', 'updated', 'succeeded', ['charge.updated'], types],
  ],
  refund: [
    ['new', 'created', 'succeeded', ['refund.created'], refunds],
    ['succeeded', 'given_back', 'failed', ['refund.updated', 'refund.failed'], refunds],
  ],
  dispute: [
    ['new', 'opened', 'needs_response', ['charge.dispute.created'], disputes],
    ['needs_response', 'won', 'won', ['charge.dispute.closed'], disputes],
    ['needs_response', 'lost', 'lost', ['charge.dispute.closed'], disputes],
  ],
  credit_note: [
    ['new', 'issued', 'issued', ['credit_note.created'], creditNotes],
    ['issued', 'voided', 'void', ['credit_note.voided'], creditNotes],
  ],
  'checkout.session': [
    ['new', 'created', 'open', [], checkout],
    ['open', 'completed', 'complete', ['checkout.session.completed'], checkout],
    ['open', 'expired', 'expired', ['checkout.session.expired'], checkout],
  ],
  subscription_schedule: [
    ['new', 'created', 'active', ['subscription_schedule.created'], schedules],
    ['active', 'updated', 'active', ['subscription_schedule.updated'], schedules],
    ['active', 'phase_begun', 'active', ['subscription_schedule.updated'], schedules],
    ['active', 'released', 'released', ['subscription_schedule.updated', 'subscription_schedule.released'], schedules],
    ['active', 'canceled', 'canceled', ['subscription_schedule.canceled'], schedules],
    ['active', 'aborted', 'canceled', ['subscription_schedule.aborted'], types],
    ['active', 'completed', 'completed', ['subscription_schedule.completed'], schedules],
  ],
} as const satisfies Record<string, readonly Row[]>;

/** The kinds that have a status. */
export type Moving = keyof typeof moves;
/** What happens to a kind. */
export type By<K extends Moving> = (typeof moves)[K][number][1];

export type Transition = {
  object: Moving;
  from: string;
  by: string;
  to: string;
  emits: readonly string[];
  /** The document of Stripe's that says so. */
  source: string;
};

export const lifecycle: readonly Transition[] = Object.entries(moves).flatMap(([object, rows]) =>
  rows.map(([from, by, to, emits, source]) => ({ object: object as Moving, from, by, to, emits, source })),
);
