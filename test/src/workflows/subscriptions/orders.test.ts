/**
 * Orders that break anywhere: 30 % of the calls are lost or accepted without an answer, and a tenth of the requests die between two
 * steps. When cron has been by, both sides say the same, nobody pays twice and nothing is there twice.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import type { SignupAnswer } from '../../../../src/contracts/customers.ts';
import { servicesOf } from '../../../../src/services.ts';
import { contextOf } from '../../../../src/wiring.ts';
import { type Context, carryOut, type Planned } from '../../../../src/workflows/deed.ts';
import { cancel, planCancel } from '../../../../src/workflows/subscriptions/cancel.ts';
import { planResume, resume } from '../../../../src/workflows/subscriptions/resume.ts';
import { planUpgrade, upgrade } from '../../../../src/workflows/subscriptions/upgrade.ts';
import { ensureCluster, makeApi } from '../../../harness/worker/api.ts';
import { type Break, breaking, Killed, seeded } from '../../../harness/worker/broken-stripe.ts';
import { openStandIn, type StandInOfTests } from '../../../harness/worker/stripe.ts';
import { subscribersOf } from '../../../harness/worker/subscriber.ts';

const minute = 60_000;
const customers = 4;
const ordersEach = 8;
const api = makeApi(Date.parse('2026-11-20T12:00:00.000Z'));
const control = api.bindings['CONTROL'] as D1Database;
let stripe: StandInOfTests;
const { paying, subscriptionOf } = subscribersOf(api, () => stripe);

beforeAll(async () => {
  await ensureCluster(api);
  stripe = await openStandIn(api);
  await stripe.publish();
});

const plans = ['starter', 'professional', 'enterprise'] as const;

function breakOf(random: () => number): Break {
  const drawn = random();
  if (drawn < 0.15) return 'lost_answer';
  if (drawn < 0.3) return 'lost_call';
  if (drawn < 0.35) return 'killed_after';
  return drawn < 0.4 ? 'killed_before' : 'none';
}

/** A request of an order, as the route makes it: one batch, then the calls. @returns what came of it */
async function request<T>(
  context: Context,
  plan: (context: Context) => Promise<Planned<T>>,
  act: (context: Context, planned: T) => Promise<{ ok: boolean }>,
): Promise<'done' | 'refused' | 'killed'> {
  try {
    const planned = await carryOut(context, () => plan(context));
    if (!planned.ok) return 'refused';
    return (await act(context, planned.value.value)).ok ? 'done' : 'refused';
  } catch (error) {
    if (error instanceof Killed) return 'killed';
    throw error;
  }
}

function order(context: Context, customerId: string, random: () => number) {
  const kind = random();
  if (kind < 0.6) {
    const plan = plans[Math.floor(random() * plans.length)] ?? 'starter';
    const wish = { customerId, plan, interval: null, offered: 'all' as const, prorationAt: null };
    return request(context, (c) => planUpgrade(c, wish), upgrade);
  }
  if (kind < 0.8) {
    const wish = { customerId, immediately: false, reason: null };
    return request(context, (c) => planCancel(c, wish), cancel);
  }
  return request(context, (c) => planResume(c, { customerId, isOperator: true }), resume);
}

interface AtStripe {
  status: string;
  cancel_at: number | null;
  schedule: string | null;
  items: { data: { price: { id: string } }[] };
}

async function compare({ made, id }: { made: SignupAnswer; id: string }) {
  const ours = await subscriptionOf(made);
  const theirs = await stripe.read<AtStripe & { customer: string }>(`/subscriptions/${id}`);
  const priced = await control
    .prepare('SELECT plan FROM stripe_prices WHERE price_id = ?')
    .bind(theirs.items.data[0]?.price.id ?? '')
    .first<string>('plan');
  expect({
    plan: ours.plan,
    status: ours.status,
    cancel_at: ours.cancel_at && Date.parse(ours.cancel_at) / 1000,
    scheduled: ours.scheduled !== null,
  }).toEqual({
    plan: priced,
    status: theirs.status,
    cancel_at: theirs.cancel_at,
    scheduled: theirs.schedule !== null,
  });
  const all = await stripe.read<{ data: unknown[] }>(`/subscriptions?customer=${theirs.customer}&status=all`);
  expect(all.data).toHaveLength(1);
  // Of every change of plan one invoice was made, and every one is paid.
  const { data } = await stripe.read<{ data: { billing_reason: string; status: string }[] }>(
    `/invoices?subscription=${id}&limit=100`,
  );
  const changes = await control
    .prepare('SELECT count(*) n FROM plan_changes WHERE customer_id = ?')
    .bind(made.customer.customer_id)
    .first<number>('n');
  const updates = data.filter(({ billing_reason: reason }) => reason === 'subscription_update');
  // The first row is the signup's.
  expect(updates).toHaveLength(Number(changes) - 1);
  expect(new Set(data.map(({ status }) => status))).toEqual(new Set(['paid']));
}

describe('orders that break anywhere', () => {
  it('leave both sides alike, and nothing there twice', async () => {
    const told = { done: 0, refused: 0, killed: 0 };
    for (let n = 1; n <= customers; n++) {
      const subscriber = await paying();
      const random = seeded(n);
      for (let i = 0; i < ordersEach; i++) {
        const healthy = contextOf(servicesOf(api.bindings, { waitUntil: () => {} }, api.outside));
        if (healthy.stripe === null) throw new Error('no stand-in');
        const context = { ...healthy, stripe: breaking(healthy.stripe, () => breakOf(random)) };
        told[await order(context, subscriber.made.customer.customer_id, random)] += 1;
        // The claim of a request that died runs out, and cron looks up what is there.
        await stripe.move(api.clock.now + 4 * minute);
        await api.tick();
        await stripe.move(api.clock.now + 4 * minute);
        await api.tick();
        await compare(subscriber);
      }
    }
    const open = await control
      .prepare("SELECT count(*) n FROM outbox WHERE kind = 'stripe_order' AND state IN ('planned', 'sent')")
      .first<number>('n');
    expect(open).toBe(0);
    // Each way of ending was met.
    for (const count of Object.values(told)) expect(count).toBeGreaterThan(0);
  }, 240_000);
});
