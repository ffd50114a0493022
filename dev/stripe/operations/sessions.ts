/** `/v1/checkout/sessions`, for subscriptions: https://docs.stripe.com/api/checkout/sessions */
import { redeemable } from '../acts/discounts.ts';
import { expireSession } from '../acts/sessions.ts';
import type { Context, Operation } from '../context.ts';
import { refuse } from '../errors.ts';
import { newId } from '../ids.ts';
import { begin } from '../move.ts';
import type { Customer } from '../objects/customer.ts';
import { amountOf } from '../objects/product.ts';
import type { Session } from '../objects/session.ts';
import { operation } from '../operation.ts';
import { daySeconds, hourSeconds, secondsOf } from '../seconds.ts';
import type { Wire } from '../wire.ts';
import { must, rendered } from '../wires.ts';
import { find, findCustomer, listed, merged, pageOf, paging, retrieval } from './shared.ts';

const url = '/v1/checkout/sessions';
const trialSecondsMin = 2 * daySeconds;
const openSecondsMin = hourSeconds / 2;

function itemsOf(context: Context, given: readonly { price: string; quantity?: number }[]) {
  const items = given.map(({ price: id, quantity = 1 }) => {
    const price = find(context, 'price', id, 'line_items');
    if (!price.active) refuse(`The price specified is inactive: ${id}`, undefined, 'line_items');
    if (price.recurring === null)
      refuse('In `subscription` mode the stand-in takes recurring prices only.', undefined, 'line_items');
    return { id: newId('li'), price: id, quantity: price.recurring?.meter == null ? quantity : null };
  });
  const currencies = new Set(items.map(({ price }) => must(context, 'price', price).currency));
  const [currency, other] = currencies;
  if (currency === undefined) return refuse('Missing required param: line_items.', 'parameter_missing', 'line_items');
  if (other !== undefined) refuse('All prices on a Checkout session must be in one currency.', undefined, 'line_items');
  return { items, currency };
}

function trialEndOf(context: Context, trialEnd: number | undefined, days: number | undefined): number | null {
  const now = secondsOf(context.now);
  if (days !== undefined) return now + days * daySeconds;
  if (trialEnd === undefined) return null;
  if (trialEnd < now + trialSecondsMin) {
    refuse('The `trial_end` date has to be at least 2 days in the future.', undefined, 'subscription_data[trial_end]');
  }
  return trialEnd;
}

function expiryOf(context: Context, given: number | undefined): number {
  const now = secondsOf(context.now);
  if (given === undefined) return now + daySeconds;
  if (given < now + openSecondsMin || given > now + daySeconds) {
    refuse('The `expires_at` timestamp must be between 30 minutes and 24 hours from now.', undefined, 'expires_at');
  }
  return given;
}

type Collecting = {
  automatic_tax?: { enabled: boolean };
  customer_update?: { address?: 'auto' | 'never'; name?: 'auto' | 'never' };
  tax_id_collection?: { enabled: boolean };
};

/** What a page asks of a customer that is there already must be allowed to be kept with it. */
function checkCollected({ address }: Customer, values: Collecting): void {
  const { address: keepsAddress, name: keepsName } = values.customer_update ?? {};
  if (values.automatic_tax?.enabled === true && address?.country == null && keepsAddress !== 'auto') {
    refuse(
      'Automatic tax calculation in Checkout requires a valid address on the Customer. Add one, or set `customer_update[address]` to `auto`.',
      'customer_tax_location_invalid',
      'automatic_tax',
    );
  }
  if (values.tax_id_collection?.enabled === true && keepsName !== 'auto') {
    refuse(
      'Tax ID collection requires updating business name on the customer: set `customer_update[name]` to `auto`.',
      undefined,
      'tax_id_collection',
    );
  }
}

function lineItem(context: Context, { id, price: priceId, quantity }: Session['items'][number]): Wire {
  const price = must(context, 'price', priceId);
  const amount = amountOf(price, quantity ?? 0);
  return {
    id,
    object: 'item',
    adjustable_quantity: null,
    amount_discount: 0,
    amount_subtotal: amount,
    amount_tax: 0,
    amount_total: amount,
    currency: price.currency,
    description: must(context, 'product', price.product).name,
    metadata: {},
    price: rendered(context, 'price', price),
    quantity,
  } as Wire;
}

export const sessions: readonly Operation[] = [
  operation({
    method: 'POST',
    path: url,
    parameters: {
      allow_promotion_codes: 'boolean',
      automatic_tax: { of: { enabled: { must: 'boolean' } } },
      billing_address_collection: { one: ['auto', 'required'] },
      cancel_url: 'text',
      client_reference_id: 'text',
      customer: { must: 'text' },
      customer_update: { of: { address: { one: ['auto', 'never'] }, name: { one: ['auto', 'never'] } } },
      discounts: { many: { of: { coupon: 'text', promotion_code: 'text' } } },
      expires_at: 'time',
      line_items: { must: { many: { of: { price: { must: 'text' }, quantity: { whole: [1, 999_999] } } } } },
      metadata: 'metadata',
      mode: { must: { one: ['subscription'] } },
      payment_method_collection: { one: ['always'] },
      subscription_data: {
        of: {
          billing_mode: { of: { type: { must: { one: ['flexible'] } } } },
          description: 'text',
          metadata: 'metadata',
          trial_end: 'time',
          trial_period_days: { whole: [1, 730] },
          trial_settings: {
            of: {
              end_behavior: {
                must: { of: { missing_payment_method: { must: { one: ['create_invoice', 'pause', 'cancel'] } } } },
              },
            },
          },
        },
      },
      success_url: { must: 'text' },
      tax_id_collection: { of: { enabled: { must: 'boolean' } } },
      ui_mode: { one: ['hosted_page'] },
    },
    run(context, { values }) {
      const customer = findCustomer(context, values.customer);
      const { items, currency } = itemsOf(context, values.line_items);
      if (customer.currency !== null && customer.currency !== currency) {
        refuse(
          `You cannot combine currencies on a single customer. This customer has ${customer.currency}.`,
          undefined,
          'customer',
        );
      }
      const { discounts = [], allow_promotion_codes: allowPromotionCodes = null, subscription_data: data } = values;
      if (discounts.length > 0 && allowPromotionCodes !== null) {
        refuse(
          'You may only specify one of these parameters: allow_promotion_codes, discounts.',
          'parameters_exclusive',
        );
      }
      for (const discount of discounts) redeemable(context, discount, customer.id);
      checkCollected(customer, values);
      const expiresAt = expiryOf(context, values.expires_at);
      const session = begin(
        context,
        'checkout.session',
        {
          id: newId('cs_test'),
          created: secondsOf(context.now),
          customer: customer.id,
          status: 'open',
          currency,
          items,
          successUrl: values.success_url,
          cancelUrl: values.cancel_url ?? null,
          expiresAt,
          allowPromotionCodes,
          automaticTax: values.automatic_tax?.enabled ?? false,
          taxIdCollection: values.tax_id_collection?.enabled ?? false,
          takesAddress: values.customer_update?.address === 'auto',
          addressCollection: values.billing_address_collection ?? null,
          clientReferenceId: values.client_reference_id ?? null,
          discounts: discounts.map(({ coupon = null, promotion_code: promotionCode = null }) => ({
            coupon,
            promotionCode,
          })),
          metadata: merged({}, values.metadata),
          subscription: null,
          invoice: null,
          paid: false,
          data: {
            description: data?.description ?? null,
            metadata: merged({}, data?.metadata),
            trialEnd: trialEndOf(context, data?.trial_end, data?.trial_period_days),
            missingPaymentMethod: data?.trial_settings?.end_behavior.missing_payment_method ?? 'create_invoice',
          },
        },
        'created',
      );
      context.store.setDue('expire', session.id, expiresAt * 1000);
      return rendered(context, 'checkout.session', session);
    },
  }),
  operation({
    method: 'GET',
    path: url,
    parameters: {
      ...paging,
      created: 'span',
      customer: 'text',
      status: { one: ['open', 'complete', 'expired'] },
      subscription: 'text',
    },
    run: (context, { values: { customer, status, subscription, ...page } }) =>
      listed(context, 'checkout.session', url, page, { customer, key: status, parent: subscription }),
  }),
  retrieval('checkout.session', url),
  operation({
    method: 'GET',
    path: `${url}/:id/line_items`,
    parameters: paging,
    run(context, { path: { id = '' }, values }) {
      const { items } = find(context, 'checkout.session', id);
      return pageOf(
        `${url}/${id}/line_items`,
        items.map((item) => lineItem(context, item)),
        values,
      );
    },
  }),
  operation({
    method: 'POST',
    path: `${url}/:id/expire`,
    parameters: {},
    run: (context, { path: { id = '' } }) =>
      rendered(context, 'checkout.session', expireSession(context, find(context, 'checkout.session', id))),
  }),
];
