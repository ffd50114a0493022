/** `/v1/products` and `/v1/prices`: https://docs.stripe.com/api/products, https://docs.stripe.com/api/prices */
import type { Context, Operation } from '../context.ts';
import { Refusal, refuse } from '../errors.ts';
import { newId } from '../ids.ts';
import { differences } from '../move.ts';
import type { Price, Product } from '../objects/product.ts';
import { operation } from '../operation.ts';
import { secondsOf } from '../seconds.ts';
import type { Wire } from '../wire.ts';
import { rendered } from '../wires.ts';
import { find, listed, merged, or, paging, retrieval } from './shared.ts';

const productsUrl = '/v1/products';
const pricesUrl = '/v1/prices';
const taxBehaviors = ['exclusive', 'inclusive', 'unspecified'] as const;

const productFields = {
  active: 'boolean',
  description: { unset: 'text' },
  metadata: 'metadata',
  tax_code: { unset: 'text' },
  unit_label: { unset: 'text' },
} as const;

function changed<K extends 'product' | 'price'>(context: Context, kind: K, before: Wire, after: Wire): Wire {
  const previous = differences(before, after);
  if (Object.keys(previous).length > 0) context.emit(`${kind}.updated`, after, previous);
  return after;
}

function keepProduct(context: Context, product: Product): Wire {
  context.store.put('product', product);
  return rendered(context, 'product', product);
}

export const products: readonly Operation[] = [
  operation({
    method: 'POST',
    path: productsUrl,
    parameters: { ...productFields, id: 'text', name: { must: 'text' } },
    run(context, { values }) {
      const created = secondsOf(context.now);
      const id = values.id ?? newId('prod');
      if (context.store.kindOf(id) !== null) refuse('Product already exists.', 'resource_already_exists', 'id');
      const wire = keepProduct(context, {
        id,
        created,
        updated: created,
        active: values.active ?? true,
        name: values.name,
        description: values.description ?? null,
        defaultPrice: null,
        taxCode: values.tax_code ?? null,
        unitLabel: values.unit_label ?? null,
        metadata: merged({}, values.metadata),
      });
      context.emit('product.created', wire);
      return wire;
    },
  }),
  operation({
    method: 'GET',
    path: productsUrl,
    parameters: { ...paging, active: 'boolean', created: 'span', ids: { many: 'text' } },
    run: (context, { values: { active, ids, ...page } }) =>
      listed(
        context,
        'product',
        productsUrl,
        page,
        {},
        (product) => (active === undefined || product.active === active) && (ids?.includes(product.id) ?? true),
      ),
  }),
  retrieval('product', productsUrl),
  operation({
    method: 'POST',
    path: `${productsUrl}/:id`,
    parameters: { ...productFields, name: 'text', default_price: 'text' },
    run(context, { path: { id = '' }, values }) {
      const before = find(context, 'product', id);
      if (values.default_price !== undefined) find(context, 'price', values.default_price, 'default_price');
      const earlier = rendered(context, 'product', before);
      const wire = keepProduct(context, {
        ...before,
        updated: secondsOf(context.now),
        active: values.active ?? before.active,
        name: values.name ?? before.name,
        defaultPrice: values.default_price ?? before.defaultPrice,
        description: or(values.description, before.description),
        taxCode: or(values.tax_code, before.taxCode),
        unitLabel: or(values.unit_label, before.unitLabel),
        metadata: merged(before.metadata, values.metadata),
      });
      return changed(context, 'product', earlier, wire);
    },
  }),
  operation({
    method: 'DELETE',
    path: `${productsUrl}/:id`,
    parameters: {},
    run(context, { path: { id = '' } }) {
      const product = find(context, 'product', id);
      if (context.store.list('price', { parent: id, limit: 1 }).length > 0) {
        refuse('This product cannot be deleted because it has one or more user-created prices.');
      }
      context.store.remove(id);
      context.emit('product.deleted', rendered(context, 'product', product));
      return { id, object: 'product', deleted: true } as Wire;
    },
  }),
];

/** A lookup key belongs to one active price. */
function claimLookupKey(context: Context, key: string, transfer: boolean, self: string | null): void {
  const [holder] = context.store.list('price', { key }).filter(({ id }) => id !== self);
  if (holder === undefined) return;
  if (!transfer) {
    refuse(`A price (\`${holder.id}\`) already uses that lookup key.`, 'resource_already_exists', 'lookup_key');
  }
  context.store.put('price', { ...holder, lookupKey: null });
}

type Amounts = { unit_amount?: number; unit_amount_decimal?: string };

function unitAmountOf({ unit_amount: cents, unit_amount_decimal: exact }: Amounts): string {
  if (cents !== undefined && exact !== undefined) {
    refuse('You may only specify one of these parameters: unit_amount, unit_amount_decimal.', 'parameters_exclusive');
  }
  const amount = exact ?? (cents === undefined ? undefined : String(cents));
  if (amount === undefined) return refuse('Missing required param: unit_amount.', 'parameter_missing', 'unit_amount');
  if (Number(amount) < 0) refuse('Invalid non-negative integer', 'parameter_invalid_integer', 'unit_amount');
  return amount;
}

function keepPrice(context: Context, price: Price): Wire {
  context.store.put('price', price);
  return rendered(context, 'price', price);
}

const lookupShape = { lookup_key: { unset: 'text' }, transfer_lookup_key: 'boolean' } as const;

export const prices: readonly Operation[] = [
  operation({
    method: 'POST',
    path: pricesUrl,
    parameters: {
      ...lookupShape,
      active: 'boolean',
      billing_scheme: { one: ['per_unit'] },
      currency: { must: 'text' },
      metadata: 'metadata',
      nickname: 'text',
      product: { must: 'text' },
      recurring: {
        of: {
          interval: { must: { one: ['day', 'week', 'month', 'year'] } },
          interval_count: { whole: [1, 36] },
          meter: 'text',
          usage_type: { one: ['licensed', 'metered'] },
        },
      },
      tax_behavior: { one: taxBehaviors },
      unit_amount: 'integer',
      unit_amount_decimal: 'decimal',
    },
    run(context, { values }) {
      const { recurring, lookup_key: lookupKey = null } = values;
      find(context, 'product', values.product, 'product');
      if (recurring?.meter !== undefined) find(context, 'billing.meter', recurring.meter, 'recurring[meter]');
      if ((recurring?.usage_type === 'metered') !== (recurring?.meter !== undefined)) {
        refuse('A metered price needs a meter, and a meter a metered price.', 'parameter_missing', 'recurring[meter]');
      }
      if (lookupKey !== null) claimLookupKey(context, lookupKey, values.transfer_lookup_key ?? false, null);
      const wire = keepPrice(context, {
        id: newId('price'),
        created: secondsOf(context.now),
        active: values.active ?? true,
        currency: values.currency.toLowerCase(),
        lookupKey,
        metadata: merged({}, values.metadata),
        nickname: values.nickname ?? null,
        product: values.product,
        recurring:
          recurring === undefined
            ? null
            : { interval: recurring.interval, count: recurring.interval_count ?? 1, meter: recurring.meter ?? null },
        taxBehavior: values.tax_behavior ?? 'unspecified',
        unitAmount: unitAmountOf(values),
      });
      context.emit('price.created', wire);
      return wire;
    },
  }),
  operation({
    method: 'GET',
    path: pricesUrl,
    parameters: {
      ...paging,
      active: 'boolean',
      created: 'span',
      currency: 'text',
      lookup_keys: { many: 'text' },
      product: 'text',
      recurring: { of: { interval: { one: ['day', 'week', 'month', 'year'] } } },
      type: { one: ['one_time', 'recurring'] },
    },
    run: (context, { values: { active, currency, lookup_keys: keys, product, recurring, type, ...page } }) =>
      listed(
        context,
        'price',
        pricesUrl,
        page,
        { parent: product },
        (price) =>
          (active === undefined || price.active === active) &&
          (currency === undefined || price.currency === currency) &&
          (keys === undefined || keys.includes(price.lookupKey ?? '')) &&
          (recurring?.interval === undefined || price.recurring?.interval === recurring.interval) &&
          (type === undefined || (price.recurring === null ? 'one_time' : 'recurring') === type),
      ),
  }),
  retrieval('price', pricesUrl),
  operation({
    method: 'POST',
    path: `${pricesUrl}/:id`,
    parameters: {
      ...lookupShape,
      active: 'boolean',
      metadata: 'metadata',
      nickname: { unset: 'text' },
      tax_behavior: { one: taxBehaviors },
    },
    run(context, { path: { id = '' }, values }) {
      const before = find(context, 'price', id);
      const { tax_behavior: taxBehavior = before.taxBehavior } = values;
      if (before.taxBehavior !== 'unspecified' && taxBehavior !== before.taxBehavior) {
        throw new Refusal({
          status: 400,
          error: {
            type: 'invalid_request_error',
            message: 'A tax behavior cannot be changed once it is set.',
            param: 'tax_behavior',
          },
        });
      }
      if (values.lookup_key != null)
        claimLookupKey(context, values.lookup_key, values.transfer_lookup_key ?? false, id);
      const earlier = rendered(context, 'price', before);
      const wire = keepPrice(context, {
        ...before,
        active: values.active ?? before.active,
        lookupKey: or(values.lookup_key, before.lookupKey),
        metadata: merged(before.metadata, values.metadata),
        nickname: or(values.nickname, before.nickname),
        taxBehavior,
      });
      return changed(context, 'price', earlier, wire);
    },
  }),
];
