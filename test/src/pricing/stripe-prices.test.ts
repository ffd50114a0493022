/** What is sold gets its prices at Stripe: once, found again, bound where an operator says so, and never another amount. */
import { beforeAll, describe, expect, it } from 'vitest';
import { openDb } from '../../../src/db/client.ts';
import type { StripePort } from '../../../src/stripe/port.ts';
import type { NewPrice, StripePrice } from '../../../src/stripe/prices.ts';
import { publishPrices } from '../../../src/workflows/billing/publish-prices.ts';
import type { Carriers } from '../../../src/workflows/delivery/carriers.ts';
import { deliverOutbox } from '../../../src/workflows/delivery/deliver-outbox.ts';
import { ensureCluster, makeApi, rootToken } from '../../harness/worker/api.ts';
import { makeContext, noInvoicing } from '../../harness/worker/context.ts';
import { shippedPlans } from '../../harness/worker/plans.ts';
import { controlOf } from '../usage/harness.ts';

const hourMs = 3_600_000;
const api = makeApi(Date.parse('2026-11-20T12:00:00.000Z'));
const control = controlOf(api.bindings as never);
beforeAll(() => ensureCluster(api));

/** A Stripe of prices alone; it can be silent after it has made one. */
function priceShop() {
  const made: (StripePrice & { key: string })[] = [];
  const state = { silent: false };
  const prices: StripePort['prices'] = {
    find: async (lookupKey) => ({ ok: true, value: made.find((price) => price.lookupKey === lookupKey) ?? null }),
    fetch: async (id) => {
      const price = made.find((one) => one.id === id);
      return price ? { ok: true, value: price } : { ok: false, error: { kind: 'refused', code: 'resource_missing' } };
    },
    create: async (input: NewPrice, key) => {
      const known = made.find((price) => price.key === key);
      const price = known ?? add({ ...input, key });
      return state.silent ? { ok: false, error: { kind: 'unclear', code: 'timeout' } } : { ok: true, value: price };
    },
  };
  const add = (input: Omit<NewPrice, 'name' | 'version'> & { key: string }) => {
    const { lookupKey, amountCents, currency, interval, key } = input;
    const id = `price_${made.length + 1}`;
    const price = {
      id,
      productId: `tenantry_${input.plan}`,
      amountCents,
      currency,
      interval,
      active: true,
      lookupKey,
      key,
    };
    made.push(price);
    return price;
  };
  return { made, state, add, stripe: { prices } as unknown as StripePort };
}

function carriers(stripe: StripePort, bound: Record<string, string> = {}): Carriers {
  return {
    db: openDb(control),
    now: () => api.clock.now,
    log: api.outside.log,
    stripe,
    refresh: () => Promise.reject(new Error('nothing is refreshed here')),
    tax: false,
    boundPrice: (variable) => bound[variable] ?? null,
    ...noInvoicing,
    mail: null,
    linkSecrets: () => [],
    publicUrl: 'https://api.test',
    doorbell: () => null,
  };
}
const context = (stripe: StripePort) => ({
  ...makeContext({ control, shards: [], now: api.clock.now }),
  stripe,
});
const kept = async () =>
  (
    await control
      .prepare('SELECT plan, interval, price_id, source FROM stripe_prices ORDER BY plan, plan_version, interval')
      .all<{ plan: string; interval: string; price_id: string; source: string }>()
  ).results;
const sold = async () => {
  const answer = await api.call('GET', '/api/plans');
  return (await answer.json<{ items: { plan: string; stripe_price_id: string | null }[] }>()).items;
};
const outboxOf = async (state: string) => {
  const answer = await api.call('GET', `/api/outbox?state=${state}`, { token: rootToken });
  return (await answer.json<{ items: { kind: string; last_error: string }[] }>()).items;
};

describe('the prices of what is sold', () => {
  const shop = priceShop();

  it('are made once each, also where Stripe has made them and its answer was lost', async () => {
    expect((await sold()).map(({ stripe_price_id }) => stripe_price_id)).toEqual([null, null, null]);
    shop.state.silent = true;
    await publishPrices(context(shop.stripe));
    await publishPrices(context(shop.stripe));
    await deliverOutbox(carriers(shop.stripe));
    expect(shop.made.map(({ amountCents }) => amountCents).sort((a, b) => Number(a) - Number(b))).toEqual([
      2900, 9900, 29900,
    ]);
    expect(await kept()).toEqual([]);
    shop.state.silent = false;
    api.clock.now += 25 * hourMs;
    await publishPrices(context(shop.stripe));
    await deliverOutbox(carriers(shop.stripe));
    expect(shop.made).toHaveLength(3);
    expect((await kept()).map(({ plan, source }) => [plan, source])).toEqual([
      ['enterprise', 'made'],
      ['professional', 'made'],
      ['starter', 'made'],
    ]);
    const byPlan = new Map(shop.made.map(({ productId, id }) => [productId, id]));
    for (const { plan, stripe_price_id } of await sold()) expect(stripe_price_id).toBe(byPlan.get(`tenantry_${plan}`));
    await publishPrices(context(shop.stripe));
    expect(await outboxOf('planned')).toEqual([]);
  });

  it('are bound where an operator names them, and refused by name where they cost something else', async () => {
    const yaml = shippedPlans
      .replace('version: "2026-11"', 'version: bound')
      .replace('fee: 29\n', 'fee: 29\n    annual_fee: 290\n');
    const simulated = await api.call('POST', '/api/simulations', { token: rootToken, body: { yaml } });
    expect(simulated.status).toBe(202);
    const published = await api.call('POST', '/api/plans/publish', { token: rootToken, body: { yaml } });
    expect(published.status, await published.clone().text()).toBe(201);
    const right = shop.add({
      plan: 'own',
      lookupKey: 'x',
      amountCents: 2900,
      currency: 'usd',
      interval: 'month',
      key: 'x',
    });
    const wrong = shop.add({
      plan: 'own',
      lookupKey: 'y',
      amountCents: 9901,
      currency: 'usd',
      interval: 'month',
      key: 'y',
    });
    await publishPrices(context(shop.stripe));
    const bound = { STRIPE_PRICE_STARTER: right.id, STRIPE_PRICE_PROFESSIONAL: wrong.id };
    await deliverOutbox(carriers(shop.stripe, bound));
    const rows = await kept();
    expect(rows.filter(({ source }) => source === 'bound')).toMatchObject([{ plan: 'starter', price_id: right.id }]);
    expect(rows.filter(({ plan, interval }) => plan === 'starter' && interval === 'year')).toHaveLength(1);
    expect(shop.made.find(({ interval }) => interval === 'year')?.amountCents).toBe(29_000);
    expect(await outboxOf('never')).toMatchObject([{ kind: 'stripe_price', last_error: 'bound_price_amount' }]);
  });
});
