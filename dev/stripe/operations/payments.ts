/** Cards on file, and what was paid with them: payment methods, intents, charges, refunds, disputes. */
import { attach, cardFrom, detach, methodFrom, newMethod } from '../acts/cards.ts';
import { refundCharge } from '../acts/refunds.ts';
import type { Operation } from '../context.ts';
import { refuse } from '../errors.ts';
import { operation } from '../operation.ts';
import { rendered } from '../wires.ts';
import { find, findCustomer, listed, merged, paging, retrieval } from './shared.ts';

const methodsUrl = '/v1/payment_methods';
const refundsUrl = '/v1/refunds';
const cardOnly = { one: ['card'] } as const;

export const paymentMethods: readonly Operation[] = [
  operation({
    method: 'POST',
    path: methodsUrl,
    parameters: {
      card: { must: { of: { cvc: 'text', exp_month: 'integer', exp_year: 'integer', number: 'text', token: 'text' } } },
      metadata: 'metadata',
      type: { must: cardOnly },
    },
    run(context, { values: { card, metadata } }) {
      const text = card.token ?? card.number;
      if (text === undefined)
        return refuse('Missing required param: card[number].', 'parameter_missing', 'card[number]');
      const method = { ...newMethod(context, cardFrom(text)), metadata: merged({}, metadata) };
      context.store.put('payment_method', method);
      return rendered(context, 'payment_method', method);
    },
  }),
  operation({
    method: 'GET',
    path: methodsUrl,
    parameters: { ...paging, customer: { must: 'text' }, type: cardOnly },
    run(context, { values: { customer, type: _, ...page } }) {
      findCustomer(context, customer);
      return listed(context, 'payment_method', methodsUrl, page, { customer });
    },
  }),
  operation({
    method: 'GET',
    path: '/v1/customers/:id/payment_methods',
    parameters: { ...paging, type: cardOnly },
    run(context, { path: { id = '' }, values: { type: _, ...page } }) {
      findCustomer(context, id, 'id');
      return listed(context, 'payment_method', `/v1/customers/${id}/payment_methods`, page, { customer: id });
    },
  }),
  retrieval('payment_method', methodsUrl),
  operation({
    method: 'POST',
    path: `${methodsUrl}/:id/attach`,
    parameters: { customer: { must: 'text' } },
    run(context, { path: { id = '' }, values: { customer } }) {
      findCustomer(context, customer);
      return rendered(context, 'payment_method', attach(context, methodFrom(context, id, 'payment_method'), customer));
    },
  }),
  operation({
    method: 'POST',
    path: `${methodsUrl}/:id/detach`,
    parameters: {},
    run: (context, { path: { id = '' } }) =>
      rendered(context, 'payment_method', detach(context, find(context, 'payment_method', id))),
  }),
];

export const payments: readonly Operation[] = [
  retrieval('payment_intent', '/v1/payment_intents'),
  retrieval('setup_intent', '/v1/setup_intents'),
  retrieval('charge', '/v1/charges'),
  retrieval('dispute', '/v1/disputes'),
  retrieval('refund', refundsUrl),
  operation({
    method: 'GET',
    path: '/v1/payment_intents',
    parameters: { ...paging, created: 'span', customer: 'text' },
    run: (context, { values: { customer, ...page } }) =>
      listed(context, 'payment_intent', '/v1/payment_intents', page, { customer }),
  }),
  operation({
    method: 'GET',
    path: '/v1/charges',
    parameters: { ...paging, created: 'span', customer: 'text', payment_intent: 'text' },
    run: (context, { values: { customer, payment_intent: parent, ...page } }) =>
      listed(context, 'charge', '/v1/charges', page, { customer, parent }),
  }),
  operation({
    method: 'GET',
    path: '/v1/disputes',
    parameters: { ...paging, charge: 'text', created: 'span' },
    run: (context, { values: { charge: parent, ...page } }) =>
      listed(context, 'dispute', '/v1/disputes', page, { parent }),
  }),
  operation({
    method: 'GET',
    path: refundsUrl,
    parameters: { ...paging, charge: 'text', created: 'span', payment_intent: 'text' },
    run: (context, { values: { charge: parent, payment_intent: intent, ...page } }) =>
      listed(
        context,
        'refund',
        refundsUrl,
        page,
        { parent },
        ({ paymentIntent }) => intent === undefined || paymentIntent === intent,
      ),
  }),
  operation({
    method: 'POST',
    path: refundsUrl,
    parameters: {
      amount: { whole: [1, 99_999_999] },
      charge: 'text',
      metadata: 'metadata',
      payment_intent: 'text',
      reason: { one: ['duplicate', 'fraudulent', 'requested_by_customer'] },
    },
    run(context, { values: { amount, charge, metadata, payment_intent: intent, reason = null } }) {
      const latest =
        intent === undefined ? charge : find(context, 'payment_intent', intent, 'payment_intent').latestCharge;
      if (latest == null) return refuse('One of charge or payment_intent is needed.', 'parameter_missing', 'charge');
      const refund = refundCharge(context, find(context, 'charge', latest, 'charge'), {
        amount: amount ?? null,
        reason,
        metadata: merged({}, metadata),
      });
      return rendered(context, 'refund', refund);
    },
  }),
];
