/** Products and their prices. Pure. */
import type { Wire } from '../wire.ts';

export type Product = {
  id: string;
  created: number;
  updated: number;
  active: boolean;
  name: string;
  description: string | null;
  defaultPrice: string | null;
  taxCode: string | null;
  unitLabel: string | null;
  metadata: Record<string, string>;
};

export type Interval = 'day' | 'week' | 'month' | 'year';
export type TaxBehavior = 'exclusive' | 'inclusive' | 'unspecified';
export type Price = {
  id: string;
  created: number;
  active: boolean;
  currency: string;
  lookupKey: string | null;
  metadata: Record<string, string>;
  nickname: string | null;
  product: string;
  /** Null: charged once. */
  recurring: { interval: Interval; count: number; meter: string | null } | null;
  taxBehavior: TaxBehavior;
  /** Cents, up to 12 places. */
  unitAmount: string;
};

export const productWire = (product: Product): Wire =>
  ({
    id: product.id,
    object: 'product',
    active: product.active,
    created: product.created,
    default_price: product.defaultPrice,
    description: product.description,
    images: [],
    livemode: false,
    marketing_features: [],
    metadata: product.metadata,
    name: product.name,
    package_dimensions: null,
    shippable: null,
    statement_descriptor: null,
    tax_code: product.taxCode,
    tax_details: null,
    type: 'service',
    unit_label: product.unitLabel,
    updated: product.updated,
    url: null,
  }) as Wire;

export const isWhole = (decimal: string): boolean => /^-?\d+(\.0+)?$/.test(decimal);

/** `quantity` times a price, in whole cents, rounded half away from zero. */
export function amountOf(price: Price, quantity: number): number {
  const exact = Number(price.unitAmount) * quantity;
  return Math.sign(exact) * Math.round(Math.abs(exact));
}

export const priceWire = (price: Price): Wire =>
  ({
    id: price.id,
    object: 'price',
    active: price.active,
    billing_scheme: 'per_unit',
    created: price.created,
    currency: price.currency,
    custom_unit_amount: null,
    livemode: false,
    lookup_key: price.lookupKey,
    metadata: price.metadata,
    nickname: price.nickname,
    product: price.product,
    recurring:
      price.recurring === null
        ? null
        : {
            interval: price.recurring.interval,
            interval_count: price.recurring.count,
            meter: price.recurring.meter,
            trial_period_days: null,
            usage_type: price.recurring.meter === null ? 'licensed' : 'metered',
          },
    tax_behavior: price.taxBehavior,
    tiers_mode: null,
    transform_quantity: null,
    type: price.recurring === null ? 'one_time' : 'recurring',
    unit_amount: isWhole(price.unitAmount) ? Number(price.unitAmount) : null,
    unit_amount_decimal: price.unitAmount,
  }) as Wire;

/** The plan that Stripe still shows beside a price. */
export const planWire = (price: Price) => ({
  id: price.id,
  object: 'plan',
  active: price.active,
  amount: isWhole(price.unitAmount) ? Number(price.unitAmount) : null,
  amount_decimal: price.unitAmount,
  billing_scheme: 'per_unit',
  created: price.created,
  currency: price.currency,
  interval: price.recurring?.interval ?? 'month',
  interval_count: price.recurring?.count ?? 1,
  livemode: false,
  metadata: price.metadata,
  meter: price.recurring?.meter ?? null,
  nickname: price.nickname,
  product: price.product,
  tiers_mode: null,
  transform_usage: null,
  trial_period_days: null,
  usage_type: price.recurring?.meter == null ? 'licensed' : 'metered',
});
