/** Every type of event that leads to something: it is delivered, what it tells of is fetched and kept, and it is processed. */
import { expect, it } from 'vitest';
import { inboxOf } from '../../../harness/worker/inbox.ts';
import { eventOf, invoiceOf, type Json, stripeId } from '../../../harness/worker/stripe-events.ts';

const { stripe, control, known, happens } = inboxOf(['outbox', 'notices', 'stripe_objects']);

/** The object that an event carries, what is fetched for it, and by which id that is kept. */
interface Told {
  object: Json;
  fetched: readonly string[];
  kept: string;
}

const subscriptionId = stripeId('sub');

function answers(path: string, answer: Json): string {
  stripe.answers.set(`GET ${path}`, answer);
  return `GET ${path}`;
}

/** What is fetched is a subscription that never came about: it changes nothing of its customer. */
function ofSubscription(object: Json): Told {
  const now = {
    id: subscriptionId,
    object: 'subscription',
    customer: known.cus,
    status: 'incomplete_expired',
    items: { object: 'list', data: [] },
    cancel_at: null,
    pending_update: null,
    currency: 'usd',
    created: 1_780_000_000,
    metadata: {},
  };
  const fetched = [answers(`/v1/subscriptions/${subscriptionId}`, now)];
  return { object: { customer: known.cus, ...object }, fetched, kept: subscriptionId };
}

function ofInvoice(): Told {
  const details = { subscription: subscriptionId, metadata: {} };
  const parent = { type: 'subscription_details', quote_details: null, subscription_details: details };
  const invoice = invoiceOf(known.cus, { status: 'open', billing_reason: 'manual', parent });
  const fetched = [...ofSubscription({}).fetched, answers(`/v1/invoices/${invoice.id}`, invoice)];
  return { object: invoice, fetched, kept: invoice.id };
}

function ofCharge(object: Json): Told {
  const list = { object: 'list', data: [], has_more: false, url: '/v1/x' };
  const money = { amount: 2900, currency: 'usd', status: 'succeeded', amount_refunded: 0, metadata: {} };
  const charge = { id: 'ch_1', object: 'charge', customer: known.cus, ...money };
  const fetched = [answers('/v1/charges/ch_1', charge), answers('/v1/refunds', list), answers('/v1/disputes', list)];
  return { object, fetched, kept: 'ch_1' };
}

function ofCustomer(): Told {
  const customer = { id: known.cus, object: 'customer', email: 'a@b.test', name: 'A' };
  return { object: customer, fetched: [answers(`/v1/customers/${known.cus}`, customer)], kept: known.cus };
}

const checkout = () => ofSubscription({ id: 'cs_1', object: 'checkout.session', subscription: subscriptionId });
const subscription = () => ofSubscription({ id: subscriptionId, object: 'subscription' });
const schedule = () =>
  ofSubscription({ id: 'sub_sched_1', object: 'subscription_schedule', subscription: subscriptionId });
/** One that was released names the subscription elsewhere. */
const released = () =>
  ofSubscription({
    id: 'sub_sched_1',
    object: 'subscription_schedule',
    subscription: null,
    released_subscription: subscriptionId,
  });
const charge = () => ofCharge({ id: 'ch_1', object: 'charge', customer: known.cus });
const dispute = () => ofCharge({ id: 'du_1', object: 'dispute', charge: 'ch_1' });
const refund = () => ofCharge({ id: 're_1', object: 'refund', charge: 'ch_1' });

it.each<[string, () => Told]>([
  ['checkout.session.completed', checkout],
  ['checkout.session.async_payment_succeeded', checkout],
  ['checkout.session.async_payment_failed', checkout],
  ['checkout.session.expired', checkout],

  ['customer.subscription.created', subscription],
  ['customer.subscription.updated', subscription],
  ['customer.subscription.deleted', subscription],
  ['customer.subscription.paused', subscription],
  ['customer.subscription.resumed', subscription],
  ['customer.subscription.pending_update_applied', subscription],
  ['customer.subscription.pending_update_expired', subscription],
  ['customer.subscription.trial_will_end', subscription],

  ['subscription_schedule.created', schedule],
  ['subscription_schedule.updated', schedule],
  ['subscription_schedule.released', released],
  ['subscription_schedule.canceled', schedule],
  ['subscription_schedule.completed', schedule],
  ['subscription_schedule.aborted', schedule],

  ['invoice.created', ofInvoice],
  ['invoice.updated', ofInvoice],
  ['invoice.finalized', ofInvoice],
  ['invoice.finalization_failed', ofInvoice],
  ['invoice.paid', ofInvoice],
  ['invoice.payment_succeeded', ofInvoice],
  ['invoice.payment_failed', ofInvoice],
  ['invoice.payment_action_required', ofInvoice],
  ['invoice.overdue', ofInvoice],
  ['invoice.marked_uncollectible', ofInvoice],
  ['invoice.voided', ofInvoice],
  ['invoice.deleted', ofInvoice],

  ['customer.updated', ofCustomer],
  ['customer.deleted', ofCustomer],

  ['charge.refunded', charge],
  ['charge.dispute.created', dispute],
  ['charge.dispute.updated', dispute],
  ['charge.dispute.closed', dispute],
  ['charge.dispute.funds_withdrawn', dispute],
  ['charge.dispute.funds_reinstated', dispute],
  ['refund.created', refund],
  ['refund.updated', refund],
  ['refund.failed', refund],
])('%s has what it tells of fetched and kept', async (type, tell) => {
  const { object, fetched, kept } = tell();
  expect(await happens(eventOf(type, object))).toMatchObject({ state: 'processed', error_code: null });
  expect(new Set(stripe.calls.map(({ name }) => name))).toEqual(new Set(fetched));
  const row = await control.prepare('SELECT applied_seq FROM stripe_objects WHERE id = ?').bind(kept).first();
  expect(row).toEqual({ applied_seq: 1 });
});

it('a type that leads to nothing is kept as it came, and nothing is fetched for it', async () => {
  expect(await happens(eventOf('customer.created', ofCustomer().object))).toMatchObject({ state: 'ignored' });
  expect(stripe.calls).toEqual([]);
});
