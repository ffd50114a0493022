/** A subscription at Stripe becomes the customer's: state, plan, periods, licence and stack in one batch, whoever asks and how often. */
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { StripeStatus } from '../../../../src/subscriptions/transitions.ts';
import { makeApi } from '../../../harness/worker/api.ts';
import { refreshingOf } from '../../../harness/worker/refreshing.ts';
import { aSubscription, day, priceOf, second } from '../../../harness/worker/stripe-subscription.ts';

const hour = 3_600_000;
const api = makeApi(Date.parse('2026-11-20T12:34:56.789Z'));
const control = api.bindings['CONTROL'] as D1Database;
const {
  prepare,
  reset,
  fake,
  begin,
  refresh,
  rowOf,
  periodsOf,
  plansOf,
  licencesOf,
  deploymentOf,
  everythingOf,
  newCustomer,
  paying,
} = refreshingOf(api);

beforeAll(prepare);
beforeEach(reset);

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
    const sub = fake().put(trial);
    await refresh(sub);
    expect(await rowOf(id)).toMatchObject({ status: 'active', trial_ends_at: begin + 14 * day });
    expect(await periodsOf(id)).toEqual([
      { start_at: begin, end_at: trialEnd, kind: 'trial', open: 1, invoiceable: 0 },
    ]);
    expect((await licencesOf(id)).at(-1)?.claims).toMatchObject({ subscription: { status: 'active' } });
    api.clock.now = trialEnd + 60 * second;
    fake().put(aSubscription(id, { start: trialEnd, plan: 'starter' }));
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
    await refresh(fake().put(aSubscription(id, { start })));
    expect(await rowOf(id)).toMatchObject({ status: 'active', suspended_for: null });
    expect(await deploymentOf(id)).toMatchObject({ phase: 'running' });
    expect((await licencesOf(id)).at(-1)).toMatchObject({ action: 'resumed' });
    // Decision 2: what was used after the unpaid trial is in no period.
    expect(await periodsOf(id)).toMatchObject([{ end_at: begin + 14 * day }, { start_at: start }]);
  });

  it('that is not finished changes nothing', async () => {
    const id = await newCustomer();
    const before = await everythingOf(id);
    await refresh(fake().put(aSubscription(id, { start: begin, status: 'incomplete' })));
    expect(await everythingOf(id)).toEqual(before);
    await refresh(fake().put(aSubscription(id, { start: begin, status: 'incomplete_expired' })));
    expect(await everythingOf(id)).toEqual(before);
  });
});

describe('the same said again', () => {
  it.each(['active', 'past_due', 'paused', 'canceled'] as StripeStatus[])('changes nothing: %s', async (status) => {
    const { id, subscription } = await paying();
    fake().put({ ...subscription, status });
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
    fake().put(aSubscription(id, { start: start + 30 * day, createdAt: start }));
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
    fake().put(aSubscription(id, { start: start + 61 * day, createdAt: start }));
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
    fake().put({ ...subscription, item: { ...year, start, end } });
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
    fake().put({ ...subscription, status: 'past_due' });
    await refresh(subscription.id);
    expect(await rowOf(id)).toMatchObject({ status: 'past_due', grace_ends_at: failedAt + 7 * day });
    expect(await deploymentOf(id)).toMatchObject({ phase: 'running' });
    api.clock.now += day;
    fake().put({ ...subscription, status: 'unpaid' });
    await refresh(subscription.id);
    expect(await rowOf(id)).toMatchObject({ status: 'past_due', grace_ends_at: failedAt + 7 * day });
    fake().put({ ...subscription, status: 'active' });
    await refresh(subscription.id);
    expect(await rowOf(id)).toMatchObject({ status: 'active', grace_ends_at: null });
  });
});
