/** Three days in which no webhook reached us: what happened at Stripe meanwhile is here afterwards, all of it, and once. */
import { env } from 'cloudflare:workers';
import { beforeAll, expect, it } from 'vitest';
import { seeded } from '../../../../bench/support/random.ts';
import { ensureCluster, makeApi, signUp } from '../../../harness/worker/api.ts';
import { type Json, knownAs, secondsOf, stripeFor } from '../../../harness/worker/stripe-events.ts';
import { bindPrices } from '../../../harness/worker/stripe-subscription.ts';
import { judgeOf } from './judge.ts';
import { aLife, type Life } from './life.ts';

/** `npm run figures -- webhooks` has more. */
const { TEST_WEBHOOK_OUTAGE_CUSTOMERS: customers = 4 } = env as unknown as { TEST_WEBHOOK_OUTAGE_CUSTOMERS?: number };
const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const outageHours = 71;
const startAt = Date.parse('2026-11-20T12:00:00.000Z');
const api = makeApi(startAt);
const stripe = stripeFor(api);
const control = api.bindings['CONTROL'] as D1Database;
const { differences, doubled } = judgeOf(control);

beforeAll(async () => {
  await ensureCluster(api);
  await signUp(api);
  await bindPrices(control);
});

/** Stripe's list, as its parameters ask: newest first, in pages of 10. */
function list(events: readonly Json[]): void {
  stripe.answers.set('GET /v1/events', (_, query) => {
    const all = events
      .filter(({ created }) => Number(created) >= Number(query.get('created[gte]')))
      .filter(({ created }) => Number(created) < Number(query.get('created[lt]')))
      .toSorted((a, b) => Number(b['created']) - Number(a['created']));
    const from = all.findIndex(({ id }) => id === query.get('starting_after')) + 1;
    const data = all.slice(from, from + 10);
    return { object: 'list', data, has_more: from + data.length < all.length, url: '/v1/events' };
  });
}

it(`of ${outageHours} hours without webhooks nothing is missing, and nothing came twice`, {
  timeout: 3_600_000,
}, async () => {
  const random = seeded(7);
  list([]);
  await api.tick();
  const lives: { customerId: string; life: Life; events: (Json & { id: string })[] }[] = [];
  for (let n = 0; n < customers; n++) {
    const { customer_id: customerId } = (await signUp(api, { email: `outage-${n}@example.com` })).customer;
    const cus = await knownAs(api, customerId);
    const life = aLife(stripe, { cus, customerId, start: secondsOf(startAt) }, () => Promise.resolve());
    // The first events come as they should; the others happen at any time of the outage, in their order.
    const times = life.events.map(() => Math.floor(random.fraction() * outageHours * 3600)).toSorted((a, b) => a - b);
    const events = life.events.map((event, step) => ({
      ...event,
      created: secondsOf(startAt) + (step < 2 ? step : (times[step] ?? 0) + 2),
    }));
    for (const event of events.slice(0, 2)) await stripe.deliver(event);
    await stripe.consume();
    lives.push({ customerId, life, events });
  }
  const all = lives.flatMap(({ events }) => events);
  list(all);
  for (const { life } of lives) life.reach(5);

  // Nothing of ours runs. Then cron does, while Stripe sends again what it still tries, each event up to twice, in any order.
  api.clock.now = startAt + outageHours * hourMs;
  const retried = random.shuffled(all.filter(() => random.fraction() < 0.3).flatMap((event) => [event, event]));
  await Promise.all([
    api.tick(),
    (async () => {
      for (const event of retried) expect((await stripe.deliver(event)).status).toBe(200);
    })(),
  ]);
  for (let minutes = 0; minutes < 5; minutes++) {
    await stripe.consume();
    api.clock.now += minuteMs;
    await api.tick();
  }

  const { results } = await control
    .prepare("SELECT id, state FROM stripe_events WHERE type NOT LIKE 'some.%' ORDER BY id")
    .all<{ id: string; state: string }>();
  const there = new Set(results.map(({ id }) => id));
  const faults = [
    ...all.filter(({ id }) => !there.has(id)).map(({ id, type }) => `${type} ${id} is missing`),
    ...results.filter(({ state }) => state !== 'processed').map(({ id, state }) => `${id} is ${state}`),
  ];
  for (const { customerId, life } of lives) {
    faults.push(...(await differences(customerId, life)), ...(await doubled(customerId)));
  }
  console.log(
    `${outageHours} hours, ${customers} customers, ${all.length} events, ${retried.length} sent again, ${faults.length} faults`,
  );
  expect(faults).toEqual([]);
  expect(results).toHaveLength(all.length);
});
