/** Deactivation and return of who has a subscription at Stripe. */
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { refreshSubscription } from '../../../../src/workflows/subscriptions/refresh-subscription.ts';
import { ensureCluster, makeApi, rootToken, signUp } from '../../../harness/worker/api.ts';
import { obedientStripe } from '../../../harness/worker/obedient-stripe.ts';
import { subscribers } from '../../../harness/worker/seen-customer.ts';
import { aSubscription, bindPrices } from '../../../harness/worker/stripe-subscription.ts';

const day = 86_400_000;
const begin = Date.parse('2026-11-20T12:00:00.000Z');
const api = makeApi(begin);
const { control, see, set } = subscribers(api);
const { state, reset, contextAt, deliver, stateOf, known } = obedientStripe(api);

beforeAll(async () => {
  await ensureCluster(api);
  await signUp(api);
  await bindPrices(control);
});
beforeEach(() => {
  api.clock.now = begin;
  reset();
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
    const subId = state.fake.put(aSubscription(id, { start: begin }));
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
    expect(state.calls).toEqual(['cancel']);
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
    expect([state.calls, await stateOf(id)]).toEqual([[], ['stripe_cancel dropped not_wanted_any_more']]);
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
