/** Products and prices at Stripe: one product a plan, one price a version and interval, found again by its lookup key. */
import Stripe from 'stripe';
import { attempt, type StripeResult } from './call.ts';

/** A price at Stripe as we compare it. */
export interface StripePrice {
  /** `price_…` */
  id: string;
  /** `prod_…` */
  productId: string;
  amountCents: number | null;
  currency: string;
  /** Null where it does not recur. */
  interval: string | null;
  active: boolean;
  lookupKey: string | null;
}

export interface NewPrice {
  lookupKey: string;
  plan: string;
  version: string;
  /** For people. */
  name: string;
  amountCents: number;
  currency: string;
  interval: 'month' | 'year';
}

const productIdOf = (plan: string): string => `tenantry_${plan}`;

const read = (price: Stripe.Price): StripePrice => ({
  id: price.id,
  productId: typeof price.product === 'string' ? price.product : price.product.id,
  amountCents: price.unit_amount,
  currency: price.currency,
  interval: price.recurring && price.recurring.interval_count === 1 ? price.recurring.interval : null,
  active: price.active,
  lookupKey: price.lookup_key,
});

export const pricesOf = (stripe: Stripe) => ({
  /** The price with that lookup key, null when there is none. */
  find: (lookupKey: string): Promise<StripeResult<StripePrice | null>> =>
    attempt(async () => {
      const { data } = await stripe.prices.list({ lookup_keys: [lookupKey], limit: 1 });
      return data[0] ? read(data[0]) : null;
    }),
  fetch: (id: string): Promise<StripeResult<StripePrice>> =>
    attempt(async () => read(await stripe.prices.retrieve(id))),
  /** Makes the price, and its plan's product where that is not there; the same key within 24 h answers the same. */
  create: (input: NewPrice, idempotencyKey: string): Promise<StripeResult<StripePrice>> =>
    attempt(async () => {
      const product = await productOf(stripe, input, idempotencyKey);
      const price = await stripe.prices.create(
        {
          product,
          currency: input.currency,
          unit_amount: input.amountCents,
          recurring: { interval: input.interval },
          lookup_key: input.lookupKey,
          metadata: { tenantry_plan: input.plan, tenantry_version: input.version },
        },
        { idempotencyKey },
      );
      return read(price);
    }),
});

/** The plan's product. Its id is ours, so that two who make it at once make one. */
async function productOf(stripe: Stripe, { plan, name }: NewPrice, idempotencyKey: string): Promise<string> {
  const id = productIdOf(plan);
  const metadata = { tenantry_plan: plan };
  try {
    return (await stripe.products.retrieve(id)).id;
  } catch (error) {
    if (codeOf(error) !== 'resource_missing') throw error;
  }
  try {
    await stripe.products.create({ id, name, metadata }, { idempotencyKey: `${idempotencyKey}-product` });
  } catch (error) {
    if (codeOf(error) !== 'resource_already_exists') throw error;
  }
  return id;
}

const codeOf = (error: unknown): string | undefined =>
  error instanceof Stripe.errors.StripeError ? error.code : undefined;
