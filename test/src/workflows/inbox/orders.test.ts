/**
 * Six events of a subscription's life in any order, each up to ten times, while two handlers fetch and commit between one another's
 * steps and the life itself goes on: what we have in the end is what Stripe has, and each effect happened once.
 */
import { env } from 'cloudflare:workers';
import { beforeAll, expect, it } from 'vitest';
import { type Seeded, seeded } from '../../../../bench/support/random.ts';
import { ensureCluster, makeApi, signUp } from '../../../harness/worker/api.ts';
import { knownAs, secondsOf, stripeFor } from '../../../harness/worker/stripe-events.ts';
import { bindPrices } from '../../../harness/worker/stripe-subscription.ts';
import { gatedDatabase, interleaver } from './interleave.ts';
import { judgeOf } from './judge.ts';
import { aLife, type Life } from './life.ts';

/** `npm run figures -- webhooks` takes all 720. */
const { TEST_WEBHOOK_ORDERS: wanted = 8, TEST_WEBHOOK_FIRST: first = 1 } = env as unknown as {
  TEST_WEBHOOK_ORDERS?: number;
  TEST_WEBHOOK_FIRST?: number;
};
const startAt = Date.parse('2026-11-20T12:00:00.000Z');
const timesMax = 10;
const api = makeApi(startAt);
const stripe = stripeFor(api);
const control = api.bindings['CONTROL'] as D1Database;
const { leftOf, differences, doubled } = judgeOf(control);

beforeAll(async () => {
  await ensureCluster(api);
  await signUp(api);
  await bindPrices(control);
});

const permutations = <T>(items: readonly T[]): T[][] =>
  items.length === 0
    ? [[]]
    : items.flatMap((item, n) => permutations(items.toSpliced(n, 1)).map((others) => [item, ...others]));

/** The orders that are tried: all, or as many evenly among them. */
const all = permutations([0, 1, 2, 3, 4, 5]);
const orders = Array.from({ length: wanted }, (_, n) => {
  const place = wanted >= all.length ? n : Math.floor((n * all.length) / wanted);
  return { seed: first + n, order: all[place % all.length] ?? [] };
});

async function tryOrder(random: Seeded, order: readonly number[], name: string) {
  api.clock.now = startAt;
  stripe.answers.clear();
  const made = await signUp(api, { email: `${name}@orders.example` });
  const customerId = made.customer.customer_id;
  const cus = await knownAs(api, customerId);
  const { gate, run, meetings } = interleaver(random);
  const life = aLife(stripe, { cus, customerId, start: secondsOf(startAt) }, gate);
  const gated = gatedDatabase(control, gate);
  const go = () => {
    api.clock.now += 1000;
    if (random.fraction() < 0.1) life.reach(life.step() + 1);
  };
  for (let n = 0; n < order.length; n += 2) {
    const pair = order.slice(n, n + 2);
    life.reach(Math.max(...pair));
    const messages: string[] = [];
    for (const step of pair) {
      const event = life.events[step];
      if (!event) throw new Error(`no event of step ${step}`);
      const times = 1 + Math.floor(random.fraction() * timesMax);
      for (let again = 0; again < times; again++) {
        const answer = await stripe.deliver(event);
        if (answer.status !== 200) throw new Error(`${name}: the webhook answered ${answer.status}`);
        messages.push(event.id);
      }
    }
    const shuffled = random.shuffled(messages);
    const half = Math.ceil(shuffled.length / 2);
    // The second handler begins with the other event, so that both work on the same subscription at once.
    const [one, other] = [shuffled.slice(0, half), shuffled.slice(half).toReversed()];
    await run(
      [one, other].map((ids) => () => stripe.consume(ids, { CONTROL: gated })),
      go,
    );
  }
  stripe.queued.length = 0;
  return { customerId, life, meetings: meetings() };
}

/** Events that another handler was too fast for are tried again; the clock goes on for them. */
async function finish(life: Life): Promise<number> {
  let again = 0;
  for (const { id } of life.events) {
    for (let row = await stripe.row(id); row?.['state'] !== 'processed'; row = await stripe.row(id)) {
      if (again++ > 20) throw new Error(`${id} is ${row?.['state']}: ${row?.['error_code']} ${row?.['error_message']}`);
      api.clock.now += 3_600_000;
      await stripe.consume([id]);
    }
  }
  return again;
}

it('ends as Stripe has it, with each effect once, in any order', { timeout: 7_200_000 }, async () => {
  const faults: string[] = [];
  let met = 0;
  let retried = 0;
  for (const { seed, order } of orders) {
    const name = `order-${seed}-${order.join('')}`;
    const { customerId, life, meetings } = await tryOrder(seeded(seed), order, name);
    met += meetings;
    life.reach(5);
    retried += await finish(life);
    const found = [...(await differences(customerId, life)), ...(await doubled(customerId))];
    const before = await leftOf(customerId);
    await control
      .prepare(`UPDATE stripe_events SET state = 'received', claimed_until = 0 WHERE customer_id = ?`)
      .bind(customerId)
      .run();
    await stripe.consume(life.events.map(({ id }) => id));
    const after = await leftOf(customerId);
    if (JSON.stringify(before) !== JSON.stringify(after)) {
      found.push(`a second time: ${JSON.stringify(before)} became ${JSON.stringify(after)}`);
    }
    faults.push(...found.map((fault) => `${name}: ${fault}`));
  }
  console.log(
    `${orders.length} orders, ${met} meetings of two handlers, ${retried} events again, ${faults.length} faults`,
  );
  expect(faults).toEqual([]);
  expect(met).toBeGreaterThan(orders.length * 5);
});
