/** Lines that a call adds to an invoice, or keeps for the next one: an amount, or a price and a quantity. */
import type { Context } from '../context.ts';
import { refuse } from '../errors.ts';
import { newId } from '../ids.ts';
import type { Line } from '../objects/line.ts';
import type { Price } from '../objects/product.ts';
import type { Parameters, ValuesOf } from '../parameters.ts';
import { secondsOf } from '../seconds.ts';
import { find, merged } from './shared.ts';

export const lineFields = {
  amount: 'integer',
  description: 'text',
  discountable: 'boolean',
  metadata: 'metadata',
  period: { of: { end: { must: 'time' }, start: { must: 'time' } } },
  price_data: {
    of: {
      currency: { must: 'text' },
      product: 'text',
      product_data: { of: { metadata: 'metadata', name: { must: 'text' }, tax_code: 'text', unit_label: 'text' } },
      tax_behavior: { one: ['exclusive', 'inclusive', 'unspecified'] },
      unit_amount: 'integer',
      unit_amount_decimal: 'decimal',
    },
  },
  pricing: { of: { price: { must: 'text' } } },
  quantity: { whole: [0, 999_999_999] },
} as const satisfies Parameters;
type Fields = ValuesOf<typeof lineFields>;
type PriceData = NonNullable<Fields['price_data']>;

function productOf(context: Context, { product, product_data: data }: PriceData): string {
  if (product !== undefined) return find(context, 'product', product, 'price_data[product]').id;
  if (data === undefined)
    return refuse('Missing required param: price_data[product].', 'parameter_missing', 'price_data');
  const id = newId('prod');
  const created = secondsOf(context.now);
  context.store.put('product', {
    id,
    created,
    updated: created,
    active: false,
    name: data.name,
    description: null,
    defaultPrice: null,
    taxCode: data.tax_code ?? null,
    unitLabel: data.unit_label ?? null,
    metadata: merged({}, data.metadata),
  });
  return id;
}

/** A price for this line only. */
function inlinePrice(context: Context, data: PriceData): Price {
  const { unit_amount: cents, unit_amount_decimal: exact, currency, tax_behavior: taxBehavior = 'unspecified' } = data;
  const unitAmount = exact ?? (cents === undefined ? undefined : String(cents));
  if (unitAmount === undefined)
    return refuse('Missing required param: price_data[unit_amount].', 'parameter_missing', 'price_data');
  const price: Price = {
    id: newId('price'),
    created: secondsOf(context.now),
    active: false,
    currency: currency.toLowerCase(),
    lookupKey: null,
    metadata: {},
    nickname: null,
    product: productOf(context, data),
    recurring: null,
    taxBehavior,
    unitAmount,
  };
  context.store.put('price', price);
  return price;
}

function priceOf(context: Context, { price_data: data, pricing }: Fields): Price | null {
  if (data !== undefined) return inlinePrice(context, data);
  return pricing === undefined ? null : find(context, 'price', pricing.price, 'pricing[price]');
}

const rounded = (exact: number): number => Math.sign(exact) * Math.round(Math.abs(exact));

/** The line that a call describes. @param currency of the invoice; what is in another is refused */
export function lineFrom(context: Context, given: Fields, currency: string): Line {
  const price = priceOf(context, given);
  if (price === null && given.amount === undefined) {
    return refuse('A line needs an amount, or a price.', 'parameter_missing', 'amount');
  }
  if (price !== null && given.amount !== undefined) {
    refuse('You may only specify one of these parameters: amount, pricing, price_data.', 'parameters_exclusive');
  }
  if (price !== null && price.currency !== currency) {
    refuse(`The price is in ${price.currency}, and the invoice in ${currency}.`, undefined, 'pricing');
  }
  const now = secondsOf(context.now);
  const quantity = given.quantity ?? 1;
  return {
    id: newId('il'),
    amount: price === null ? (given.amount ?? 0) : rounded(Number(price.unitAmount) * quantity),
    currency,
    description: given.description ?? null,
    discountable: given.discountable ?? true,
    metadata: merged({}, given.metadata),
    period: given.period ?? { start: now, end: now },
    quantity,
    price: price?.id ?? null,
    product: price?.product ?? null,
    unitAmount: price?.unitAmount ?? null,
    taxBehavior: price?.taxBehavior ?? 'unspecified',
    proration: false,
    subscription: null,
    subscriptionItem: null,
    invoiceItem: null,
  };
}
