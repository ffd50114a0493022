/** Spend caps that act, at the stand-in: alerts, the stop, the way back, what else may stop the same instance, and races. */
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ReviewList } from '../../../src/contracts/reviews.ts';
import type { CapView } from '../../../src/contracts/spend-caps.ts';
import { lookAfterUsage, lookAtCaps } from '../../../src/workflows/subscriptions/look-at-caps.ts';
import { ensureCluster, makeApi, rootToken, signUp } from '../../harness/worker/api.ts';
import { subscribers } from '../../harness/worker/seen-customer.ts';
import { openStandIn, type StandInOfTests, type Wire } from '../../harness/worker/stripe.ts';
import { refusalOf, subscribersOf } from '../../harness/worker/subscriber.ts';
import { drain, heldQueue, hourReport } from '../usage/story.ts';

const hour = 3_600_000;
const day = 24 * hour;
const gb = 2 ** 30;
const begin = Date.parse('2026-11-20T12:00:00.000Z');
const api = makeApi(begin);
const { see, control } = subscribers(api);
const held = heldQueue();
let stripe: StandInOfTests;
const { paying, giveCard, refresh, contextNow } = subscribersOf(api, () => stripe);

beforeAll(async () => {
  await ensureCluster(api);
  stripe = await openStandIn(api);
  await stripe.publish();
});
beforeEach(async () => {
  await stripe.move(Math.ceil(api.clock.now / day) * day);
});

/** A customer who pays for Starter, $29, with a reporter; 100 GB are included, each further one costs 10 cents. */
async function reporting(by: { interval?: 'month' | 'year' } = {}) {
  const { made, id } = await paying('starter', by);
  const customerId = made.customer.customer_id;
  const reporter = await api.call('POST', `/api/customers/${customerId}/reporters`, {
    token: rootToken,
    body: { instance_id: 'prod-1', active_from: new Date(api.clock.now).toISOString() },
  });
  expect(reporter.status).toBe(201);
  const { api_key: key } = (await reporter.json()) as { api_key: string };
  const path = `/api/customers/${customerId}/spend-cap`;
  const change = (method: string, body?: object, token = made.api_key) =>
    api.call(method, path, { token, ...(body ? { body } : {}) });
  const capOf = async (response: Response) => {
    const text = await response.text();
    expect(response.status, text).toBe(200);
    return (JSON.parse(text) as { cap: CapView }).cap;
  };
  const report = async (gigabytes: number, computedAt: number) => {
    const quantities = { network_bytes_sent: gigabytes * gb };
    const hourly = hourReport(customerId, new Date(api.clock.now).toISOString(), quantities);
    const body = { reports: [{ ...hourly, timestamp: new Date(computedAt).toISOString() }] };
    await api.call('POST', '/api/usage/batch', { token: key, body, bindings: { USAGE_QUEUE: held.queue } });
    await drain(api, held);
  };
  return {
    customerId,
    subscriptionId: id,
    change,
    set: async (cents: number, action = 'suspend') => capOf(await change('PUT', { cap_cents: cents, action })),
    read: async () => capOf(await change('GET')),
    see: () => see(customerId),
    /** So much is sent in the hour that ends now, and the report of it comes in. */
    async uses(gigabytes: number) {
      await stripe.move(api.clock.now + hour);
      await report(gigabytes, api.clock.now);
    },
    /** The hour that ends now is reported again. */
    reportsAgain: (gigabytes: number) => report(gigabytes, api.clock.now + 1000),
  };
}

const running = { status: 'active', suspended_for: null, phase: 'running' };
const stopped = { status: 'active', suspended_for: 'spend_cap', phase: 'suspended' };

describe('a spend cap', () => {
  it('is above the fee, is set by who sees to the bills, and is none for who has set none', async () => {
    const who = await reporting();
    expect(await who.read()).toBeNull();
    expect(await refusalOf(await who.change('PUT', { cap_cents: 2900, action: 'suspend' }))).toEqual([
      422,
      'cap_below_fee',
    ]);
    expect(await who.set(2901)).toMatchObject({ cap_cents: 2901, used_cents: 2900, used_percent: 99, state: 'below' });
    const stranger = await signUp(api);
    expect((await who.change('GET', undefined, stranger.api_key)).status).toBe(404);
    expect((await who.change('DELETE')).status).toBe(200);
    expect(await who.read()).toBeNull();
  });

  it('of who pays by the year bounds usage alone: the fee of the year is none of its months', async () => {
    const who = await reporting({ interval: 'year' });
    expect(await who.set(500)).toMatchObject({ used_cents: 0, state: 'below' });
    await who.uses(149);
    expect(await who.read()).toMatchObject({ used_cents: 490, state: 'below' });
    expect(await who.see()).toMatchObject(running);
    await who.uses(1);
    expect(await who.see()).toMatchObject(stopped);
  });

  it('tells at 50, 75 and 100 percent, once each a period, and stops nobody who only wants to be told', async () => {
    const who = await reporting();
    await who.set(10_000, 'notify');
    for (const gigabytes of [300, 10, 240, 10, 300, 400]) await who.uses(gigabytes);
    const cap = await who.read();
    expect(cap).toMatchObject({ used_cents: 2900 + 11_600, state: 'reached', action: 'notify' });
    expect(cap.events.filter(({ kind }) => kind === 'alert').map(({ percent }) => percent)).toEqual([100, 75, 50]);
    expect(await who.see()).toMatchObject({
      ...running,
      notices: ['converted', 'spend_cap_alert', 'spend_cap_alert', 'spend_cap_alert'],
    });
  });

  it('stops the instance alone when it is reached, not a cent before, and a raised one has it run again at once', async () => {
    const who = await reporting();
    await who.set(5000);
    await who.uses(309);
    expect(await who.read()).toMatchObject({ used_cents: 4990, state: 'below' });
    expect(await who.see()).toMatchObject(running);
    await who.uses(1);
    expect(await who.read()).toMatchObject({ used_cents: 5000, state: 'suspended', used_percent: 100 });
    expect(await who.see()).toMatchObject({
      ...stopped,
      verb: 'suspend',
      revoked: false,
      live_keys: 1,
      notices: ['converted', 'spend_cap_alert', 'spend_cap_alert', 'spend_cap_suspended'],
      stripe: ['stripe_order'],
    });
    const raised = await who.set(6000);
    expect(raised).toMatchObject({ state: 'below', reached_at: null });
    expect(raised.events.map(({ kind }) => kind)).toEqual([
      'resumed',
      'set',
      'suspended',
      'alert',
      'alert',
      'alert',
      'set',
    ]);
    expect((await who.read()).events).toEqual(raised.events);
    expect(await who.see()).toMatchObject({ ...running, verb: 'resume' });
    await who.uses(100);
    expect(await who.see()).toMatchObject(stopped);
    expect((await who.change('DELETE')).status).toBe(200);
    expect(await who.see()).toMatchObject(running);
  });

  it('is looked at in the next minute when a review moves the usage, as when usage arrives', async () => {
    const who = await reporting();
    await who.set(5000);
    await who.uses(400);
    expect(await who.see()).toMatchObject(stopped);
    await who.reportsAgain(110);
    const listed = await api.call('GET', '/api/usage/reviews?limit=100', { token: rootToken });
    const { items } = (await listed.json()) as ReviewList;
    const ids = items.filter((item) => item.customer_id === who.customerId).map(({ review_id: reviewId }) => reviewId);
    expect(ids).toHaveLength(1);
    await lookAtCaps(contextNow());
    expect(await who.see()).toMatchObject(stopped);
    const body = { ids, decision: 'accept', reason: 'a load test of ours' };
    expect((await api.call('POST', '/api/usage/reviews/decide', { token: rootToken, body })).status).toBe(200);
    await lookAtCaps(contextNow());
    expect(await who.read()).toMatchObject({ used_cents: 3000, state: 'below' });
    expect(await who.see()).toMatchObject(running);
  });

  it('lets the instance run again with the next period, which is invoiced as ever', { timeout: 120_000 }, async () => {
    const who = await reporting();
    await who.set(5000);
    await who.uses(400);
    expect(await who.see()).toMatchObject(stopped);
    await api.tick();
    await stripe.move(api.clock.now + 31 * day);
    await refresh(who.subscriptionId);
    expect(await who.see()).toMatchObject(stopped);
    await api.tick();
    expect(await who.see()).toMatchObject(running);
    expect(await who.read()).toMatchObject({ used_cents: 2900, state: 'below' });
    const { data } = await stripe.read<{ data: Wire[] }>(`/invoices?subscription=${who.subscriptionId}`);
    expect(data).toHaveLength(2);
  });

  it('prints how far it can be overshot, and since when nobody can say', async () => {
    const who = await reporting();
    await who.set(50_000);
    for (const gigabytes of [20, 72, 10]) await who.uses(gigabytes);
    // 72 GB an hour for an hour and 210 seconds are 76.2 GB: $7.62, and a cent for each line's rounding.
    expect(await who.read()).toMatchObject({ overshoot_cents: 763, unbounded_since: null });
    const since = new Date(api.clock.now).toISOString();
    await stripe.move(api.clock.now + 2 * hour);
    expect(await who.read()).toMatchObject({ overshoot_cents: null, unbounded_since: since });
  });
});

describe('beside a payment that fails', () => {
  it('each reason is lifted by its own end alone', { timeout: 120_000 }, async () => {
    const who = await reporting();
    await giveCard(who.subscriptionId, '4000000000000341');
    await stripe.move(api.clock.now + 31 * day);
    await stripe.move(api.clock.now + day);
    await refresh(who.subscriptionId);
    expect(await who.see()).toMatchObject({ status: 'past_due', phase: 'running' });
    await who.set(5000);
    await who.uses(400);
    const owed = { status: 'past_due', suspended_for: 'spend_cap', phase: 'suspended' };
    expect(await who.see()).toMatchObject(owed);
    await who.set(9000);
    expect(await who.see()).toMatchObject({ status: 'past_due', suspended_for: null, phase: 'running' });
    await who.set(5000);
    expect(await who.see()).toMatchObject(owed);
    await stripe.move(api.clock.now + 8 * day);
    await api.tick();
    const unpaid = { status: 'suspended', suspended_for: 'unpaid', phase: 'suspended' };
    expect(await who.see()).toMatchObject(unpaid);
    await who.set(9000);
    expect(await who.see()).toMatchObject(unpaid);
    await who.set(5000);
    expect(await who.read()).toMatchObject({ state: 'reached' });
    await giveCard(who.subscriptionId, '4242424242424242');
    const { data } = await stripe.read<{ data: Wire[] }>(`/invoices?subscription=${who.subscriptionId}&status=open`);
    await stripe.call(`/invoices/${data[0]?.id}/pay`, {});
    await refresh(who.subscriptionId);
    await api.tick();
    expect(await who.see()).toMatchObject({ status: 'active', phase: 'suspended', suspended_for: 'spend_cap' });
    await who.set(9000);
    expect(await who.see()).toMatchObject(running);
  });
});

describe('at the same time', () => {
  it('usage that reaches the cap and a person who raises it leave the instance running', {
    timeout: 120_000,
  }, async () => {
    const who = await reporting();
    await who.set(5000);
    for (const cents of [9000, 13_000, 17_000]) {
      await who.uses((cents - 2900) / 10 > 1000 ? 400 : 350);
      const looks = () => lookAfterUsage(contextNow(), [who.customerId]);
      await Promise.all([looks(), who.set(cents), looks()]);
      await looks();
      const cap = await who.read();
      expect(cap.state === 'suspended').toBe(cap.used_cents >= cap.cap_cents);
      expect((await who.see()).phase === 'suspended').toBe(cap.used_cents >= cap.cap_cents);
    }
  });

  it('many looks stop it once, and tell once', async () => {
    const who = await reporting();
    await who.set(9000, 'notify');
    await who.uses(500);
    await who.set(5000, 'notify');
    await control.prepare("UPDATE spend_caps SET action = 'suspend' WHERE customer_id = ?").bind(who.customerId).run();
    await Promise.all(Array.from({ length: 5 }, () => lookAfterUsage(contextNow(), [who.customerId])));
    expect((await who.see()).notices.filter((kind) => kind === 'spend_cap_suspended')).toHaveLength(1);
    expect((await who.read()).events.filter(({ kind }) => kind === 'suspended')).toHaveLength(1);
    expect(await who.see()).toMatchObject(stopped);
  });
});

it('costs nothing for who has no cap: no usage is read', async () => {
  const { customer } = await signUp(api);
  expect(await lookAfterUsage({ ...contextNow(), shards: [] }, [customer.customer_id])).toEqual([]);
});
