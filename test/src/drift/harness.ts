/** Customers who pay, the same at Stripe, and faults to put between the two: each with what a comparison must say of it. */
import type { StripePort } from '../../../src/stripe/port.ts';
import type { StripePrice } from '../../../src/stripe/prices.ts';
import type { StripeSubscription } from '../../../src/stripe/subscriptions.ts';
import { refreshSubscription } from '../../../src/workflows/subscriptions/refresh-subscription.ts';
import { type Api, signUp } from '../../harness/worker/api.ts';
import { makeContext } from '../../harness/worker/context.ts';
import { aSubscription, day, fakeStripe, priceOf } from '../../harness/worker/stripe-subscription.ts';

const feeCents: Record<string, number> = { starter: 2900, professional: 9900, enterprise: 29900 };

/** A Stripe whose lists come in pages of `perPage`. */
export function pagedStripe(perPage = 7) {
  const fake = fakeStripe();
  const customers = new Map<string, { id: string; ourId: string; createdAt: number }>();
  const prices = new Map<string, StripePrice>();
  for (const [plan, amountCents] of Object.entries(feeCents)) {
    const id = priceOf(plan);
    const base = { productId: `prod_${plan}`, currency: 'usd', active: true, lookupKey: null };
    prices.set(id, { id, amountCents, interval: 'month', ...base });
  }
  const pageOf = async <T extends { id: string }>(all: readonly T[], after: string | null) => {
    const from = after === null ? 0 : all.findIndex(({ id }) => id === after) + 1;
    const items = all.slice(from, from + perPage);
    return {
      ok: true as const,
      value: { items, next: from + perPage < all.length ? (items.at(-1)?.id ?? null) : null },
    };
  };
  const refused = { ok: false as const, error: { kind: 'refused' as const, code: 'resource_missing' } };
  const stripe = {
    customers: {
      page: (after: string | null) => pageOf([...customers.values()], after),
      fetch: async (id: string) => ({ ok: true as const, value: customers.has(id) ? { id } : null }),
    },
    subscriptions: {
      ...fake.stripe.subscriptions,
      page: (after: string | null) => pageOf([...fake.subscriptions.values()], after),
    },
    prices: {
      fetch: async (id: string) => {
        const found = prices.get(id);
        return found ? { ok: true as const, value: found } : refused;
      },
    },
  } as unknown as StripePort;
  return { stripe, customers, prices, subscriptions: fake.subscriptions, put: fake.put };
}
export type PagedStripe = ReturnType<typeof pagedStripe>;

export interface World {
  api: Api;
  control: D1Database;
  shop: PagedStripe;
}

export const contextIn = ({ api, control, shop }: World) => ({
  ...makeContext({ control, shards: [api.bindings['USAGE_0'] as D1Database], now: api.clock.now }),
  stripe: shop.stripe,
});

/** A customer who has paid for the running month. @returns the customer's id */
export async function paying(world: World, plan = 'professional'): Promise<string> {
  const { api, control, shop } = world;
  const id = (await signUp(api, { plan: 'starter' })).customer.customer_id;
  await control.prepare('UPDATE customers SET stripe_customer_id = ? WHERE id = ?').bind(`cus_of_${id}`, id).run();
  await control.prepare("UPDATE outbox SET state = 'confirmed' WHERE payload ->> 'customer_id' = ?").bind(id).run();
  shop.customers.set(`cus_of_${id}`, { id: `cus_of_${id}`, ourId: id, createdAt: api.clock.now });
  const start = Math.floor(api.clock.now / 1000) * 1000;
  shop.put(aSubscription(id, { plan, start, latestInvoice: null }));
  await refreshSubscription(contextIn(world), `sub_${id}`);
  return id;
}

type Fault = (world: World, customerId: string) => Promise<{ kind: string; object: string }>;

const subscriptionOf = ({ shop }: World, id: string): StripeSubscription => {
  const found = shop.subscriptions.get(`sub_${id}`);
  if (!found) throw new Error(`no subscription of ${id}`);
  return found;
};
const at = (kind: string, object: string) => ({ kind, object });
const change =
  (kind: string, fields: (before: StripeSubscription) => Partial<StripeSubscription>): Fault =>
  async (world, id) => {
    const before = subscriptionOf(world, id);
    world.shop.put({ ...before, ...fields(before) });
    return at(kind, before.id);
  };
const ours =
  (kind: string, sql: string): Fault =>
  async ({ control }, id) => {
    await control.prepare(sql).bind(id).run();
    return at(kind, `sub_${id}`);
  };

/** Every kind of fault. */
export const faults: Readonly<Record<string, Fault>> = {
  'a customer who is gone at Stripe': async ({ shop }, id) => {
    shop.customers.delete(`cus_of_${id}`);
    return at('customer', `cus_of_${id}`);
  },
  'a second customer of one of ours': async ({ shop }, id) => {
    shop.customers.set(`cus_twin_${id}`, { id: `cus_twin_${id}`, ourId: id, createdAt: 0 });
    return at('customer', `cus_twin_${id}`);
  },
  'a customer at Stripe of nobody': async ({ shop }, id) => {
    const nobody = `cust_${'f'.repeat(32)}`;
    shop.customers.set(`cus_nobody_${id}`, { id: `cus_nobody_${id}`, ourId: nobody, createdAt: 0 });
    return at('customer', `cus_nobody_${id}`);
  },
  'a customer whom nobody has made there': async ({ control, shop }, id) => {
    await control.prepare('UPDATE customers SET stripe_customer_id = NULL WHERE id = ?').bind(id).run();
    shop.customers.delete(`cus_of_${id}`);
    return at('customer', id);
  },
  'a subscription that is gone at Stripe': async ({ shop }, id) => {
    shop.subscriptions.delete(`sub_${id}`);
    return at('subscription', `sub_${id}`);
  },
  'a second subscription of a customer': async (world, id) => {
    world.shop.put({ ...subscriptionOf(world, id), id: `sub_twin_${id}` });
    return at('subscription', `sub_twin_${id}`);
  },
  'a payment that we did not hear of': change('state', () => ({ status: 'past_due' })),
  'a cancellation that we did not hear of': change('state', ({ createdAt }) => ({
    status: 'canceled',
    endedAt: createdAt,
  })),
  'an end that lies ahead, set there': change('state', ({ item }) => ({ cancelAt: item?.end ?? 0 })),
  'a renewal that we did not hear of': change('state', ({ item }) => ({
    item: item && { ...item, start: item.end, end: item.end + 30 * day },
  })),
  'another plan there': change('item', ({ item }) => ({ item: item && { ...item, priceId: priceOf('starter') } })),
  'no item there': change('item', () => ({ item: null })),
  'a suspension that only we know of': ours(
    'state',
    "UPDATE subscriptions SET status = 'suspended', suspended_for = 'unpaid' WHERE customer_id = ?",
  ),
  'an end that only we know of': ours(
    'state',
    'UPDATE subscriptions SET cancel_at = 1893456000000 WHERE customer_id = ?',
  ),
};
