/**
 * Orders that break anywhere: 30 % of the writes to Stripe are accepted without an answer, and a tenth meets a process that dies
 * between two steps. When cron has been by, both sides say the same, nobody has paid another sum than our rows say, and nothing is
 * there twice.
 */
import { env } from 'cloudflare:workers';
import { beforeAll, describe, expect, it } from 'vitest';
import type { SignupAnswer } from '../../../../src/contracts/customers.ts';
import { ensureCluster, makeApi } from '../../../harness/worker/api.ts';
import { seeded } from '../../../harness/worker/broken-stripe.ts';
import { openStandIn, type StandInOfTests } from '../../../harness/worker/stripe.ts';
import { subscribersOf } from '../../../harness/worker/subscriber.ts';
import { breakingOrders } from './breaking-orders.ts';
import { owedBy } from './money.ts';

/** `npm run figures -- intents` takes many more. */
const {
  TEST_INTENT_CUSTOMERS: customers = 4,
  TEST_INTENT_ORDERS: ordersEach = 8,
  TEST_INTENT_FIRST: first = 1,
} = env as unknown as Record<string, number | undefined>;
const msEach = 30_000;
const fees = { starter: 2900, professional: 9900, enterprise: 29900 };
const plans = Object.keys(fees);
const api = makeApi(Date.parse('2026-11-20T12:00:00.000Z'));
const control = api.bindings['CONTROL'] as D1Database;
let stripe: StandInOfTests;
const { subscriptionOf } = subscribersOf(api, () => stripe);
const { checkout, order, end, cron, counts } = breakingOrders(api, () => stripe);

beforeAll(async () => {
  await ensureCluster(api);
  stripe = await openStandIn(api);
  await stripe.publish();
});

interface AtStripe {
  customer: string;
  status: string;
  cancel_at: number | null;
  schedule: string | null;
  items: { data: { price: { id: string } }[] };
}
type List<T> = { data: T[]; has_more: boolean };

/** Both sides of the customer say the same, to the cent, and everything is there once. */
async function compare({ made, id }: { made: SignupAnswer; id: string }, where: string): Promise<void> {
  const ours = await subscriptionOf(made);
  const theirs = await stripe.read<AtStripe>(`/subscriptions/${id}`);
  const plan = await control
    .prepare('SELECT plan FROM stripe_prices WHERE price_id = ?')
    .bind(theirs.items.data[0]?.price.id ?? '')
    .first<string>('plan');
  const { customer } = theirs;
  const isOver = theirs.status === 'canceled';
  const said = {
    plan: ours.plan,
    status: ours.status,
    cancel_at: ours.cancel_at && Date.parse(ours.cancel_at) / 1000,
    scheduled: ours.scheduled !== null,
  };
  expect(said, where).toEqual({
    plan,
    status: theirs.status,
    cancel_at: isOver ? null : theirs.cancel_at,
    scheduled: theirs.schedule !== null,
  });
  const [people, all, pages, invoices, waiting] = await Promise.all([
    stripe.read<List<unknown>>(`/customers?email=${encodeURIComponent(made.customer.email)}`),
    stripe.read<List<unknown>>(`/subscriptions?customer=${customer}&status=all`),
    stripe.read<List<unknown>>(`/checkout/sessions?customer=${customer}&status=open`),
    stripe.read<List<{ status: string; amount_paid: number }>>(`/invoices?customer=${customer}&limit=100`),
    stripe.read<List<{ amount: number }>>(`/invoiceitems?customer=${customer}&pending=true&limit=100`),
  ]);
  expect([people.data.length, all.data.length, pages.data.length, invoices.has_more], where).toEqual([1, 1, 0, false]);
  expect(
    invoices.data.filter(({ status }) => !['paid', 'void'].includes(status)),
    where,
  ).toEqual([]);
  const paid = invoices.data.reduce((sum, invoice) => sum + invoice.amount_paid, 0);
  const kept = waiting.data.reduce((sum, { amount }) => sum + amount, 0);
  expect((paid + kept - (await owedBy(control, made.customer.customer_id, fees))) / 100, where).toBe(0);
}

describe('orders that break anywhere', () => {
  it(
    'leave both sides alike, the right sum paid, and nothing there twice',
    async () => {
      const told: Record<string, number> = {};
      const count = (what: string) => {
        told[what] = (told[what] ?? 0) + 1;
      };
      for (let n = first; n < first + customers; n++) {
        const random = seeded(n);
        const subscriber = await checkout(random, plans[n % plans.length] ?? 'starter');
        await cron(random);
        await compare(subscriber, `customer ${n}, the checkout`);
        count('checkout');
        for (let i = 1; i < ordersEach; i++) {
          const { kind, ending } = await order(random, subscriber);
          count(kind);
          count(ending);
          await cron(random);
          await compare(subscriber, `customer ${n}, order ${i}: ${kind}, ${ending}`);
        }
        await end(random, subscriber);
        await compare(subscriber, `customer ${n}, its end`);
      }
      const open = await control
        .prepare("SELECT count(*) n FROM outbox WHERE kind LIKE 'stripe_%' AND state IN ('planned', 'sent')")
        .first<number>('n');
      const given = await control.prepare("SELECT count(*) n FROM outbox WHERE state = 'never'").first<number>('n');
      expect([open, given]).toEqual([0, 0]);
      console.log(
        JSON.stringify({ orders: customers * ordersEach, ...told, ...counts, twins: 0, difference: '0.00', first }),
      );
      // Each way of ending was met.
      for (const ending of ['done', 'refused', 'killed']) expect(told[ending]).toBeGreaterThan(0);
    },
    customers * ordersEach * msEach,
  );
});
