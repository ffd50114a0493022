import Stripe from 'stripe';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Chapter, type Fact, liveThrough } from '../../../bench/support/stripe/book.ts';
import { makeCustomer, makePrices } from '../../../bench/support/stripe/cast.ts';
import { lifeChapters } from '../../../bench/support/stripe/chapters-life.ts';
import { moneyChapters } from '../../../bench/support/stripe/chapters-money.ts';
import { thingChapters } from '../../../bench/support/stripe/chapters-things.ts';
import { openStandInSide } from '../../../bench/support/stripe/sides.ts';
import { operations } from '../../../dev/stripe/operations/all.ts';
import { routerOf } from '../../../dev/stripe/router.ts';
import { type Answered, openStripeOpenApi, type StripeOpenApi } from '../../harness/stripe-openapi.ts';
import { describeWithTools } from '../../harness/tools.ts';
import { newerThanTheDocument } from './newer.ts';

type Side = Awaited<ReturnType<typeof openStandInSide>>;
type Object = { object: string; id?: string };

describeWithTools(['stripe-mock'], "the stand-in's answers beside Stripe's OpenAPI", () => {
  const answers: Answered[] = [];
  const events: { type: string; data: { object: Object } }[] = [];
  let facts: Fact[];
  let openApi: StripeOpenApi;
  let side: Side;

  const recording: typeof fetch = async (input, init) => {
    const response = await fetch(input, init);
    const { pathname } = new URL(String(input));
    if (response.ok)
      answers.push({ method: init?.method ?? 'GET', path: pathname, body: await response.clone().json() });
    return response;
  };

  const door = async (path: string, body: object = {}) => {
    const response = await fetch(`${side.url}/_stand-in/${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${side.key}` },
      body: JSON.stringify(body),
    });
    expect(response.status).toBe(200);
    return (await response.json()) as Object & { id: string };
  };

  /** What only a person or a bank makes happen. */
  const byOthers: Chapter = {
    name: 'what others do',
    async live(scene) {
      const { stripe, tell } = scene;
      const [prices, customer] = [await makePrices(scene), await makeCustomer(scene, null)];
      const ask = { mode: 'subscription' as const, customer, success_url: 'https://seller.example/done' };
      const line_items = [{ price: prices.starter, quantity: 1 }];
      const trial_period_days = 5;
      const free = await stripe.checkout.sessions.create({
        ...ask,
        line_items,
        subscription_data: { trial_period_days },
      });
      await door(`checkout/${free.id}/complete`, { card: '4000 0027 6000 3184' });
      const paid = await stripe.checkout.sessions.create({ ...ask, line_items });
      await door(`checkout/${paid.id}/complete`, { card: '4242424242424242' });
      await stripe.checkout.sessions.retrieve(paid.id, { expand: ['subscription', 'invoice'] });
      const response = await fetch(`${side.url}/_stand-in/objects/setup_intent`, {
        headers: { authorization: `Bearer ${side.key}` },
      });
      const { data } = (await response.json()) as { data: { id: string }[] };
      tell('a card was set up', (await stripe.setupIntents.retrieve(data[0]?.id ?? '')).status);
      const charges = await stripe.charges.list({ customer });
      const charge = charges.data.find(({ status }) => status === 'succeeded')?.id ?? '';
      const refund = await door(`charges/${charge}/refund`, { amount: 100 });
      await door(`refunds/${refund.id}/fail`);
      const dispute = await door(`charges/${charge}/dispute`);
      await door(`disputes/${dispute.id}/close`, { status: 'lost' });
      tell('the dispute', (await stripe.disputes.retrieve(dispute.id)).status);
    },
  };

  beforeAll(async () => {
    openApi = openStripeOpenApi(newerThanTheDocument);
    side = await openStandInSide(Stripe.createFetchHttpClient(recording));
    facts = await liveThrough(side, [...lifeChapters, ...moneyChapters, ...thingChapters, byOthers], () => {});
    for await (const event of side.stripe.events.list({ limit: 100 })) events.push(event as (typeof events)[number]);
  });
  afterAll(async () => {
    await side?.close();
  });

  /** Each difference once. */
  const lines = (differences: { where: string; what: string }[]) => [
    ...new Set(differences.map(({ where, what }) => `${where} ${what}`)),
  ];

  it('no chapter broke off, and every operation was asked', () => {
    expect(facts.filter(({ what }) => what === 'broke off')).toEqual([]);
    const router = routerOf(operations);
    const asked = new Set(answers.map(({ method, path }) => router(method, path)?.operation));
    const addresses = operations
      .filter((operation) => !asked.has(operation))
      .map(({ method, path }) => `${method} ${path}`);
    expect(addresses).toEqual([]);
  });

  it('every answer is what its path answers at Stripe, and has no field more', () => {
    expect(lines(answers.flatMap((answer) => openApi.ofAnswer(answer)))).toEqual([]);
  });

  it('so is what events are about', () => {
    expect(events.length).toBeGreaterThan(100);
    const differences = events.flatMap(({ data: { object } }) => openApi.ofObject(object.object, object));
    expect(lines(differences)).toEqual([]);
  });
});
