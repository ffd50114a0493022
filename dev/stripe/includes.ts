/**
 * What an object shows only when it is asked to expand it: lists that belong to it.
 * https://docs.stripe.com/api/expanding_objects ("includable properties")
 */
import type { Context, Wire } from './context.ts';
import { must, rendered } from './wires.ts';

type Include = (context: Context, id: string) => unknown;

const shownInList = 10;

const list = (url: string, data: readonly Wire[]) => ({
  object: 'list',
  data: data.slice(0, shownInList),
  has_more: data.length > shownInList,
  url,
});

const includes: Readonly<Record<string, Include>> = {
  'charge.refunds': (context, id) =>
    list(
      `/v1/charges/${id}/refunds`,
      context.store.list('refund', { parent: id }).map((refund) => rendered(context, 'refund', refund)),
    ),
  'customer.subscriptions': (context, id) =>
    list(
      `/v1/customers/${id}/subscriptions`,
      context.store
        .list('subscription', { customer: id })
        .filter(({ status }) => status !== 'canceled' && status !== 'incomplete_expired')
        .map((subscription) => rendered(context, 'subscription', subscription)),
    ),
  'customer.tax_ids': (context, id) =>
    list(
      `/v1/customers/${id}/tax_ids`,
      context.store.list('tax_id', { customer: id }).map((taxId) => rendered(context, 'tax_id', taxId)),
    ),
  'invoice.confirmation_secret': (context, id) => {
    const { paymentIntent } = must(context, 'invoice', id);
    if (paymentIntent === null) return null;
    return { client_secret: must(context, 'payment_intent', paymentIntent).secret, type: 'payment_intent' };
  },
  'invoice.payments': (context, id) =>
    list(
      '/v1/invoice_payments',
      context.store
        .list('invoice_payment', { parent: id })
        .map((payment) => rendered(context, 'invoice_payment', payment)),
    ),
};

/** Undefined where the kind has nothing of that name. */
export function included(context: Context, { object, id }: Wire, name: string): unknown {
  return id === undefined ? undefined : includes[`${object}.${name}`]?.(context, id);
}
