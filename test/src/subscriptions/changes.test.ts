/** A paid subscription goes up, down, to its end and back, at the stand-in. */
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { SignupAnswer } from '../../../src/contracts/customers.ts';
import type { SubscriptionView } from '../../../src/contracts/subscriptions.ts';
import { ensureCluster, makeApi, rootToken, signUp } from '../../harness/worker/api.ts';
import { openStandIn, type StandInOfTests } from '../../harness/worker/stripe.ts';
import { good, problem, refusalOf, subscribersOf } from '../../harness/worker/subscriber.ts';

const day = 86_400_000;
const minute = 60_000;
const api = makeApi(Date.parse('2026-11-20T12:34:56.789Z'));
const control = api.bindings['CONTROL'] as D1Database;
let stripe: StandInOfTests;
const { ask, subscriptionOf, refresh, subscribed, paying, giveCard } = subscribersOf(api, () => stripe);

beforeAll(async () => {
  await ensureCluster(api);
  stripe = await openStandIn(api);
  await stripe.publish();
});
beforeEach(async () => {
  await stripe.heal();
});

interface Upgraded {
  subscription: SubscriptionView;
  effective: string;
  invoice: { invoice_id: string; amount_due_cents: number } | null;
}
interface Previewed {
  effective: string;
  effective_at: string;
  proration_date: string;
  due_now_cents: number;
  stripe_lines: { amount_cents: number }[];
  lines: { meter: string; amount_cents: number }[];
  overage_before_cents: number;
  overage_after_cents: number;
  valid_until: string;
}
const upgrade = (made: SignupAnswer, new_plan: string, more = {}) => ask('upgrade', made, { new_plan, ...more });
const preview = (made: SignupAnswer, new_plan: string, more = {}) => ask('preview', made, { new_plan, ...more });
const shown = async (response: Response) => (await good<{ subscription: SubscriptionView }>(response)).subscription;
const ordersOf = async ({ customer: { customer_id: id } }: SignupAnswer) =>
  (
    await control
      .prepare(
        "SELECT state, last_error FROM outbox WHERE kind = 'stripe_order' AND payload ->> 'customer_id' = ? AND payload ->> 'what' <> 'checkout' ORDER BY created_at",
      )
      .bind(id)
      .all<{ state: string; last_error: string | null }>()
  ).results;

describe('an upgrade', () => {
  it('costs what its preview said, takes effect at once, and Stripe and we say the same', async () => {
    const { made, id } = await paying();
    await stripe.move(api.clock.now + 10 * day);
    const seen = await good<Previewed>(await preview(made, 'professional'));
    expect(seen).toMatchObject({ effective: 'now', effective_at: seen.proration_date, overage_before_cents: 0 });
    expect(Date.parse(seen.valid_until) - Date.parse(seen.proration_date)).toBe(15 * minute);
    expect(seen.stripe_lines.reduce((sum, { amount_cents }) => sum + amount_cents, 0)).toBe(seen.due_now_cents);
    expect(seen.lines.map(({ meter }) => meter)).toContain('base_fee');
    await stripe.move(api.clock.now + 10 * minute);
    const done = await good<Upgraded>(await upgrade(made, 'professional', { proration_date: seen.proration_date }));
    expect(done).toMatchObject({
      effective: 'now',
      subscription: { plan: 'professional', status: 'active', scheduled: null },
      invoice: { amount_due_cents: seen.due_now_cents },
    });
    const change = await control
      .prepare('SELECT max(effective_at) m FROM plan_changes WHERE customer_id = ?')
      .bind(made.customer.customer_id)
      .first<number>('m');
    expect(change).toBe(Date.parse(seen.proration_date));
    await refresh(id);
    expect(await subscriptionOf(made)).toEqual(done.subscription);
    expect(await ordersOf(made)).toEqual([{ state: 'confirmed', last_error: null }]);
  });

  it('in the free days costs nothing, and has its limits at once', async () => {
    const { made } = await subscribed();
    const seen = await good<Previewed>(await preview(made, 'professional'));
    expect(seen).toMatchObject({ effective: 'now', due_now_cents: 0 });
    expect(await good<Upgraded>(await upgrade(made, 'professional'))).toMatchObject({
      subscription: { plan: 'professional', status: 'active' },
    });
  });

  it('whose card is declined leaves the old plan, and another card can be tried at once', async () => {
    const { made, id } = await paying();
    await giveCard(id, '4000000000000341');
    const declined = await upgrade(made, 'professional');
    expect(await refusalOf(declined)).toEqual([402, 'payment_failed']);
    expect(await subscriptionOf(made)).toMatchObject({ plan: 'starter', status: 'active' });
    await giveCard(id, '4242424242424242');
    expect(await good<Upgraded>(await upgrade(made, 'professional'))).toMatchObject({
      subscription: { plan: 'professional' },
    });
  });

  it('that the bank wants confirmed waits: the old plan stands until a person has done so', async () => {
    const { made, id } = await paying();
    await giveCard(id, '4000002760003184');
    const waiting = await upgrade(made, 'professional');
    expect(waiting.status).toBe(402);
    const { code, details } = await problem(waiting);
    expect(code).toBe('payment_action_required');
    expect(details['payment_url']).toContain('http');
    expect(await subscriptionOf(made)).toMatchObject({ plan: 'starter' });
    const again = await upgrade(made, 'enterprise');
    expect(await refusalOf(again)).toEqual([409, 'change_pending']);
    await giveCard(id, '4242424242424242');
    const { latest_invoice: invoice } = await stripe.read<{ latest_invoice: string }>(`/subscriptions/${id}`);
    await stripe.call(`/invoices/${invoice}/pay`, {});
    await refresh(id);
    expect(await subscriptionOf(made)).toMatchObject({ plan: 'professional' });
  });

  it('with a preview that is too old, or of the future, is refused', async () => {
    const { made } = await paying();
    await stripe.move(api.clock.now + day);
    const seen = await good<Previewed>(await preview(made, 'professional'));
    await stripe.move(api.clock.now + 15 * minute);
    const old = await upgrade(made, 'professional', { proration_date: seen.proration_date });
    expect(await refusalOf(old)).toEqual([409, 'preview_expired']);
    const proration_date = new Date(api.clock.now + day).toISOString();
    expect(await refusalOf(await upgrade(made, 'professional', { proration_date }))).toEqual([409, 'preview_expired']);
  });

  it('without a subscription needs a checkout, and to the same plan is none', async () => {
    const made = await signUp(api, { plan: 'starter' });
    expect(await refusalOf(await upgrade(made, 'professional'))).toEqual([409, 'checkout_required']);
    expect(await refusalOf(await preview(made, 'professional'))).toEqual([409, 'checkout_required']);
    const { made: paid } = await paying();
    expect(await refusalOf(await upgrade(paid, 'starter'))).toEqual([409, 'same_plan']);
    expect(await refusalOf(await upgrade(paid, 'platinum'))).toEqual([422, 'validation_failed']);
  });

  it('to the year is at once, and back to the month with the year’s end', async () => {
    const { made } = await paying();
    const year = await good<Upgraded>(await upgrade(made, 'starter', { interval: 'year' }));
    expect(year).toMatchObject({ effective: 'now', subscription: { interval: 'year', plan: 'starter' } });
    const month = await good<Upgraded>(await upgrade(made, 'starter', { interval: 'month' }));
    expect(month).toMatchObject({ effective: 'period_end', subscription: { scheduled: { interval: 'month' } } });
  });
});

describe('a lower plan', () => {
  it('is scheduled for the period’s end, comes there, and is told before', async () => {
    const { made, id } = await paying('professional');
    const seen = await good<Previewed>(await preview(made, 'starter'));
    expect(seen).toMatchObject({ effective: 'period_end', due_now_cents: 0, stripe_lines: [] });
    const done = await good<Upgraded>(await upgrade(made, 'starter'));
    const { end } = done.subscription.current_period;
    expect(done).toMatchObject({
      effective: 'period_end',
      invoice: null,
      subscription: { plan: 'professional', scheduled: { plan: 'starter', interval: 'month', effective_at: end } },
    });
    expect(await refusalOf(await upgrade(made, 'enterprise'))).toEqual([409, 'change_pending']);
    await stripe.move(Date.parse(end) + 2 * minute);
    await refresh(id);
    expect(await subscriptionOf(made)).toMatchObject({
      plan: 'starter',
      scheduled: null,
      current_period: { start: end },
    });
    expect(await refusalOf(await ask('resume', made))).toEqual([409, 'nothing_to_resume']);
    await stripe.move(Date.parse(end) + 2 * day);
    expect(await stripe.read(`/subscriptions/${id}`)).toMatchObject({ schedule: null, status: 'active' });
  });

  it('that has come stands in nobody’s way, though Stripe keeps its schedule for a day', async () => {
    const came = async () => {
      const { made, id } = await paying('enterprise');
      const { subscription } = await good<Upgraded>(await upgrade(made, 'professional'));
      await stripe.move(Date.parse(subscription.current_period.end) + 2 * minute);
      await refresh(id);
      expect(await stripe.read(`/subscriptions/${id}`)).toMatchObject({ schedule: expect.any(String) });
      return { made, id };
    };
    const higher = await came();
    const seen = await good<Previewed>(await preview(higher.made, 'enterprise'));
    expect(seen.effective).toBe('now');
    expect(await good<Upgraded>(await upgrade(higher.made, 'enterprise'))).toMatchObject({
      effective: 'now',
      subscription: { plan: 'enterprise', scheduled: null },
      invoice: { amount_due_cents: seen.due_now_cents },
    });
    expect(await stripe.read(`/subscriptions/${higher.id}`)).toMatchObject({ schedule: null });
    const lower = await came();
    expect(await good<Upgraded>(await upgrade(lower.made, 'starter'))).toMatchObject({
      effective: 'period_end',
      subscription: { plan: 'professional', scheduled: { plan: 'starter' } },
    });
  });

  it('is taken back', async () => {
    const { made } = await paying('professional');
    await good(await upgrade(made, 'starter'));
    expect(await shown(await ask('resume', made))).toMatchObject({ plan: 'professional', scheduled: null });
    expect(await refusalOf(await ask('resume', made))).toEqual([409, 'nothing_to_resume']);
    expect(await good<Upgraded>(await upgrade(made, 'enterprise'))).toMatchObject({ effective: 'now' });
  });

  it('whose second call fails leaves no schedule behind', async () => {
    const { made, id } = await paying('professional');
    await stripe.door('/faults', { kind: '429', match: { method: 'POST', path: '/v1/subscription_schedules/' } });
    expect((await upgrade(made, 'starter')).status).toBe(503);
    await stripe.heal();
    await api.tick();
    api.clock.now += 10 * minute;
    await api.tick();
    expect(await stripe.read(`/subscriptions/${id}`)).toMatchObject({ schedule: null });
    expect(await good<Upgraded>(await upgrade(made, 'starter'))).toMatchObject({ effective: 'period_end' });
  });
});

describe('a cancellation', () => {
  it('is at the period’s end, is taken back, and ends the customer when it comes', async () => {
    const { made, id } = await paying();
    const ending = await shown(await ask('cancel', made, { reason: 'too dear' }));
    expect(ending).toMatchObject({ status: 'active', cancel_at: ending.current_period.end });
    expect(await shown(await ask('cancel', made))).toEqual(ending);
    expect(await shown(await ask('resume', made))).toMatchObject({ cancel_at: null });
    await good(await ask('cancel', made));
    await stripe.move(Date.parse(ending.current_period.end) + 2 * minute);
    await refresh(id);
    expect(await subscriptionOf(made)).toMatchObject({
      status: 'canceled',
      cancel_at: null,
      stripe_subscription_id: null,
    });
    expect(await refusalOf(await ask('resume', made, {}, rootToken))).toEqual([409, 'subscription_ended']);
    expect(await refusalOf(await ask('cancel', made, {}, rootToken))).toEqual([409, 'subscription_ended']);
  });

  it('at once ends both sides at once', async () => {
    const { made, id } = await paying();
    expect(await shown(await ask('cancel', made, { immediately: true }))).toMatchObject({ status: 'canceled' });
    expect(await stripe.read(`/subscriptions/${id}`)).toMatchObject({ status: 'canceled' });
    expect((await api.call('GET', `/api/customers/${made.customer.customer_id}`, { token: made.api_key })).status).toBe(
      401,
    );
  });

  it('takes a scheduled change with it', async () => {
    const { made, id } = await paying('professional');
    await good(await upgrade(made, 'starter'));
    expect(await shown(await ask('cancel', made))).toMatchObject({ scheduled: null, cancel_at: expect.any(String) });
    expect(await stripe.read(`/subscriptions/${id}`)).toMatchObject({ schedule: null, cancel_at_period_end: true });
  });

  it('that was made in the portal, by a date, is taken back too', async () => {
    const { made, id } = await paying();
    const { current_period: period } = await subscriptionOf(made);
    await stripe.call(`/subscriptions/${id}`, { cancel_at: String(Date.parse(period.end) / 1000) });
    await refresh(id);
    expect(await subscriptionOf(made)).toMatchObject({ cancel_at: period.end });
    expect(await shown(await ask('resume', made))).toMatchObject({ cancel_at: null });
    expect(await stripe.read(`/subscriptions/${id}`)).toMatchObject({ cancel_at: null });
  });

  it('in a trial ends the trial at its end, without Stripe', async () => {
    const made = await signUp(api, { plan: 'starter' });
    const ending = await shown(await ask('cancel', made));
    expect(ending).toMatchObject({ status: 'trialing', cancel_at: ending.trial_ends_at });
    expect(await shown(await ask('resume', made))).toMatchObject({ status: 'trialing', cancel_at: null });
    expect(await shown(await ask('cancel', made, { immediately: true }))).toMatchObject({ status: 'canceled' });
  });
});
