/** Subscribers who are moved to another version of their plan while their trial runs: at its very end, and not in the middle of what they buy. */
import { beforeAll, expect, it } from 'vitest';
import type { SignupAnswer } from '../../../src/contracts/customers.ts';
import { ensureCluster, makeApi, rootToken, signUp } from '../../harness/worker/api.ts';
import { publishPlans, shippedPlans } from '../../harness/worker/plans.ts';
import { openStandIn, type StandInOfTests } from '../../harness/worker/stripe.ts';
import { good, type OpenPage, subscribersOf, urls } from '../../harness/worker/subscriber.ts';

const minute = 60_000;
const hour = 3_600_000;
const day = 24 * hour;
const api = makeApi(Date.parse('2026-11-20T12:34:56.789Z'));
const control = api.bindings['CONTROL'] as D1Database;
const timeout = 60_000;
let stripe: StandInOfTests;
const { ask, pay, refresh, subscribed, subscriptionOf } = subscribersOf(api, () => stripe);

beforeAll(async () => {
  await ensureCluster(api);
  const next = shippedPlans.replace('version: "2026-11"', 'version: next').replace('fee: 29\n', 'fee: 39\n');
  await publishPlans(next, api.clock.now);
  // Everybody signs up for the version that they are moved from.
  await control.prepare(`UPDATE plan_versions SET state = 'sold' WHERE version = '2026-11'`).run();
  await control.prepare(`UPDATE plan_versions SET state = 'draft' WHERE version = 'next'`).run();
  stripe = await openStandIn(api);
  await stripe.publish();
});

async function migrate({ customer }: SignupAnswer): Promise<void> {
  const body = { from_version: '2026-11', to_version: 'next', at: 'period_end', customer_ids: [customer.customer_id] };
  const answer = await api.call('POST', '/api/plans/starter/migrate', { token: rootToken, body });
  expect(await answer.json()).toMatchObject({ moved: 1 });
}
const buy = async (made: SignupAnswer): Promise<string> => {
  const id = await pay(await good<OpenPage>(await ask('checkout', made, { plan: 'starter', ...urls })));
  await refresh(id);
  return id;
};
const changesOf = async ({ customer }: SignupAnswer) =>
  (
    await control
      .prepare(
        `SELECT plan_version v, effective_at at, pending FROM plan_changes WHERE customer_id = ? ORDER BY effective_at`,
      )
      .bind(customer.customer_id)
      .all<{ v: string; at: number; pending: number }>()
  ).results;
const versionOf = async ({ customer }: SignupAnswer) =>
  control
    .prepare('SELECT plan_version FROM subscriptions WHERE customer_id = ?')
    .bind(customer.customer_id)
    .first('plan_version');
const periodsOf = async ({ customer }: SignupAnswer) =>
  (
    await control
      .prepare(
        'SELECT start_at AS start, end_at AS "end", kind FROM billing_periods WHERE customer_id = ? ORDER BY start_at',
      )
      .bind(customer.customer_id)
      .all<{ start: number; end: number; kind: string }>()
  ).results;
/** What Stripe asked for, newest first. */
const invoicesOf = async (id: string) =>
  (
    await stripe.read<{ data: { subtotal: number; billing_reason: string }[] }>(`/invoices?subscription=${id}&limit=10`)
  ).data.map(({ billing_reason, subtotal }) => `${billing_reason} ${subtotal}`);
async function tickAt(at: number, id: string | null): Promise<void> {
  await stripe.move(at);
  await api.tick();
  if (id !== null) await refresh(id);
  await api.tick();
}

/** Over the end of the free days: the first period that is paid is of the new version, from its first moment on, at its fee. */
async function expectMovedAt(made: SignupAnswer, id: string): Promise<void> {
  const trial = (await periodsOf(made)).at(-1) ?? { start: 0, end: 0, kind: '' };
  expect(trial.kind).toBe('trial');
  expect((await changesOf(made)).at(-1)).toMatchObject({ v: 'next', pending: 1 });
  await tickAt(trial.end - 11 * hour, id);
  expect([await versionOf(made), (await periodsOf(made)).length]).toEqual(['2026-11', 1]);
  await tickAt(trial.end + 2 * minute, id);
  expect(await versionOf(made)).toBe('next');
  const paid = (await periodsOf(made)).at(-1);
  expect(paid).toMatchObject({ kind: 'paid', start: trial.end });
  expect((await changesOf(made)).at(-1)).toEqual({ v: 'next', pending: 0, at: trial.end });
  expect(await invoicesOf(id)).toEqual(['subscription_cycle 3900', 'subscription_create 0']);
  const cost = await api.call('GET', `/api/usage/${made.customer.customer_id}/cost`, { token: rootToken });
  expect(await cost.json()).toMatchObject({ total_cents: 3900 });
}

it('who has bought and keeps the free days: the first fee is the new one', { timeout }, async () => {
  const { made, id } = await subscribed('starter');
  await migrate(made);
  await expectMovedAt(made, id);
});

it('who buys after they were moved, and keeps the free days: the same', { timeout }, async () => {
  // Stripe counts in whole seconds: the trial ends some ms earlier then.
  api.clock.now += 789;
  const made = await signUp(api, { plan: 'starter' });
  await migrate(made);
  await stripe.move(api.clock.now + 2 * day);
  await expectMovedAt(made, await buy(made));
});

it('who buys with too few days left to keep: what was bought stands until its own end', { timeout }, async () => {
  const made = await signUp(api, { plan: 'starter' });
  await migrate(made);
  const trial = (await periodsOf(made)).at(-1) ?? { start: 0, end: 0 };
  await stripe.move(trial.end - day);
  const id = await buy(made);
  const paid = (await periodsOf(made)).at(-1) ?? { start: 0, end: 0 };
  expect(paid.end).toBeGreaterThan(trial.end + 20 * day);
  await tickAt(trial.end + 2 * minute, id);
  expect(await versionOf(made)).toBe('2026-11');
  expect((await changesOf(made)).at(-1)).toEqual({ v: 'next', pending: 1, at: paid.end });
  expect(await invoicesOf(id)).toEqual(['subscription_create 2900']);
  await tickAt(paid.end - 11 * hour, id);
  await tickAt(paid.end + 2 * minute, id);
  expect(await versionOf(made)).toBe('next');
  expect((await invoicesOf(id))[0]).toBe('subscription_cycle 3900');
});

it('who does not buy: the trial ends as any, and what they buy later is of the version that they are on', {
  timeout,
}, async () => {
  const made = await signUp(api, { plan: 'starter' });
  await migrate(made);
  const trial = (await periodsOf(made)).at(-1) ?? { start: 0, end: 0 };
  await tickAt(trial.end + 2 * minute, null);
  expect(await subscriptionOf(made)).toMatchObject({ status: 'suspended', suspended_for: 'trial_ended' });
  expect(await changesOf(made)).toMatchObject([{ v: '2026-11' }, { v: 'next', pending: 0 }]);
  const id = await buy(made);
  expect([await versionOf(made), await invoicesOf(id)]).toEqual(['next', ['subscription_create 3900']]);
});
