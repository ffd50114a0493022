/** Renewals, failed payments and the way back, at the stand-in, while no webhook tells of any of it. */
import { beforeAll, describe, expect, it } from 'vitest';
import type { SignupAnswer } from '../../../src/contracts/customers.ts';
import { ensureCluster, makeApi } from '../../harness/worker/api.ts';
import { openStandIn, type StandInOfTests } from '../../harness/worker/stripe.ts';
import { subscribersOf } from '../../harness/worker/subscriber.ts';

const day = 86_400_000;
const minute = 60_000;
const api = makeApi(Date.parse('2026-11-20T12:34:56.789Z'));
const control = api.bindings['CONTROL'] as D1Database;
let stripe: StandInOfTests;
const { subscriptionOf, refresh, subscribed, paying, giveCard } = subscribersOf(api, () => stripe);

beforeAll(async () => {
  await ensureCluster(api);
  stripe = await openStandIn(api);
  await stripe.publish();
});

const periodsOf = async ({ customer: { customer_id: id } }: SignupAnswer) =>
  (
    await control
      .prepare('SELECT start_at, end_at, kind, open FROM billing_periods WHERE customer_id = ? ORDER BY start_at')
      .bind(id)
      .all<{ start_at: number; end_at: number; kind: string; open: number }>()
  ).results;
const phaseOf = ({ customer: { customer_id: id } }: SignupAnswer) =>
  control.prepare('SELECT phase FROM deployments WHERE customer_id = ?').bind(id).first<string>('phase');

describe('a renewal that no webhook tells of', () => {
  it('is found by cron at the period’s end: Stripe’s next period, and no month of our own', async () => {
    const { made } = await paying();
    const [, first] = await periodsOf(made);
    const end = Number(first?.end_at);
    // Stripe renews a little later than we look.
    api.clock.now = end + 10_000;
    await api.tick();
    expect((await periodsOf(made)).at(-1)).toEqual(first);
    await stripe.move(end + 2 * minute);
    await api.tick();
    expect((await periodsOf(made)).slice(-2)).toMatchObject([
      { end_at: end, open: 0 },
      { start_at: end, kind: 'paid', open: 1 },
    ]);
    expect((await subscriptionOf(made)).current_period.start).toBe(new Date(end).toISOString());
  });

  it('is the first one: the free days end where the paid month begins', async () => {
    const { made } = await subscribed();
    const [trial] = await periodsOf(made);
    const end = Number(trial?.end_at);
    await stripe.move(end + 2 * minute);
    await api.tick();
    expect(await periodsOf(made)).toMatchObject([
      { kind: 'trial', end_at: end, open: 0 },
      { kind: 'paid', start_at: end, open: 1 },
    ]);
    expect(await subscriptionOf(made)).toMatchObject({ status: 'active' });
  });
});

describe('a card that fails', () => {
  it('brings a grace; paid within it everything goes on', async () => {
    const { made, id } = await paying();
    await giveCard(id, '4000000000000341');
    const end = Date.parse((await subscriptionOf(made)).current_period.end);
    await stripe.move(end + 2 * 3_600_000);
    await refresh(id);
    const owing = await subscriptionOf(made);
    expect(owing).toMatchObject({ status: 'past_due', grace_ends_at: new Date(api.clock.now + 7 * day).toISOString() });
    await giveCard(id, '4242424242424242');
    const { latest_invoice: invoice } = await stripe.read<{ latest_invoice: string }>(`/subscriptions/${id}`);
    await stripe.call(`/invoices/${invoice}/pay`, {});
    await refresh(id);
    expect(await subscriptionOf(made)).toMatchObject({ status: 'active', grace_ends_at: null });
  });

  it('paid after the suspension has the subscription go on at Stripe and the stack run again', async () => {
    const { made, id } = await paying();
    const { customer_id: customerId } = made.customer;
    await giveCard(id, '4000000000000341');
    const end = Date.parse((await subscriptionOf(made)).current_period.end);
    await stripe.move(end + 2 * 3_600_000);
    await refresh(id);
    // The grace is over: the stack stands, and the subscription is paused at Stripe.
    await stripe.call(`/subscriptions/${id}/pause`, { 'bill_for[unused_time_from][type]': 'none' });
    await control.batch([
      control
        .prepare(
          "UPDATE subscriptions SET status = 'suspended', suspended_for = 'unpaid', grace_ends_at = NULL WHERE customer_id = ?",
        )
        .bind(customerId),
      control.prepare("UPDATE deployments SET phase = 'suspended' WHERE customer_id = ?").bind(customerId),
    ]);
    await refresh(id);
    await api.tick();
    expect(await stripe.read(`/subscriptions/${id}`)).toMatchObject({ status: 'paused' });
    expect(await subscriptionOf(made)).toMatchObject({ status: 'suspended', suspended_for: 'unpaid' });
    const { data } = await stripe.read<{ data: { id: string }[] }>(`/invoices?subscription=${id}&status=open`);
    await giveCard(id, '4242424242424242');
    await stripe.call(`/invoices/${data[0]?.id}/pay`, {});
    await refresh(id);
    await refresh(id);
    await api.tick();
    expect(await stripe.read(`/subscriptions/${id}`)).toMatchObject({ status: 'active' });
    expect(await subscriptionOf(made)).toMatchObject({ status: 'active', suspended_for: null });
    expect(await phaseOf(made)).toBe('running');
    const rows = await control
      .prepare("SELECT state FROM outbox WHERE kind = 'stripe_go_on' AND payload ->> 'subscription_id' = ?")
      .bind(id)
      .all<{ state: string }>();
    expect(rows.results).toEqual([{ state: 'confirmed' }]);
  });

  it.each([
    ['within the period that it pays for, costs that period once', 8, 0],
    ['after it, costs the rest of the period that runs', 40, 1],
  ])('paid after the suspension, %s', async (_, days, lines) => {
    const { made, id } = await paying();
    const licensed = async () =>
      control
        .prepare(
          "SELECT claims ->> '$.subscription.currentPeriodEndsAt' FROM licences WHERE customer_id = ? ORDER BY rowid DESC",
        )
        .bind(made.customer.customer_id)
        .raw<[string]>()
        .then(([row]) => row?.[0]);
    await giveCard(id, '4000000000000341');
    const renewal = Date.parse((await subscriptionOf(made)).current_period.end);
    await stripe.move(renewal + 2 * 3_600_000);
    await refresh(id);
    await stripe.move(renewal + 7 * day + 3 * 3_600_000);
    await api.tick();
    await api.tick();
    await refresh(id);
    expect(await stripe.read(`/subscriptions/${id}`)).toMatchObject({ status: 'paused' });
    const paidUntil = (await periodsOf(made)).at(-1)?.end_at;
    expect(await licensed()).toBe(new Date(Number(paidUntil)).toISOString());
    await stripe.move(renewal + days * day);
    const { customer, latest_invoice: invoice } = await stripe.read<{ customer: string; latest_invoice: string }>(
      `/subscriptions/${id}`,
    );
    await giveCard(id, '4242424242424242');
    await stripe.call(`/invoices/${invoice}/pay`, {});
    await refresh(id);
    await api.tick();
    expect(await stripe.read(`/subscriptions/${id}`)).toMatchObject({ status: 'active' });
    expect(await subscriptionOf(made)).toMatchObject({ status: 'active', suspended_for: null });
    const waiting = await stripe.read<{ data: unknown[] }>(`/invoiceitems?customer=${customer}&pending=true`);
    expect(waiting.data).toHaveLength(lines);
  });

  it('while the stack stands, a period that ends is closed and none is opened', async () => {
    const { made, id } = await paying();
    const { customer_id: customerId } = made.customer;
    await stripe.call(`/subscriptions/${id}/pause`, { 'bill_for[unused_time_from][type]': 'none' });
    await control
      .prepare("UPDATE subscriptions SET status = 'suspended', suspended_for = 'operator' WHERE customer_id = ?")
      .bind(customerId)
      .run();
    const before = await periodsOf(made);
    await stripe.move(Number(before.at(-1)?.end_at) + day);
    await api.tick();
    await api.tick();
    expect(await periodsOf(made)).toEqual(before.map((period) => ({ ...period, open: 0 })));
  });

  it.each([
    ['past_due', 'past_due', { status: 'suspended', suspended_for: 'unpaid' }, 'paused'],
    ['unpaid', 'past_due', { status: 'suspended', suspended_for: 'unpaid' }, 'paused'],
    ['cancel', 'canceled', { status: 'canceled' }, 'canceled'],
  ])(
    'where Stripe is set to %s after the last retry, it is %s here, and after the grace as documented',
    async (setting, status, after, there) => {
      await stripe.door('/settings', { after_retries: setting });
      const { made, id } = await paying();
      await giveCard(id, '4000000000000341');
      const end = Date.parse((await subscriptionOf(made)).current_period.end);
      await stripe.move(end + 8 * day);
      await refresh(id);
      expect(await subscriptionOf(made)).toMatchObject({ status });
      await stripe.move(api.clock.now + 7 * day + minute);
      await api.tick();
      await api.tick();
      expect(await subscriptionOf(made)).toMatchObject(after);
      expect(await stripe.read(`/subscriptions/${id}`)).toMatchObject({ status: there });
      await stripe.door('/settings', { after_retries: 'past_due' });
    },
  );
});
