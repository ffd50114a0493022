/** `/v1/customers`: https://docs.stripe.com/api/customers */
import { attachCard } from '../acts/cards.ts';
import { updateCustomer } from '../acts/customers.ts';
import { endSubscription } from '../acts/subscription.ts';
import type { Context, Operation } from '../context.ts';
import { refuse } from '../errors.ts';
import { newId } from '../ids.ts';
import type { Address, Customer } from '../objects/customer.ts';
import { isOver } from '../objects/subscription.ts';
import { operation } from '../operation.ts';
import type { Parameters, ValuesOf } from '../parameters.ts';
import { secondsOf } from '../seconds.ts';
import type { Wire } from '../wire.ts';
import { rendered } from '../wires.ts';
import { readQuery } from './search.ts';
import { addressShape, find, findCustomer, listed, merged, or, pageMax, paging } from './shared.ts';

const url = '/v1/customers';
// https://docs.stripe.com/api/customers/create
const emailCharactersMax = 512;

const fields = {
  address: { unset: addressShape },
  description: { unset: 'text' },
  email: { unset: 'text' },
  invoice_settings: {
    of: {
      custom_fields: { unset: { many: { of: { name: { must: 'text' }, value: { must: 'text' } } } } },
      default_payment_method: { unset: 'text' },
    },
  },
  metadata: 'metadata',
  name: { unset: 'text' },
  phone: { unset: 'text' },
  tax_exempt: { one: ['none', 'exempt', 'reverse'] },
} as const satisfies Parameters;
type Fields = ValuesOf<typeof fields>;

const emptyAddress: Address = { city: null, country: null, line1: null, line2: null, postal_code: null, state: null };

function checkEmail(email: string | null | undefined): void {
  if (email == null) return;
  if (email.length > emailCharactersMax || !/^[^\s@]+@[^\s@]+$/.test(email)) {
    refuse(`Invalid email address: ${email}`, 'email_invalid', 'email');
  }
}

const countries = new Intl.DisplayNames('en', { type: 'region', fallback: 'none' });

function checkCountry(country: string | null | undefined): void {
  if (country == null || (/^[A-Z]{2}$/.test(country) && countries.of(country) !== undefined)) return;
  refuse(
    `Country '${country}' is unknown. Try using a 2-character alphanumeric country code instead, such as 'US', 'EG', or 'GB'.`,
    undefined,
    'address[country]',
  );
}

/** The customer with what a call names. */
function withFields(context: Context, before: Customer, given: Fields): Customer {
  checkEmail(given.email);
  checkCountry(given.address?.country);
  const method = given.invoice_settings?.default_payment_method;
  if (method != null) {
    const { customer } = find(context, 'payment_method', method, 'invoice_settings[default_payment_method]');
    if (customer !== before.id) {
      refuse(
        `The customer does not have a payment method with the ID ${method}.`,
        'resource_missing',
        'invoice_settings',
      );
    }
  }
  return {
    ...before,
    address: given.address == null ? or(given.address, before.address) : { ...emptyAddress, ...given.address },
    description: or(given.description, before.description),
    email: or(given.email, before.email),
    customFields: or(given.invoice_settings?.custom_fields, before.customFields ?? null),
    defaultPaymentMethod: or(method, before.defaultPaymentMethod),
    metadata: merged(before.metadata, given.metadata),
    name: or(given.name, before.name),
    phone: or(given.phone, before.phone),
    taxExempt: given.tax_exempt ?? before.taxExempt,
  };
}

const fresh = (context: Context): Customer => ({
  id: newId('cus'),
  created: secondsOf(context.now),
  email: null,
  name: null,
  description: null,
  phone: null,
  metadata: {},
  address: null,
  currency: null,
  balance: 0,
  delinquent: false,
  customFields: null,
  defaultPaymentMethod: null,
  taxExempt: 'none',
  nextInvoice: 1,
  deleted: false,
});

/** A card by Stripe's test name or by id, on file with a new customer. */
function withCard(context: Context, customer: Customer, card: string | undefined, given: Fields): Customer {
  if (card === undefined) return customer;
  context.store.put('customer', customer);
  const method = attachCard(context, customer.id, card);
  const named = given.invoice_settings?.default_payment_method;
  return named === card ? { ...customer, defaultPaymentMethod: method.id } : customer;
}

export const customers: readonly Operation[] = [
  operation({
    method: 'POST',
    path: url,
    parameters: { ...fields, payment_method: 'text' },
    run(context, { values: { payment_method: card, ...given } }) {
      const { invoice_settings: settings, ...plain } = given;
      const isOwnCard = settings?.default_payment_method != null && settings.default_payment_method === card;
      const base = withFields(context, fresh(context), isOwnCard ? plain : given);
      const customer = withCard(context, base, card, given);
      context.store.put('customer', customer);
      const wire = rendered(context, 'customer', customer);
      context.emit('customer.created', wire);
      return wire;
    },
  }),
  operation({
    method: 'GET',
    path: url,
    parameters: { ...paging, created: 'span', email: 'text' },
    run: (context, { values: { email, ...page } }) =>
      listed(context, 'customer', url, page, { key: email }, ({ deleted }) => !deleted),
  }),
  operation({
    method: 'GET',
    path: `${url}/search`,
    parameters: { limit: { whole: [1, pageMax] }, page: 'text', query: { must: 'text' } },
    run(context, { values: { limit = 10, page = '0', query } }) {
      const found = context.store
        .list('customer')
        .filter(({ deleted }) => !deleted)
        .filter(readQuery(query));
      // A page token is the number of customers already seen.
      const from = Number(page);
      const next = from + limit;
      const data = found.slice(from, next).map((customer) => rendered(context, 'customer', customer));
      const hasMore = found.length > next;
      return {
        object: 'search_result',
        url: `${url}/search`,
        has_more: hasMore,
        next_page: hasMore ? String(next) : null,
        data,
      } as Wire;
    },
  }),
  operation({
    method: 'GET',
    path: `${url}/:id`,
    parameters: {},
    run: (context, { path: { id = '' } }) => rendered(context, 'customer', find(context, 'customer', id)),
  }),
  operation({
    method: 'POST',
    path: `${url}/:id`,
    parameters: fields,
    run(context, { path: { id = '' }, values }) {
      const before = findCustomer(context, id, 'id');
      return updateCustomer(context, before, withFields(context, before, values));
    },
  }),
  operation({
    method: 'DELETE',
    path: `${url}/:id`,
    parameters: {},
    run(context, { path: { id = '' } }) {
      const customer = findCustomer(context, id, 'id');
      for (const subscription of context.store.list('subscription', { customer: id })) {
        if (!isOver(subscription)) endSubscription(context, subscription, 'canceled');
      }
      const wire = rendered(context, 'customer', customer);
      const gone = { ...customer, deleted: true };
      context.store.put('customer', gone);
      context.emit('customer.deleted', wire);
      return rendered(context, 'customer', gone);
    },
  }),
];
