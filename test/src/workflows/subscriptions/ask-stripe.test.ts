/** Ends of time while Stripe says something else, or nothing; the pause at Stripe and its end. */
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openDb } from '../../../../src/db/client.ts';
import { err, ok } from '../../../../src/lib/result.ts';
import type { StripeFailure } from '../../../../src/stripe/call.ts';
import type { StripePort } from '../../../../src/stripe/port.ts';
import type { StripeSubscription } from '../../../../src/stripe/subscriptions.ts';
import { deliverOutbox } from '../../../../src/workflows/delivery/deliver-outbox.ts';
import { endCancelled } from '../../../../src/workflows/subscriptions/end-cancelled.ts';
import { endGrace } from '../../../../src/workflows/subscriptions/end-grace.ts';
import { endTrials } from '../../../../src/workflows/subscriptions/end-trials.ts';
import { refreshSubscription } from '../../../../src/workflows/subscriptions/refresh-subscription.ts';
import { ensureCluster, makeApi, rootToken, signUp } from '../../../harness/worker/api.ts';
import { makeContext } from '../../../harness/worker/context.ts';
import { subscribers } from '../../../harness/worker/seen-customer.ts';
import { aSubscription, bindPrices, fakeStripe } from '../../../harness/worker/stripe-subscription.ts';

const hour = 3_600_000;
const day = 24 * hour;
const begin = Date.parse('2026-11-20T12:00:00.000Z');
const api = makeApi(begin);
const { control, see, set, join } = subscribers(api);
const db = openDb(control);

let fake = fakeStripe();
/** What was asked of Stripe beside reads, in order. */
let calls: string[] = [];
/** What Stripe answers to a pause; what happens while it is under way. */
let pauseFails: StripeFailure | null = null;
let duringPause = async () => {};

beforeAll(async () => {
  await ensureCluster(api);
  await signUp(api);
  await bindPrices(control);
});
beforeEach(() => {
  api.clock.now = begin;
  fake = fakeStripe();
  calls = [];
  pauseFails = null;
  duringPause = async () => {};
});

const statusAtStripe = (id: string, status: StripeSubscription['status']) => {
  const found = fake.subscriptions.get(id);
  if (found) fake.put({ ...found, status });
};

function stripe(): StripePort {
  return {
    ...fake.stripe,
    pauses: {
      pause: async (id) => {
        calls.push('pause');
        if (pauseFails) return err(pauseFails);
        statusAtStripe(id, 'paused');
        await duringPause();
        return ok(null);
      },
    },
    schedules: {
      ...fake.stripe.schedules,
      release: async (id) => {
        calls.push(`release ${id}`);
        return ok(null);
      },
    },
    subscriptions: {
      ...fake.stripe.subscriptions,
      listOf: async (customer) =>
        fake.state.failure
          ? err(fake.state.failure)
          : ok([...fake.subscriptions.values()].filter((found) => found.customer === customer)),
    },
    changes: {
      ...fake.stripe.changes,
      isOwed: async (id) => ok(fake.subscriptions.get(id)?.latestInvoice?.status === 'open'),
      goOn: async (id) => {
        calls.push('go on');
        statusAtStripe(id, 'active');
        return ok(null);
      },
      cancelNow: async (id) => {
        calls.push('cancel');
        statusAtStripe(id, 'canceled');
        return ok(null);
      },
    },
  };
}

const contextAt = (now: number) => ({ ...makeContext({ control, shards: [], now }), stripe: stripe() });

/** Delivers what waits for Stripe. */
async function deliver() {
  const rows = await control
    .prepare(
      "SELECT id FROM outbox WHERE kind IN ('stripe_pause', 'stripe_go_on', 'stripe_cancel') AND state IN ('planned', 'sent')",
    )
    .all<{ id: string }>();
  await control.prepare('UPDATE outbox SET claimed_until = 0').run();
  await deliverOutbox(
    {
      db,
      now: () => api.clock.now,
      log: () => {},
      stripe: stripe(),
      refresh: (id) => refreshSubscription(contextAt(api.clock.now), id),
      boundPrice: () => null,
      mail: null,
      linkSecrets: () => [],
      publicUrl: 'https://api.test',
      doorbell: () => null,
    },
    rows.results.map(({ id }) => id),
  );
}
const stateOf = async (id: string) => {
  const { results } = await control
    .prepare(
      "SELECT kind, state, last_error why FROM outbox WHERE kind LIKE 'stripe_%' AND kind <> 'stripe_customer' AND json_extract(payload, '$.customer_id') = ? ORDER BY rowid",
    )
    .bind(id)
    .all<{ kind: string; state: string; why: string | null }>();
  return results.map(({ kind, state, why }) => (why === null ? `${kind} ${state}` : `${kind} ${state} ${why}`));
};

/** A customer whom Stripe knows. */
async function known() {
  const id = await join();
  await control.prepare('UPDATE customers SET stripe_customer_id = ? WHERE id = ?').bind(`cus_of_${id}`, id).run();
  return id;
}

/** A customer who pays by card, and whose payment failed seven days ago. */
async function owing(fields: Partial<StripeSubscription> = {}) {
  const id = await known();
  api.clock.now = begin + day;
  const start = begin + day;
  const subId = fake.put(aSubscription(id, { start }));
  await refreshSubscription(contextAt(start), subId);
  const invoice = { id: 'in_2', status: 'open', amountDueCents: 2900, hostedUrl: 'https://pay.test/in_2' } as const;
  fake.put(
    aSubscription(id, { start, status: 'past_due', latestInvoiceId: 'in_2', latestInvoice: invoice, ...fields }),
  );
  await refreshSubscription(contextAt(start), subId);
  api.clock.now = begin + 8 * day;
  return { id, subId, invoice };
}
const paid = (subId: string, status: StripeSubscription['status']) => {
  const found = fake.subscriptions.get(subId);
  if (!found?.latestInvoice) throw new Error('there is no such subscription');
  fake.put({ ...found, status, latestInvoice: { ...found.latestInvoice, status: 'paid' } });
};

describe('a trial’s end', () => {
  it('stops nobody who has subscribed, though no event has come', async () => {
    const id = await known();
    fake.put(aSubscription(id, { start: begin + 13 * day, plan: 'professional' }));
    await endTrials(contextAt(begin + 14 * day));
    expect(await see(id)).toMatchObject({ status: 'active', phase: 'running', notices: ['converted'] });
  });

  it('waits for a Stripe that does not answer, for six hours', async () => {
    const id = await known();
    fake.state.failure = { kind: 'unclear', code: 'timeout' };
    const over = begin + 14 * day;
    await endTrials(contextAt(over + 6 * hour - 1));
    expect(await see(id)).toMatchObject({ status: 'trialing' });
    await endTrials(contextAt(over + 6 * hour));
    expect(await see(id)).toMatchObject({ status: 'suspended', suspended_for: 'trial_ended' });
  });
});

describe('the end of the grace', () => {
  it('stops nobody who has paid, though no event has come', async () => {
    const { id, subId } = await owing();
    paid(subId, 'active');
    await endGrace(contextAt(begin + 8 * day));
    expect(await see(id)).toMatchObject({ status: 'active', phase: 'running', stripe: [] });
  });

  it('pauses the subscription at Stripe, its schedule released first, and says where to pay', async () => {
    const { id } = await owing({ scheduleId: 'sub_sched_1' });
    await endGrace(contextAt(begin + 8 * day));
    expect(await see(id)).toMatchObject({ status: 'suspended', suspended_for: 'unpaid', phase: 'suspended' });
    const mail = await control
      .prepare(
        "SELECT payload FROM outbox WHERE kind = 'notice' AND json_extract(payload, '$.customer_id') = ? ORDER BY rowid DESC",
      )
      .bind(id)
      .first<string>('payload');
    expect(JSON.parse(mail ?? '')).toMatchObject({ notice: 'suspended', payment_url: 'https://pay.test/in_2' });
    await deliver();
    expect(calls).toEqual(['release sub_sched_1', 'pause']);
    expect(await stateOf(id)).toEqual(['stripe_pause confirmed']);
  });
});

describe('a cancellation whose end has come', () => {
  it('is Stripe’s to end where the subscription lives there', async () => {
    const id = await known();
    const subId = fake.put(aSubscription(id, { start: begin, cancelAt: begin + 30 * day }));
    await refreshSubscription(contextAt(begin), subId);
    await endCancelled(contextAt(begin + 30 * day));
    expect(await see(id)).toMatchObject({ status: 'active' });
    statusAtStripe(subId, 'canceled');
    await endCancelled(contextAt(begin + 30 * day));
    expect(await see(id)).toMatchObject({
      status: 'canceled',
      revoked: true,
      live_keys: 0,
      notices: ['converted', 'canceled'],
    });
  });
});

describe('a pause at Stripe', () => {
  async function suspended() {
    const made = await owing();
    await endGrace(contextAt(begin + 8 * day));
    return made;
  }

  it('ends when the invoice is paid: the stack runs again, and people are told', async () => {
    const { id, subId } = await suspended();
    await deliver();
    await refreshSubscription(contextAt(api.clock.now), subId);
    expect(await see(id)).toMatchObject({ status: 'suspended', suspended_for: 'unpaid' });
    paid(subId, 'paused');
    await refreshSubscription(contextAt(api.clock.now), subId);
    await refreshSubscription(contextAt(api.clock.now), subId);
    expect((await see(id)).stripe).toEqual(['stripe_pause', 'stripe_go_on']);
    await deliver();
    expect(calls.at(-1)).toBe('go on');
    await refreshSubscription(contextAt(api.clock.now), subId);
    expect(await see(id)).toMatchObject({
      status: 'active',
      suspended_for: null,
      phase: 'running',
      licence: 'resumed',
      notices: ['converted', 'suspended', 'recovered'],
    });
  });

  it('is not made any more where it is paid before it is sent', async () => {
    const { id, subId } = await suspended();
    paid(subId, 'active');
    await refreshSubscription(contextAt(api.clock.now), subId);
    await deliver();
    expect(calls).toEqual([]);
    expect(await stateOf(id)).toEqual(['stripe_pause dropped not_wanted_any_more']);
  });

  it('that a payment has met on its way is taken back', async () => {
    const { id } = await suspended();
    duringPause = () => set(id, { status: 'active', suspended_for: null });
    await deliver();
    expect(await stateOf(id)).toEqual(['stripe_pause confirmed', 'stripe_go_on planned']);
    await deliver();
    expect(calls.at(-1)).toBe('go on');
    expect(await stateOf(id)).toEqual(['stripe_pause confirmed', 'stripe_go_on confirmed']);
  });

  it('whose answer was lost is not asked for twice', async () => {
    const { id, subId } = await suspended();
    pauseFails = { kind: 'unclear', code: 'timeout' };
    await deliver();
    expect(await stateOf(id)).toEqual(['stripe_pause sent timeout']);
    pauseFails = null;
    statusAtStripe(subId, 'paused');
    await deliver();
    expect(calls).toHaveLength(1);
    expect(await stateOf(id)).toEqual(['stripe_pause confirmed']);
  });
});

describe('a deactivation', () => {
  const deactivate = (id: string) =>
    api.call('POST', `/api/customers/${id}/deactivate`, { token: rootToken, body: { reason: 'test' } });
  const reactivate = (id: string) =>
    api.call('POST', `/api/customers/${id}/reactivate`, { token: rootToken, body: {} });
  const stripeIdOf = (id: string) =>
    control
      .prepare('SELECT stripe_subscription_id id FROM subscriptions WHERE customer_id = ?')
      .bind(id)
      .first<string | null>('id');

  async function paying() {
    const id = await known();
    const subId = fake.put(aSubscription(id, { start: begin }));
    await refreshSubscription(contextAt(begin), subId);
    return { id, subId };
  }

  it('ends the subscription at Stripe at once, and what Stripe says of it then changes nothing', async () => {
    const { id, subId } = await paying();
    await set(id, { scheduled_plan: 'starter', scheduled_at: begin + day, cancel_at: begin + day });
    expect((await deactivate(id)).status).toBe(200);
    expect(await see(id)).toMatchObject({
      status: 'canceled',
      phase: 'suspended',
      revoked: true,
      live_keys: 0,
      deactivated: true,
      notices: ['converted', 'canceled'],
      stripe: ['stripe_cancel'],
    });
    const ahead = control.prepare('SELECT scheduled_plan, cancel_at FROM subscriptions WHERE customer_id = ?').bind(id);
    expect(await ahead.first()).toEqual({ scheduled_plan: null, cancel_at: null });
    await deliver();
    expect(calls).toEqual(['cancel']);
    expect(await stripeIdOf(id)).toBeNull();
    const before = await see(id);
    await refreshSubscription(contextAt(begin), subId);
    expect(await see(id)).toEqual(before);
  });

  it('that is taken back before Stripe knows of it lets the subscription live', async () => {
    const { id, subId } = await paying();
    await deactivate(id);
    expect((await reactivate(id)).status).toBe(200);
    await deliver();
    expect([calls, await stateOf(id)]).toEqual([[], ['stripe_cancel dropped not_wanted_any_more']]);
    expect(await stripeIdOf(id)).toBe(subId);
    expect(await see(id)).toMatchObject({ revoked: false, phase: 'running', deactivated: false });
  });

  it('that is taken back later leaves an account without a subscription at Stripe, whose old end is forgotten', async () => {
    const { id, subId } = await paying();
    api.clock.now = begin + 20 * day;
    await deactivate(id);
    await deliver();
    await reactivate(id);
    await refreshSubscription(contextAt(api.clock.now), subId);
    expect(await see(id)).toMatchObject({ status: 'active', phase: 'running', licence: 'resumed', revoked: false });
    expect(await stripeIdOf(id)).toBeNull();
  });

  it('is not taken back once the stack is deleted', async () => {
    const { id } = await paying();
    await deactivate(id);
    await control.prepare("UPDATE deployments SET phase = 'deleted' WHERE customer_id = ?").bind(id).run();
    const refused = await reactivate(id);
    expect([refused.status, ((await refused.json()) as { code: string }).code]).toEqual([409, 'deployment_deleted']);
  });
});
