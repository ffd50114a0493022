/** Changes of a subscription whose answers are lost, that meet one another, or that others ask for. */
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { SignupAnswer } from '../../../src/contracts/customers.ts';
import type { SubscriptionView } from '../../../src/contracts/subscriptions.ts';
import { ensureCluster, makeApi, rootToken, signUp } from '../../harness/worker/api.ts';
import { openStandIn, type StandInOfTests } from '../../harness/worker/stripe.ts';
import { good, refusalOf, subscribersOf } from '../../harness/worker/subscriber.ts';

const minute = 60_000;
const api = makeApi(Date.parse('2026-11-20T12:34:56.789Z'));
const control = api.bindings['CONTROL'] as D1Database;
let stripe: StandInOfTests;
const { ask, subscriptionOf, paying } = subscribersOf(api, () => stripe);

beforeAll(async () => {
  await ensureCluster(api);
  stripe = await openStandIn(api);
  await stripe.publish();
});
beforeEach(async () => {
  await stripe.heal();
});

const upgrade = (made: SignupAnswer, new_plan: string, more = {}) => ask('upgrade', made, { new_plan, ...more });
const ordersOf = async ({ customer: { customer_id: id } }: SignupAnswer) =>
  (
    await control
      .prepare(
        "SELECT state, last_error FROM outbox WHERE kind = 'stripe_order' AND payload ->> 'customer_id' = ? AND payload ->> 'what' <> 'checkout' ORDER BY created_at",
      )
      .bind(id)
      .all<{ state: string; last_error: string | null }>()
  ).results;

describe('an order whose outcome nobody knows', () => {
  it('was accepted before the answer was lost: it is taken over, and nothing is done twice', async () => {
    const { made, id } = await paying();
    await stripe.door('/faults', {
      kind: 'timeout_after_accept',
      hang_ms: 0,
      match: { method: 'POST', path: `/v1/subscriptions/${id}` },
    });
    const unclear = await upgrade(made, 'professional');
    expect(await refusalOf(unclear)).toEqual([503, 'stripe_unavailable']);
    await stripe.heal();
    expect(await refusalOf(await upgrade(made, 'enterprise'))).toEqual([409, 'change_pending']);
    await stripe.move(api.clock.now + 5 * minute);
    await api.tick();
    expect(await subscriptionOf(made)).toMatchObject({ plan: 'professional' });
    expect(await ordersOf(made)).toEqual([{ state: 'confirmed', last_error: null }]);
  });

  it('never arrived: it is dropped, and the old plan stands', async () => {
    const { made } = await paying();
    await stripe.door('/faults', { kind: 'refuse', match: { method: 'POST', path: '/v1/subscriptions' } });
    expect(await refusalOf(await upgrade(made, 'professional'))).toEqual([503, 'stripe_unavailable']);
    await stripe.heal();
    await stripe.move(api.clock.now + 5 * minute);
    await api.tick();
    expect(await subscriptionOf(made)).toMatchObject({ plan: 'starter' });
    expect(await ordersOf(made)).toEqual([{ state: 'dropped', last_error: 'nobody_waits' }]);
    expect((await upgrade(made, 'professional')).status).toBe(200);
  });

  it('is one of two at once: the second waits', async () => {
    const { made } = await paying();
    const both = await Promise.all([upgrade(made, 'professional'), upgrade(made, 'enterprise')]);
    const statuses = both.map(({ status }) => status).sort();
    expect(statuses).toEqual([200, 409]);
  });
});

it('an upgrade that Stripe can work out no tax for says what is missing; the old plan stands until it is there', async () => {
  const { made, id } = await paying();
  await stripe.taxWithoutAddress(id);
  expect(await refusalOf(await upgrade(made, 'professional'))).toEqual([422, 'tax_location_invalid']);
  expect(await subscriptionOf(made)).toMatchObject({ plan: 'starter' });
  expect(await ordersOf(made)).toEqual([{ state: 'dropped', last_error: 'customer_tax_location_invalid' }]);
  const { customer } = await stripe.read<{ customer: string }>(`/subscriptions/${id}`);
  await stripe.call(`/customers/${customer}`, { 'address[country]': 'DE', 'address[postal_code]': '10117' });
  expect((await upgrade(made, 'professional')).status).toBe(200);
});

describe('who may', () => {
  it('read and change it: its own people, and operators', async () => {
    const [{ made }, other] = [await paying(), await signUp(api, { plan: 'starter' })];
    const { customer_id: id } = made.customer;
    expect((await api.call('GET', `/api/subscriptions/${id}`, { token: made.api_key })).status).toBe(200);
    expect((await api.call('GET', `/api/subscriptions/${id}`, { token: other.api_key })).status).toBe(404);
    for (const path of ['upgrade', 'preview', 'cancel', 'resume', 'portal', 'checkout'] as const) {
      const body = {
        upgrade: { new_plan: 'professional' },
        preview: { new_plan: 'professional' },
        cancel: {},
        resume: {},
        portal: { return_url: 'http://127.0.0.1:8787/' },
        checkout: { plan: 'starter', success_url: 'http://127.0.0.1:8787/', cancel_url: 'http://127.0.0.1:8787/' },
      }[path];
      expect(await refusalOf(await ask(path, made, body, other.api_key))).toEqual([403, 'customer_mismatch']);
      const nobody = await api.call('POST', `/api/subscriptions/${path}`, {
        token: rootToken,
        body: { customer_id: `cust_${'0'.repeat(32)}`, ...body },
      });
      expect(nobody.status, path).toBe(404);
    }
  });

  it('take back what lies ahead of one that an operator has stopped: operators, not its own people', async () => {
    const made = await signUp(api, { plan: 'starter' });
    await good(await ask('cancel', made));
    await control
      .prepare("UPDATE subscriptions SET status = 'suspended', suspended_for = 'operator' WHERE customer_id = ?")
      .bind(made.customer.customer_id)
      .run();
    expect(await refusalOf(await ask('resume', made))).toEqual([403, 'forbidden']);
    const { subscription } = await good<{ subscription: SubscriptionView }>(await ask('resume', made, {}, rootToken));
    expect(subscription).toMatchObject({ status: 'suspended', suspended_for: 'operator', cancel_at: null });
  });

  it('get the first answer again under one Idempotency-Key', async () => {
    const { made } = await paying();
    const call = () =>
      api.call('POST', '/api/subscriptions/upgrade', {
        token: made.api_key,
        headers: { 'idempotency-key': 'upgrade-once-0123456789' },
        body: { customer_id: made.customer.customer_id, new_plan: 'professional' },
      });
    const [first, second] = [await call(), await call()];
    expect([first.status, second.status]).toEqual([200, 200]);
    expect(await second.json()).toEqual(await first.json());
  });
});
