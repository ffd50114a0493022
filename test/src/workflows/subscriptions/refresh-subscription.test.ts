/** A subscription at Stripe becomes the customer's: state, plan, periods, licence and stack in one batch, whoever asks and how often. */
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { StripeStatus } from '../../../../src/subscriptions/transitions.ts';
import {
  refreshSubscription,
  StripeNotRead,
  UnknownSubscriber,
} from '../../../../src/workflows/subscriptions/refresh-subscription.ts';
import { ensureCluster, makeApi, signUp } from '../../../harness/worker/api.ts';
import { makeContext } from '../../../harness/worker/context.ts';
import {
  aSubscription,
  bindPrices,
  day,
  fakeStripe,
  priceOf,
  second,
} from '../../../harness/worker/stripe-subscription.ts';

const hour = 3_600_000;
const begin = Date.parse('2026-11-20T12:34:56.789Z');
const api = makeApi(begin);
const control = api.bindings['CONTROL'] as D1Database;
let fake = fakeStripe();

beforeAll(async () => {
  await ensureCluster(api);
  await signUp(api);
  await bindPrices(control);
});
beforeEach(() => {
  api.clock.now = begin;
  fake = fakeStripe();
});

const context = () => ({ ...makeContext({ control, shards: [], now: api.clock.now }), stripe: fake.stripe });
const refresh = (id: string) => refreshSubscription(context(), id);
const all = async <T>(sql: string, id: string) => (await control.prepare(sql).bind(id).all<T>()).results;
const one = async <T>(sql: string, id: string) => (await all<T>(sql, id))[0];
const rowOf = (id: string) => one<Record<string, unknown>>('SELECT * FROM subscriptions WHERE customer_id = ?', id);
const periodsOf = (id: string) =>
  all<{ start_at: number; end_at: number; kind: string; open: number; invoiceable: number }>(
    'SELECT start_at, end_at, kind, open, invoiceable FROM billing_periods WHERE customer_id = ? ORDER BY start_at',
    id,
  );
const plansOf = (id: string) =>
  all<{ effective_at: number; plan: string }>(
    'SELECT effective_at, plan FROM plan_changes WHERE customer_id = ? ORDER BY effective_at',
    id,
  );
const licencesOf = async (id: string) =>
  (
    await all<{ action: string; claims: string; revoked_at: number | null }>(
      'SELECT action, claims, revoked_at FROM licences WHERE customer_id = ? ORDER BY rowid',
      id,
    )
  ).map(({ action, claims, revoked_at }) => ({ action, revoked: revoked_at !== null, claims: JSON.parse(claims) }));
const deploymentOf = (id: string) =>
  one<{ phase: string; spec_generation: number; plan: string }>('SELECT * FROM deployments WHERE customer_id = ?', id);
const auditOf = (id: string) => all<{ action: string }>('SELECT action FROM audit_log WHERE subject = ?', id);

/** Everything of a customer that a refresh may touch, but for the note of the fetch itself. */
const everythingOf = async (id: string) => ({
  row: await rowOf(id),
  periods: await periodsOf(id),
  plans: await plansOf(id),
  licences: await licencesOf(id),
  deployment: await deploymentOf(id),
  audit: await auditOf(id),
  jobs: await all('SELECT id, generation, state FROM jobs WHERE customer_id = ?', id),
  outbox: await all('SELECT id FROM outbox WHERE instr(payload, ?)', id),
});

const newCustomer = async () => (await signUp(api, { plan: 'starter' })).customer.customer_id;

/** A customer who has paid at a moment after signup; Stripe counts whole seconds. */
async function paying(after = 2 * day, fields: Partial<Parameters<typeof aSubscription>[1]> = {}) {
  const id = await newCustomer();
  api.clock.now = begin + after;
  const start = Math.floor(api.clock.now / second) * second;
  const subscription = aSubscription(id, { start, ...fields });
  const sub = fake.put(subscription);
  await refresh(sub);
  return { id, sub, start, subscription };
}

describe('a checkout that is paid', () => {
  it('makes the customer active on the plan that was bought, with its licence, stack and first paid period', async () => {
    const { id, sub, start } = await paying();
    expect(await rowOf(id)).toMatchObject({
      status: 'active',
      plan: 'professional',
      stripe_subscription_id: sub,
      collection: 'card',
      interval: 'month',
      trial_ends_at: begin + 14 * day,
      suspended_for: null,
    });
    expect(await plansOf(id)).toMatchObject([{ plan: 'starter' }, { plan: 'professional', effective_at: start }]);
    expect(await periodsOf(id)).toEqual([
      { start_at: begin, end_at: Math.floor(start / hour) * hour, kind: 'trial', open: 0, invoiceable: 0 },
      { start_at: start, end_at: start + 30 * day, kind: 'paid', open: 1, invoiceable: 1 },
    ]);
    const licences = await licencesOf(id);
    expect(licences.map(({ action }) => action)).toEqual(['generated', 'upgraded']);
    expect(licences[1]?.claims).toMatchObject({
      plan: 'professional',
      trial: { isTrialMode: false },
      subscription: { status: 'active', currentPeriodEndsAt: new Date(start + 30 * day).toISOString() },
    });
    expect(await deploymentOf(id)).toMatchObject({ phase: 'running', plan: 'professional', spec_generation: 2 });
  });

  it('keeps the free days that are left: active at once, and the trial ends where the first paid period begins', async () => {
    const id = await newCustomer();
    const trialEnd = Math.floor((begin + 14 * day) / second) * second;
    const created = Math.floor((begin + day) / second) * second;
    api.clock.now = created;
    const trial = aSubscription(id, {
      start: created,
      status: 'trialing',
      trialEnd,
      item: { id: 'si_1', priceId: priceOf('starter'), interval: 'month', start: created, end: trialEnd },
    });
    const sub = fake.put(trial);
    await refresh(sub);
    expect(await rowOf(id)).toMatchObject({ status: 'active', trial_ends_at: begin + 14 * day });
    expect(await periodsOf(id)).toEqual([
      { start_at: begin, end_at: trialEnd, kind: 'trial', open: 1, invoiceable: 0 },
    ]);
    expect((await licencesOf(id)).at(-1)?.claims).toMatchObject({ subscription: { status: 'active' } });
    api.clock.now = trialEnd + 60 * second;
    fake.put(aSubscription(id, { start: trialEnd, plan: 'starter' }));
    await refresh(sub);
    expect(await periodsOf(id)).toEqual([
      { start_at: begin, end_at: trialEnd, kind: 'trial', open: 0, invoiceable: 0 },
      { start_at: trialEnd, end_at: trialEnd + 30 * day, kind: 'paid', open: 1, invoiceable: 1 },
    ]);
  });

  it('brings a stack of an ended trial back', async () => {
    const id = await newCustomer();
    await control
      .prepare("UPDATE subscriptions SET status = 'suspended', suspended_for = 'trial_ended' WHERE customer_id = ?")
      .bind(id)
      .run();
    await control.prepare("UPDATE deployments SET phase = 'suspended' WHERE customer_id = ?").bind(id).run();
    await control.prepare('UPDATE billing_periods SET open = 0 WHERE customer_id = ?').bind(id).run();
    api.clock.now = begin + 20 * day;
    const start = Math.floor(api.clock.now / second) * second;
    await refresh(fake.put(aSubscription(id, { start })));
    expect(await rowOf(id)).toMatchObject({ status: 'active', suspended_for: null });
    expect(await deploymentOf(id)).toMatchObject({ phase: 'running' });
    expect((await licencesOf(id)).at(-1)).toMatchObject({ action: 'resumed' });
    // Decision 2: what was used after the unpaid trial is in no period.
    expect(await periodsOf(id)).toMatchObject([{ end_at: begin + 14 * day }, { start_at: start }]);
  });

  it('that is not finished changes nothing', async () => {
    const id = await newCustomer();
    const before = await everythingOf(id);
    await refresh(fake.put(aSubscription(id, { start: begin, status: 'incomplete' })));
    expect(await everythingOf(id)).toEqual(before);
    await refresh(fake.put(aSubscription(id, { start: begin, status: 'incomplete_expired' })));
    expect(await everythingOf(id)).toEqual(before);
  });
});

describe('the same said again', () => {
  it.each(['active', 'past_due', 'paused', 'canceled'] as StripeStatus[])('changes nothing: %s', async (status) => {
    const { id, subscription } = await paying();
    fake.put({ ...subscription, status });
    await refresh(subscription.id);
    const once = await everythingOf(id);
    api.clock.now += hour;
    await refresh(subscription.id);
    await refresh(subscription.id);
    expect(await everythingOf(id)).toEqual(once);
  });
});

describe('a renewal', () => {
  it('closes the period and opens the next with a licence for it', async () => {
    const { id, start, subscription } = await paying();
    api.clock.now = start + 30 * day + 60 * second;
    fake.put(aSubscription(id, { start: start + 30 * day, createdAt: start }));
    await refresh(subscription.id);
    expect((await periodsOf(id)).slice(1)).toMatchObject([
      { start_at: start, end_at: start + 30 * day, open: 0 },
      { start_at: start + 30 * day, end_at: start + 60 * day, open: 1, kind: 'paid' },
    ]);
    expect((await licencesOf(id)).at(-1)).toMatchObject({ action: 'renewed' });
  });

  it('after an outage that swallowed one leaves no month out', async () => {
    const { id, start, subscription } = await paying();
    api.clock.now = start + 70 * day;
    fake.put(aSubscription(id, { start: start + 61 * day, createdAt: start }));
    await refresh(subscription.id);
    const periods = (await periodsOf(id)).slice(1);
    expect(periods.map(({ kind }) => kind)).toEqual(['paid', 'paid', 'paid']);
    expect(periods.slice(1).map(({ start_at }) => start_at)).toEqual(periods.slice(0, -1).map(({ end_at }) => end_at));
    expect(periods.at(-1)).toMatchObject({ start_at: start + 61 * day, end_at: start + 91 * day, open: 1 });
  });

  it('of a year holds months of usage, and its licence runs to the year’s end', async () => {
    const year = { id: 'si_1', priceId: priceOf('professional', 'year'), interval: 'year' as const };
    const { id, start, subscription } = await paying(2 * day);
    const end = Date.parse('2027-11-22T12:34:56.000Z');
    fake.put({ ...subscription, item: { ...year, start, end } });
    await refresh(subscription.id);
    expect((await periodsOf(id)).at(-1)).toMatchObject({
      start_at: start,
      end_at: Date.parse('2026-12-22T12:34:56.000Z'),
    });
    api.clock.now = Date.parse('2027-01-30T00:00:00.000Z');
    await refresh(subscription.id);
    expect((await periodsOf(id)).slice(1).map(({ end_at }) => new Date(end_at).toISOString().slice(0, 10))).toEqual([
      '2026-12-22',
      '2027-01-22',
      '2027-02-22',
    ]);
    expect(await rowOf(id)).toMatchObject({ interval: 'year' });
    expect((await licencesOf(id)).at(-1)?.claims).toMatchObject({
      subscription: { currentPeriodEndsAt: new Date(end).toISOString() },
    });
  });
});

describe('a payment that fails', () => {
  it('begins a grace that the next failure does not lengthen, and a payment ends', async () => {
    const { id, subscription } = await paying();
    const failedAt = api.clock.now;
    fake.put({ ...subscription, status: 'past_due' });
    await refresh(subscription.id);
    expect(await rowOf(id)).toMatchObject({ status: 'past_due', grace_ends_at: failedAt + 7 * day });
    expect(await deploymentOf(id)).toMatchObject({ phase: 'running' });
    api.clock.now += day;
    fake.put({ ...subscription, status: 'unpaid' });
    await refresh(subscription.id);
    expect(await rowOf(id)).toMatchObject({ status: 'past_due', grace_ends_at: failedAt + 7 * day });
    fake.put({ ...subscription, status: 'active' });
    await refresh(subscription.id);
    expect(await rowOf(id)).toMatchObject({ status: 'active', grace_ends_at: null });
  });
});

describe('an end', () => {
  it('stops the stack, revokes keys and licence, and opens no further period', async () => {
    const { id, subscription } = await paying();
    fake.put({ ...subscription, status: 'canceled', endedAt: api.clock.now });
    await refresh(subscription.id);
    expect(await rowOf(id)).toMatchObject({ status: 'canceled', stripe_subscription_id: null, collection: 'none' });
    expect(await deploymentOf(id)).toMatchObject({ phase: 'suspended' });
    expect((await licencesOf(id)).every(({ revoked }) => revoked)).toBe(true);
    expect(await all('SELECT id FROM credentials WHERE owner_id = ? AND revoked_at IS NULL', id)).toEqual([]);
    expect(await one('SELECT deactivated_at FROM customers WHERE id = ?', id)).toEqual({
      deactivated_at: api.clock.now,
    });
    const periods = await periodsOf(id);
    api.clock.now += 60 * day;
    await api.tick();
    expect((await periodsOf(id)).length).toBe(periods.length);
  });

  it('that was said once does not end who has come back, when it is said again', async () => {
    const { id, subscription } = await paying();
    fake.put({ ...subscription, status: 'canceled' });
    await refresh(subscription.id);
    await api.call('POST', `/api/customers/${id}/reactivate`, {
      token: api.bindings['ADMIN_API_TOKEN'] as string,
      body: {},
    });
    const before = await everythingOf(id);
    expect(before.row).toMatchObject({ status: 'trialing' });
    await refresh(subscription.id);
    expect(await everythingOf(id)).toEqual(before);
  });

  it('that lies ahead, and a change that is scheduled, are shown', async () => {
    const { id, start, subscription } = await paying();
    const end = start + 30 * day;
    fake.put({
      ...subscription,
      cancelAt: end,
      scheduleId: 'sub_sched_1',
      scheduled: { priceId: priceOf('starter'), at: end },
    });
    await refresh(subscription.id);
    expect(await rowOf(id)).toMatchObject({
      cancel_at: end,
      scheduled_plan: 'starter',
      scheduled_interval: 'month',
      scheduled_at: end,
      stripe_schedule_id: 'sub_sched_1',
      plan: 'professional',
    });
    api.clock.now = end + 5 * hour;
    fake.put(aSubscription(id, { plan: 'starter', start: end, createdAt: start }));
    await refresh(subscription.id);
    expect(await rowOf(id)).toMatchObject({ plan: 'starter', scheduled_plan: null, cancel_at: null });
    expect((await plansOf(id)).at(-1)).toEqual({ plan: 'starter', effective_at: end });
    expect((await licencesOf(id)).at(-1)).toMatchObject({ action: 'downgraded' });
  });
});

describe('two handlers of one subscription', () => {
  it('cannot set it back: what the later fetch has shown stands, whichever commits first', async () => {
    const { id, subscription } = await paying();
    fake.put({ ...subscription, status: 'past_due' });
    let met = false;
    fake.state.fetched = async (shown) => {
      if (shown.status !== 'past_due' || met) return;
      met = true;
      // While the first handler has seen `past_due` and not written it, the card is charged and another handler comes by.
      fake.put({ ...subscription, status: 'active', cancelAt: 4_000_000_000_000 });
      await refresh(subscription.id);
    };
    await refresh(subscription.id);
    expect(await rowOf(id)).toMatchObject({ status: 'active', cancel_at: 4_000_000_000_000, grace_ends_at: null });
    expect((await auditOf(id)).filter(({ action }) => action === 'subscription.changed')).toHaveLength(2);
  });

  it('cannot set it back, also where the later one comes between the reading and the batch of the first', async () => {
    const { id, subscription } = await paying();
    fake.put({ ...subscription, status: 'past_due' });
    const own = context();
    let met = false;
    // The licence is signed after everything was read, and before anything is written.
    const keyring = async () => {
      if (!met) {
        met = true;
        // Paid meanwhile: what the row says already, so that nothing but the fetch's number tells.
        fake.put(subscription);
        await refresh(subscription.id);
      }
      return await own.keyring();
    };
    await refreshSubscription({ ...own, keyring }, subscription.id);
    expect(met).toBe(true);
    expect(await rowOf(id)).toMatchObject({ status: 'active', grace_ends_at: null });
  });

  it('leave nothing out when the later one is killed before it writes', async () => {
    const { id, subscription } = await paying();
    fake.put({ ...subscription, status: 'past_due' });
    let raised = false;
    fake.state.fetched = async () => {
      if (raised) return;
      raised = true;
      await control
        .prepare('UPDATE stripe_objects SET fetch_seq = fetch_seq + 1 WHERE id = ?')
        .bind(subscription.id)
        .run();
    };
    await refresh(subscription.id);
    expect(await rowOf(id)).toMatchObject({ status: 'past_due' });
    expect(fake.state.fetches).toBe(3);
  });

  it('meet an operator: the end that a person has made stands', async () => {
    const { id, subscription } = await paying();
    fake.put({ ...subscription, status: 'past_due' });
    fake.state.fetched = async () => {
      await control.prepare("UPDATE subscriptions SET status = 'canceled' WHERE customer_id = ?").bind(id).run();
    };
    await refresh(subscription.id);
    expect(await rowOf(id)).toMatchObject({ status: 'canceled' });
  });
});

describe('what is not applied', () => {
  it('is of nobody, or was not shown: that is said, and tried again by whoever asked', async () => {
    const nobody = fake.put(aSubscription(`cust_${'0'.repeat(32)}`, { start: begin }));
    await expect(refresh(nobody)).rejects.toThrow(UnknownSubscriber);
    await expect(refresh('sub_gone')).rejects.toThrow(StripeNotRead);
    fake.state.failure = { kind: 'unclear', code: 'timeout' };
    await expect(refresh(nobody)).rejects.toThrow(StripeNotRead);
  });

  it('is a second subscription beside the one that runs, and one of a customer who has left', async () => {
    const { id, subscription } = await paying();
    const before = await everythingOf(id);
    await refresh(fake.put({ ...subscription, id: `${subscription.id}_2`, status: 'past_due' }));
    expect(await everythingOf(id)).toEqual(before);
    fake.put({ ...subscription, status: 'canceled' });
    await refresh(subscription.id);
    const left = await everythingOf(id);
    await refresh(`${subscription.id}_2`);
    expect(await everythingOf(id)).toEqual(left);
  });

  it('is a price that is none of ours: the plan stands, the state counts', async () => {
    const { id, subscription } = await paying();
    const item = { id: 'si_1', interval: 'month' as const, start: api.clock.now, end: api.clock.now + 30 * day };
    fake.put({ ...subscription, status: 'past_due', item: { ...item, priceId: 'price_of_somebody' } });
    await refresh(subscription.id);
    expect(await rowOf(id)).toMatchObject({ status: 'past_due', plan: 'professional' });
  });
});
