/** Ends of time while Stripe says something else, or nothing; the pause at Stripe and its end. */
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { StripeSubscription } from '../../../../src/stripe/subscriptions.ts';
import { endCancelled } from '../../../../src/workflows/subscriptions/end-cancelled.ts';
import { endGrace } from '../../../../src/workflows/subscriptions/end-grace.ts';
import { endTrials } from '../../../../src/workflows/subscriptions/end-trials.ts';
import { refreshSubscription } from '../../../../src/workflows/subscriptions/refresh-subscription.ts';
import { ensureCluster, makeApi, signUp } from '../../../harness/worker/api.ts';
import { obedientStripe } from '../../../harness/worker/obedient-stripe.ts';
import { subscribers } from '../../../harness/worker/seen-customer.ts';
import { aSubscription, bindPrices } from '../../../harness/worker/stripe-subscription.ts';

const hour = 3_600_000;
const day = 24 * hour;
const begin = Date.parse('2026-11-20T12:00:00.000Z');
const api = makeApi(begin);
const { control, see, set } = subscribers(api);
const { state, reset, statusAtStripe, contextAt, deliver, stateOf, known } = obedientStripe(api);

beforeAll(async () => {
  await ensureCluster(api);
  await signUp(api);
  await bindPrices(control);
});
beforeEach(() => {
  api.clock.now = begin;
  reset();
});

/** A customer who pays by card, and whose payment failed seven days ago. */
async function owing(fields: Partial<StripeSubscription> = {}) {
  const id = await known();
  api.clock.now = begin + day;
  const start = begin + day;
  const subId = state.fake.put(aSubscription(id, { start }));
  await refreshSubscription(contextAt(start), subId);
  const invoice = { id: 'in_2', status: 'open', amountDueCents: 2900, hostedUrl: 'https://pay.test/in_2' } as const;
  state.fake.put(
    aSubscription(id, { start, status: 'past_due', latestInvoiceId: 'in_2', latestInvoice: invoice, ...fields }),
  );
  await refreshSubscription(contextAt(start), subId);
  api.clock.now = begin + 8 * day;
  return { id, subId, invoice };
}
const paid = (subId: string, status: StripeSubscription['status']) => {
  const found = state.fake.subscriptions.get(subId);
  if (!found?.latestInvoice) throw new Error('there is no such subscription');
  state.fake.put({ ...found, status, latestInvoice: { ...found.latestInvoice, status: 'paid' } });
};

describe('a trial’s end', () => {
  it('stops nobody who has subscribed, though no event has come', async () => {
    const id = await known();
    state.fake.put(aSubscription(id, { start: begin + 13 * day, plan: 'professional' }));
    await endTrials(contextAt(begin + 14 * day));
    expect(await see(id)).toMatchObject({ status: 'active', phase: 'running', notices: ['converted'] });
  });

  it('leaves one that is cancelled for then to the cancellation', async () => {
    const id = await known();
    await set(id, { cancel_at: begin + 14 * day });
    await endTrials(contextAt(begin + 14 * day));
    expect(await see(id)).toMatchObject({ status: 'trialing', notices: [] });
  });

  it('waits for a Stripe that does not answer, for six hours', async () => {
    const id = await known();
    state.fake.state.failure = { kind: 'unclear', code: 'timeout' };
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
    expect(state.calls).toEqual(['release sub_sched_1', 'pause']);
    expect(await stateOf(id)).toEqual(['stripe_pause confirmed']);
  });
});

describe('a cancellation whose end has come', () => {
  it('is Stripe’s to end where the subscription lives there', async () => {
    const id = await known();
    const subId = state.fake.put(aSubscription(id, { start: begin, cancelAt: begin + 30 * day }));
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
    expect(state.calls.at(-1)).toBe('go on');
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
    expect(state.calls).toEqual([]);
    expect(await stateOf(id)).toEqual(['stripe_pause dropped not_wanted_any_more']);
  });

  it('that a payment has met on its way is taken back', async () => {
    const { id } = await suspended();
    state.duringPause = () => set(id, { status: 'active', suspended_for: null });
    await deliver();
    expect(await stateOf(id)).toEqual(['stripe_pause confirmed', 'stripe_go_on planned']);
    await deliver();
    expect(state.calls.at(-1)).toBe('go on');
    expect(await stateOf(id)).toEqual(['stripe_pause confirmed', 'stripe_go_on confirmed']);
  });

  it('goes on where a payment was fetched before it and is written after it', async () => {
    const { id, subId } = await suspended();
    paid(subId, 'active');
    const [shown, goes] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    state.fake.state.fetched = async () => {
      state.fake.state.fetched = async () => {};
      shown.resolve();
      await goes.promise;
    };
    const payment = refreshSubscription(contextAt(api.clock.now), subId);
    await shown.promise;
    await deliver();
    goes.resolve();
    await payment;
    await deliver();
    expect(state.calls).toEqual(['pause', 'go on']);
    await refreshSubscription(contextAt(api.clock.now), subId);
    expect(await see(id)).toMatchObject({ status: 'active', suspended_for: null, phase: 'running' });
  });

  it('that was accepted before its process died is taken back by a payment that was fetched before it', async () => {
    const { id, subId } = await suspended();
    state.duringPause = async () => {
      throw new Error('the process dies');
    };
    await deliver();
    // What the payment's fetch has shown is written now.
    await set(id, { status: 'active', suspended_for: null });
    state.duringPause = async () => {};
    await deliver();
    await deliver();
    expect(state.calls).toEqual(['pause', 'go on']);
    await refreshSubscription(contextAt(api.clock.now), subId);
    expect(await see(id)).toMatchObject({ status: 'active', suspended_for: null });
  });

  it('has people told of its end in the delivery that ends it', async () => {
    const { id, subId } = await suspended();
    await deliver();
    paid(subId, 'paused');
    await refreshSubscription(contextAt(api.clock.now), subId);
    await deliver();
    const { results } = await control
      .prepare(
        "SELECT state, attempts FROM outbox WHERE kind = 'notice' AND payload ->> 'customer_id' = ? AND payload ->> 'notice' = 'recovered'",
      )
      .bind(id)
      .all();
    expect(results).toEqual([{ state: 'planned', attempts: 1 }]);
  });

  it('whose answer was lost is not asked for twice', async () => {
    const { id, subId } = await suspended();
    state.pauseFails = { kind: 'unclear', code: 'timeout' };
    await deliver();
    expect(await stateOf(id)).toEqual(['stripe_pause sent timeout']);
    state.pauseFails = null;
    statusAtStripe(subId, 'paused');
    await deliver();
    expect(state.calls).toHaveLength(1);
    expect(await stateOf(id)).toEqual(['stripe_pause confirmed']);
  });
});
