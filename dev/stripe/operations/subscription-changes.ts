/** Updating, pausing and resuming a subscription: https://docs.stripe.com/api/subscriptions/update */
import type { Change } from '../acts/change-items.ts';
import { pauseSubscription, resumeSubscription } from '../acts/pause.ts';
import { changeAttributes, changeItems, refusedUpdate } from '../acts/update.ts';
import type { Context, Operation } from '../context.ts';
import { Refusal, refuse } from '../errors.ts';
import { periodAround } from '../objects/period.ts';
import { periodEndOf, type Subscription } from '../objects/subscription.ts';
import { operation } from '../operation.ts';
import type { Parameters, ValuesOf } from '../parameters.ts';
import { secondsOf } from '../seconds.ts';
import { must, rendered } from '../wires.ts';
import { find, merged, or } from './shared.ts';
import {
  checkDue,
  discountsOf,
  type ItemValues,
  itemChange,
  methodOf,
  prorationFields,
  subscriptionFields,
  taxedOf,
} from './subscription-parameters.ts';

const url = '/v1/subscriptions/:id';

const updateFields = {
  ...subscriptionFields,
  ...prorationFields,
  cancellation_details: { of: { comment: { unset: 'text' }, feedback: { unset: 'text' } } },
} as const satisfies Parameters;
type Update = ValuesOf<typeof updateFields>;

/**
 * What `pending_if_incomplete` may be said with: https://docs.stripe.com/billing/subscriptions/pending-updates-reference; of which
 * subscriptions: https://docs.stripe.com/billing/subscriptions/pending-updates
 */
const pendingNames = [
  'billing_cycle_anchor',
  'items',
  'payment_behavior',
  'proration_behavior',
  'proration_date',
  'trial_end',
];

type Cancelling = Pick<Subscription, 'cancelAt' | 'cancelAtPeriodEnd' | 'canceledAt'>;

/** An end inside a period would give money back, which the stand-in does at the end only by DELETE. */
function checkCancelAt(context: Context, subscription: Subscription, at: number, prorating: string | undefined): void {
  if (at <= secondsOf(context.now)) refuse('Invalid timestamp: must be in the future.', undefined, 'cancel_at');
  const [first] = subscription.items;
  const step = first === undefined ? null : must(context, 'price', first.price).recurring;
  const isBoundary =
    at === periodEndOf(subscription) || (step !== null && periodAround(subscription.anchor, step, at).start === at);
  if (!isBoundary && prorating !== 'none') {
    refuse(
      'The stand-in prorates no cancellation inside a period: say proration_behavior=none.',
      undefined,
      'cancel_at',
    );
  }
}

function cancelling(context: Context, subscription: Subscription, values: Update): Partial<Cancelling> {
  const { cancel_at: cancelAt, cancel_at_period_end: atPeriodEnd, proration_behavior: prorating } = values;
  const now = secondsOf(context.now);
  if (cancelAt != null && atPeriodEnd === true) {
    refuse('You may only specify one of these parameters: cancel_at, cancel_at_period_end.', 'parameters_exclusive');
  }
  if (atPeriodEnd === true) return { cancelAt: periodEndOf(subscription), cancelAtPeriodEnd: true, canceledAt: now };
  if (cancelAt != null) {
    checkCancelAt(context, subscription, cancelAt, prorating);
    return { cancelAt, cancelAtPeriodEnd: false, canceledAt: now };
  }
  if (cancelAt === null || atPeriodEnd === false) return { cancelAt: null, cancelAtPeriodEnd: false, canceledAt: null };
  return {};
}

function attributesOf(context: Context, subscription: Subscription, values: Update): Partial<Subscription> {
  const { customer } = subscription;
  const { default_payment_method: card, cancellation_details: details } = values;
  const collection = values.collection_method ?? subscription.collection;
  const kept = collection === 'send_invoice' ? subscription.daysUntilDue : null;
  const daysUntilDue = values.days_until_due ?? kept;
  checkDue(collection, daysUntilDue);
  return {
    ...cancelling(context, subscription, values),
    automaticTax: taxedOf(context, customer, values.automatic_tax, subscription.automaticTax),
    taxDropped: values.automatic_tax === undefined && (subscription.taxDropped ?? false),
    cancellation: {
      ...subscription.cancellation,
      comment: or(details?.comment, subscription.cancellation.comment),
      feedback: or(details?.feedback, subscription.cancellation.feedback),
    },
    collection,
    daysUntilDue,
    defaultPaymentMethod: card === undefined ? subscription.defaultPaymentMethod : methodOf(context, customer, card),
    description: or(values.description, subscription.description),
    discounts: discountsOf(context, customer, subscription.discounts, values.discounts),
    metadata: merged(subscription.metadata, values.metadata),
    missingPaymentMethod:
      values.trial_settings?.end_behavior.missing_payment_method ?? subscription.missingPaymentMethod,
  };
}

export type ChangeValues = {
  billing_cycle_anchor?: { type: 'now' | 'unchanged' };
  items?: ItemValues[];
  proration_behavior?: Change['prorating'];
  proration_date?: number;
  trial_end?: 'now' | number;
};

/** What an update asks of the items, null where it asks for nothing of that. */
export function changeOf(context: Context, values: ChangeValues): Change | null {
  const { billing_cycle_anchor: anchor, items, trial_end: trialEnd } = values;
  if (items === undefined && trialEnd === undefined && anchor?.type !== 'now') return null;
  return {
    items: (items ?? []).map((item) => itemChange(context, item)),
    prorating: values.proration_behavior ?? 'create_prorations',
    prorationDate: values.proration_date ?? null,
    anchorNow: anchor?.type === 'now',
    trialEnd: trialEnd ?? null,
  };
}

export const subscriptionChanges: readonly Operation[] = [
  operation({
    method: 'POST',
    path: url,
    parameters: updateFields,
    run(context, { path: { id = '' }, values }) {
      const subscription = find(context, 'subscription', id);
      const names = Object.keys(values);
      const refusal = refusedUpdate(subscription, names);
      if (refusal !== null) throw new Refusal(refusal);
      const behavior = values.payment_behavior ?? 'allow_incomplete';
      const surplus = names.find((name) => !pendingNames.includes(name));
      if (behavior === 'pending_if_incomplete' && surplus !== undefined) {
        refuse(`When payment_behavior is pending_if_incomplete, you may not pass ${surplus}.`, undefined, surplus);
      }
      if (behavior === 'pending_if_incomplete' && subscription.collection === 'send_invoice') {
        refuse(
          'pending_if_incomplete is for subscriptions that are charged automatically.',
          undefined,
          'payment_behavior',
        );
      }
      const change = changeOf(context, values);
      if (change !== null && subscription.status === 'paused') {
        refuse('The items of a paused subscription cannot be updated by the stand-in.', undefined, 'items');
      }
      const attributes = attributesOf(context, subscription, values);
      const updated =
        change === null
          ? changeAttributes(context, subscription, attributes)
          : changeItems(context, subscription, change, attributes, behavior);
      return rendered(context, 'subscription', updated);
    },
  }),
  operation({
    method: 'POST',
    path: `${url}/pause`,
    parameters: {
      bill_for: {
        of: {
          outstanding_usage_through: { of: { type: { must: { one: ['none', 'now'] } } } },
          unused_time_from: { of: { type: { must: { one: ['item_current_period_start', 'none', 'now'] } } } },
        },
      },
      invoicing_behavior: { one: ['invoice', 'pending_invoice_item'] },
      type: { one: ['subscription'] },
    },
    run(context, { path: { id = '' }, values }) {
      const { bill_for: billFor, invoicing_behavior: invoicing } = values;
      const subscription = find(context, 'subscription', id);
      const isMetered = subscription.items.some(({ quantity }) => quantity === null);
      if (isMetered && billFor?.outstanding_usage_through?.type !== 'none') {
        refuse(
          'The stand-in pauses metered items with bill_for[outstanding_usage_through][type]=none only.',
          undefined,
          'bill_for',
        );
      }
      const paused = pauseSubscription(context, subscription, {
        unusedTimeFrom: billFor?.unused_time_from?.type ?? 'now',
        isInvoiced: invoicing === 'invoice',
      });
      return rendered(context, 'subscription', paused);
    },
  }),
  operation({
    method: 'POST',
    path: `${url}/resume`,
    parameters: {
      billing_cycle_anchor: prorationFields.billing_cycle_anchor,
      payment_behavior: { one: ['resume_on_payment_attempt', 'resume_on_payment_success'] },
      proration_behavior: subscriptionFields.proration_behavior,
      proration_date: 'time',
    },
    run(context, { path: { id = '' }, values }) {
      const resumed = resumeSubscription(context, find(context, 'subscription', id), {
        anchor: values.billing_cycle_anchor?.type ?? 'now',
        prorating: values.proration_behavior ?? 'create_prorations',
        prorationDate: values.proration_date ?? null,
        onSuccessOnly: values.payment_behavior === 'resume_on_payment_success',
      });
      return rendered(context, 'subscription', resumed);
    },
  }),
];
