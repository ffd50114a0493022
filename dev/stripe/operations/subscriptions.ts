/** `/v1/subscriptions`: made, looked at, ended. Updating, pausing and resuming are beside it. */

import { cancelNow } from '../acts/cancel.ts';

import { subscribe } from '../acts/subscribe.ts';
import type { Operation } from '../context.ts';
import { missing, Refusal, refuse } from '../errors.ts';
import { isOver } from '../objects/subscription.ts';
import { operation } from '../operation.ts';
import { daySeconds, secondsOf } from '../seconds.ts';
import { rendered } from '../wires.ts';
import { find, findCustomer, listed, merged, paging, retrieval } from './shared.ts';
import { checkDue, discountsOf, methodOf, subscriptionFields, taxedOf } from './subscription-parameters.ts';

const url = '/v1/subscriptions';
const statuses = ['active', 'canceled', 'incomplete', 'incomplete_expired', 'past_due', 'paused', 'trialing', 'unpaid'];
const cancellationShape = {
  of: {
    comment: { unset: 'text' },
    feedback: {
      unset: {
        one: [
          'customer_service',
          'low_quality',
          'missing_features',
          'other',
          'switched_service',
          'too_complex',
          'too_expensive',
          'unused',
        ],
      },
    },
  },
} as const;

export const subscriptions: readonly Operation[] = [
  operation({
    method: 'POST',
    path: url,
    parameters: {
      ...subscriptionFields,
      billing_mode: { of: { type: { must: { one: ['flexible'] } } } },
      customer: { must: 'text' },
      items: { must: subscriptionFields.items },
      trial_end: { word: 'now', or: 'time' },
      trial_period_days: { whole: [1, 730] },
    },
    run(context, { values }) {
      const customer = findCustomer(context, values.customer);
      const {
        collection_method: collection = 'charge_automatically',
        payment_behavior: behavior = 'allow_incomplete',
      } = values;
      checkDue(collection, values.days_until_due);
      if (behavior === 'pending_if_incomplete') {
        refuse('`pending_if_incomplete` is for updates of subscriptions.', undefined, 'payment_behavior');
      }
      const days = values.trial_period_days;
      const trialEnd = values.trial_end === 'now' ? null : (values.trial_end ?? null);
      const { default_payment_method: card } = values;
      const { subscription } = subscribe(context, {
        customer: customer.id,
        items: values.items.map(({ price, quantity = null, metadata }) => {
          if (price === undefined)
            return refuse('Missing required param: items[0][price].', 'parameter_missing', 'items');
          return { price: find(context, 'price', price, 'items[0][price]'), quantity, metadata: merged({}, metadata) };
        }),
        automaticTax: taxedOf(context, customer.id, values.automatic_tax, false),
        cancelAt: values.cancel_at ?? null,
        cancelAtPeriodEnd: values.cancel_at_period_end ?? false,
        collection,
        daysUntilDue: values.days_until_due ?? null,
        defaultPaymentMethod: card === undefined ? null : methodOf(context, customer.id, card),
        description: values.description ?? null,
        discounts: discountsOf(context, customer.id, [], values.discounts),
        metadata: merged({}, values.metadata),
        trialEnd: days === undefined ? trialEnd : secondsOf(context.now) + days * daySeconds,
        missingPaymentMethod: values.trial_settings?.end_behavior.missing_payment_method ?? 'create_invoice',
        behavior,
        paying: { method: null, authenticated: null },
      });
      return rendered(context, 'subscription', subscription);
    },
  }),
  operation({
    method: 'GET',
    path: url,
    parameters: {
      ...paging,
      collection_method: { one: ['charge_automatically', 'send_invoice'] },
      created: 'span',
      customer: 'text',
      price: 'text',
      status: { one: [...statuses, 'all', 'ended'] },
    },
    run: (context, { values: { collection_method: collection, customer, price, status, ...page } }) =>
      listed(context, 'subscription', url, page, { customer }, (subscription) => {
        const isWanted =
          status === undefined
            ? subscription.status !== 'canceled'
            : status === 'all' || (status === 'ended' ? isOver(subscription) : subscription.status === status);
        return (
          isWanted &&
          (collection === undefined || subscription.collection === collection) &&
          (price === undefined || subscription.items.some((item) => item.price === price))
        );
      }),
  }),
  retrieval('subscription', url),
  operation({
    method: 'DELETE',
    path: `${url}/:id`,
    parameters: { cancellation_details: cancellationShape, invoice_now: 'boolean', prorate: 'boolean' },
    run(context, { path: { id = '' }, values }) {
      const subscription = find(context, 'subscription', id);
      if (isOver(subscription)) throw new Refusal(missing('subscription', id));
      const { comment = null, feedback = null } = values.cancellation_details ?? {};
      const told = { ...subscription, cancellation: { comment, feedback, reason: 'cancellation_requested' } };
      const ended = cancelNow(context, told, {
        prorate: values.prorate ?? false,
        invoiceNow: values.invoice_now ?? false,
      });
      return rendered(context, 'subscription', ended);
    },
  }),
];
