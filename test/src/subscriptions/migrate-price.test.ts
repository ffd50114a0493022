/** Subscribers who are moved to a version of another fee: what Stripe asks of them, at the stand-in. */
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { CostAnswer } from '../../../src/contracts/cost.ts';
import type { SignupAnswer } from '../../../src/contracts/customers.ts';
import type { DriftView } from '../../../src/contracts/drift.ts';
import type { MigrateAnswer } from '../../../src/contracts/plan-catalogue.ts';
import { ensureCluster, makeApi, rootToken } from '../../harness/worker/api.ts';
import { publishPlans, shippedPlans } from '../../harness/worker/plans.ts';
import { openStandIn, type StandInOfTests } from '../../harness/worker/stripe.ts';
import { good, refusalOf, subscribersOf } from '../../harness/worker/subscriber.ts';

const minute = 60_000;
const hour = 3_600_000;
const day = 24 * hour;
const api = makeApi(Date.parse('2026-11-20T12:34:56.789Z'));
const control = api.bindings['CONTROL'] as D1Database;
let stripe: StandInOfTests;
const { ask, subscriptionOf, paying, refresh } = subscribersOf(api, () => stripe);

beforeAll(async () => {
  await ensureCluster(api);
  const next = shippedPlans
    .replace('version: "2026-11"', 'version: next')
    .replace('fee: 29\n', 'fee: 39\n    annual_fee: 390\n');
  await publishPlans(next, api.clock.now);
  // Everybody signs up for the version that they are moved from.
  await control.prepare(`UPDATE plan_versions SET state = 'sold' WHERE version = '2026-11'`).run();
  await control.prepare(`UPDATE plan_versions SET state = 'draft' WHERE version = 'next'`).run();
  stripe = await openStandIn(api);
  await stripe.publish();
});
beforeEach(async () => {
  await stripe.heal();
});

const idOf = (made: SignupAnswer) => made.customer.customer_id;
const migrate = async (...customers: SignupAnswer[]) => {
  const body = {
    from_version: '2026-11',
    to_version: 'next',
    at: 'period_end',
    customer_ids: customers.map(idOf),
  };
  const answer = await api.call('POST', '/api/plans/starter/migrate', { token: rootToken, body });
  expect(answer.status).toBe(202);
  return (await answer.json()) as MigrateAnswer;
};
const priceOf = (version: string, interval = 'month', plan = 'starter') =>
  control
    .prepare('SELECT price_id FROM stripe_prices WHERE plan = ? AND plan_version = ? AND interval = ?')
    .bind(plan, version, interval)
    .first<string>('price_id');
interface Item {
  price: { id: string };
  current_period_end: number;
}
const itemOf = async (id: string) => {
  const { items } = await stripe.read<{ items: { data: Item[] } }>(`/subscriptions/${id}`);
  const [item] = items.data;
  if (!item) throw new Error(`${id} has no item`);
  return { price: item.price.id, end: item.current_period_end * 1000 };
};
const invoicesOf = async (id: string) =>
  (
    await stripe.read<{ data: { subtotal: number; billing_reason: string }[] }>(`/invoices?subscription=${id}&limit=10`)
  ).data.map(({ billing_reason, subtotal }) => [billing_reason, subtotal]);
const versionOf = (made: SignupAnswer) =>
  control
    .prepare('SELECT plan_version FROM subscriptions WHERE customer_id = ?')
    .bind(idOf(made))
    .first('plan_version');
const movesOf = async (made: SignupAnswer) =>
  (
    await control
      .prepare(`SELECT state FROM outbox WHERE kind = 'stripe_move' AND payload ->> 'customer_id' = ?`)
      .bind(idOf(made))
      .all<{ state: string }>()
  ).results.map(({ state }) => state);
const costOf = async (made: SignupAnswer) =>
  good<CostAnswer>(await api.call('GET', `/api/usage/${idOf(made)}/cost`, { token: rootToken }));

/** How often the price of the subscription was set at Stripe. */
const changesOf = async (id: string) => {
  type Items = { data: Item[] };
  type Told = { data: { object: { id: string; items: Items }; previous_attributes?: { items?: Items } } };
  const { data } = await stripe.read<{ data: Told[] }>('/events?type=customer.subscription.updated&limit=100');
  return data.filter(({ data: { object, previous_attributes: before } }) => {
    const [was, is] = [before?.items?.data[0]?.price.id, object.items.data[0]?.price.id];
    return object.id === id && was !== undefined && was !== is;
  }).length;
};

/** What a night's comparison finds of a subscription. */
async function driftOf(id: string): Promise<DriftView[]> {
  await control.prepare('DELETE FROM drift_runs').run();
  await stripe.move(api.clock.now + 10 * minute);
  expect((await api.call('POST', '/api/drift/run', { token: rootToken, body: {} })).status).toBe(202);
  for (let ticks = 0; ticks < 6; ticks++) await api.tick();
  const answer = await api.call('GET', '/api/drift?limit=100&open=true', { token: rootToken });
  return (await good<{ items: DriftView[] }>(answer)).items.filter(({ object_id }) => object_id === id);
}

/** Half a day before what runs ends, when the price is put at Stripe. */
async function toTheEve(id: string): Promise<number> {
  const { end } = await itemOf(id);
  await stripe.move(end - 11 * hour);
  await api.tick();
  return end;
}
async function over(end: number): Promise<void> {
  await stripe.move(end + 2 * minute);
  await api.tick();
  await api.tick();
}

describe('a subscriber who is moved to another fee', () => {
  it('pays it with the next period, not before; ours agrees, and nothing differs', async () => {
    const { made, id } = await paying();
    expect(await migrate(made)).toMatchObject({ moved: 1 });
    await api.tick();
    expect([await itemOf(id), await movesOf(made)]).toMatchObject([{ price: await priceOf('2026-11') }, []]);
    const before = await invoicesOf(id);
    const end = await toTheEve(id);
    expect(await itemOf(id)).toEqual({ price: await priceOf('next'), end });
    expect([await versionOf(made), await invoicesOf(id)]).toEqual(['2026-11', before]);
    expect((await costOf(made)).lines.find(({ meter }) => meter === 'base_fee')).toMatchObject({ amount_cents: 2900 });
    expect(await driftOf(id)).toEqual([]);
    await over(end);
    expect(await versionOf(made)).toBe('next');
    expect((await invoicesOf(id))[0]).toEqual(['subscription_cycle', 3900]);
    expect((await costOf(made)).lines.find(({ meter }) => meter === 'base_fee')).toMatchObject({ amount_cents: 3900 });
    await refresh(id);
    expect(await versionOf(made)).toBe('next');
    expect(await driftOf(id)).toEqual([]);
    expect([await movesOf(made), await changesOf(id)]).toEqual([['confirmed'], 1]);
  });

  it('has it once, wherever the process died in between', async () => {
    const { made, id } = await paying();
    await migrate(made);
    await stripe.door('/faults', {
      kind: 'timeout_after_accept',
      hang_ms: 0,
      match: { method: 'POST', path: `/v1/subscriptions/${id}` },
    });
    const end = await toTheEve(id);
    await stripe.heal();
    expect(await movesOf(made)).toEqual(['sent']);
    await stripe.move(api.clock.now + 2 * minute);
    await api.tick();
    // Stripe has it, and nobody has noted that.
    await control
      .prepare(
        `UPDATE outbox SET state = 'sent', claimed_until = 0, next_at = 0 WHERE kind = 'stripe_move' AND payload ->> 'customer_id' = ?`,
      )
      .bind(idOf(made))
      .run();
    await Promise.all([api.tick(), api.tick()]);
    await over(end);
    expect([await movesOf(made), await changesOf(id)]).toEqual([['confirmed'], 1]);
    expect([await versionOf(made), (await invoicesOf(id))[0]]).toEqual(['next', ['subscription_cycle', 3900]]);
  });

  it('whom only we have moved is mended by the fix of the difference', async () => {
    const { made, id } = await paying();
    await control
      .prepare(`UPDATE subscriptions SET plan_version = 'next' WHERE customer_id = ?`)
      .bind(idOf(made))
      .run();
    const [difference] = await driftOf(id);
    expect(difference).toMatchObject({ kind: 'item', fix: expect.anything() });
    const fix = { reason: 'moved before prices were' };
    const path = `/api/drift/${difference?.drift_id}/fix`;
    expect((await api.call('POST', path, { token: rootToken, body: fix })).status).toBe(200);
    await api.tick();
    expect(await itemOf(id)).toMatchObject({ price: await priceOf('next') });
    expect([await versionOf(made), await driftOf(id)]).toEqual(['next', []]);
  });

  it('by the year moves with the year, and pays the new fee for the next one', async () => {
    const { made, id } = await paying('starter', { interval: 'year' });
    expect(await migrate(made)).toMatchObject({ moved: 1 });
    const { end } = await itemOf(id);
    expect(end - api.clock.now).toBeGreaterThan(300 * day);
    const at = await control
      .prepare('SELECT effective_at FROM plan_changes WHERE customer_id = ? AND pending = 1')
      .bind(idOf(made))
      .first('effective_at');
    expect(at).toBe(end);
    await stripe.move(api.clock.now + 40 * day);
    await api.tick();
    await refresh(id);
    expect([await versionOf(made), (await itemOf(id)).price]).toEqual(['2026-11', await priceOf('2026-11', 'year')]);
    await toTheEve(id);
    await over(end);
    expect((await invoicesOf(id))[0]).toEqual(['subscription_cycle', 39_000]);
    expect(await versionOf(made)).toBe('next');
  });
});

describe('a customer’s own wish', () => {
  it('that is scheduled already has them skipped, and no longer when it has come, though Stripe keeps its schedule for a day', async () => {
    const { made, id } = await paying('professional');
    await good(await ask('upgrade', made, { new_plan: 'starter' }));
    await control.prepare(`UPDATE subscriptions SET plan = 'starter' WHERE customer_id = ?`).bind(idOf(made)).run();
    expect(await migrate(made)).toMatchObject({ moved: 0, skipped: [{ why: 'has a scheduled change already' }] });
    await over((await itemOf(id)).end);
    expect(await stripe.read(`/subscriptions/${id}`)).toMatchObject({ schedule: expect.any(String) });
    expect(await migrate(made)).toMatchObject({ moved: 1 });
    const soon = 'UPDATE plan_changes SET effective_at = ? WHERE customer_id = ? AND pending = 1';
    await control
      .prepare(soon)
      .bind(api.clock.now + hour, idOf(made))
      .run();
    await api.tick();
    expect((await itemOf(id)).price).toBe(await priceOf('next'));
    expect(await stripe.read(`/subscriptions/${id}`)).toMatchObject({ schedule: null });
  });

  it('that comes after the migration counts', async () => {
    const { made, id } = await paying('starter', { interval: 'year' });
    await migrate(made);
    await good(await ask('upgrade', made, { new_plan: 'starter', interval: 'month' }));
    const end = await toTheEve(id);
    expect((await itemOf(id)).price).toBe(await priceOf('2026-11', 'year'));
    await over(end);
    expect([await versionOf(made), (await itemOf(id)).price]).toEqual(['2026-11', await priceOf('2026-11')]);
  });

  it('to leave before has them skipped; one that comes later is kept, and taken back has the new fee', async () => {
    const [gone, later] = [await paying(), await paying()];
    await good(await ask('cancel', gone.made));
    expect(await migrate(gone.made, later.made)).toMatchObject({
      moved: 1,
      skipped: [{ customer_id: idOf(gone.made), why: 'is cancelled and leaves before that' }],
    });
    await good(await ask('cancel', later.made));
    const end = await toTheEve(later.id);
    expect(await stripe.read(`/subscriptions/${later.id}`)).toMatchObject({ cancel_at_period_end: true });
    await good(await ask('resume', later.made));
    await over(end);
    expect((await invoicesOf(later.id))[0]).toEqual(['subscription_cycle', 3900]);
  });

  it('waits while the price is being set, and the price while a wish is', async () => {
    const { made, id } = await paying();
    await migrate(made);
    const { end } = await itemOf(id);
    const row = `INSERT INTO outbox (id, kind, payload, state, claimed_until, next_at, created_at)
      VALUES (?, ?, json_object('customer_id', ?, 'subscription_id', ?, 'what', 'upgrade', 'price_id', 'price_none'), 'sent', ?, ?, 0)`;
    const busy = (kind: string, until: number) =>
      control.prepare(row).bind(`out_${kind}`, kind, idOf(made), id, until, until).run();
    await busy('stripe_move', api.clock.now + minute);
    expect(await refusalOf(await ask('upgrade', made, { new_plan: 'professional' }))).toEqual([409, 'change_pending']);
    await control.prepare(`DELETE FROM outbox WHERE id = 'out_stripe_move'`).run();
    await busy('stripe_order', end);
    await toTheEve(id);
    expect([await movesOf(made), (await itemOf(id)).price]).toEqual([['sent'], await priceOf('2026-11')]);
    await control.prepare(`DELETE FROM outbox WHERE id = 'out_stripe_order'`).run();
    await stripe.move(api.clock.now + hour);
    await api.tick();
    expect((await itemOf(id)).price).toBe(await priceOf('next'));
  });
});

it('a subscription that is paused gets the price when it goes on', async () => {
  const { made, id } = await paying();
  await migrate(made);
  await stripe.call(`/subscriptions/${id}/pause`, { 'bill_for[unused_time_from][type]': 'none' });
  const changed = await control
    .prepare('SELECT effective_at FROM plan_changes WHERE customer_id = ? AND pending = 1')
    .bind(idOf(made))
    .first<number>('effective_at');
  await stripe.move(Number(changed) - 11 * hour);
  await api.tick();
  expect([await movesOf(made), (await itemOf(id)).price]).toEqual([['sent'], await priceOf('2026-11')]);
  await over(Number(changed) + 2 * hour);
  expect(await movesOf(made)).toEqual(['dropped']);
  await stripe.call(`/subscriptions/${id}/resume`, { 'billing_cycle_anchor[type]': 'unchanged' });
  await refresh(id);
  await api.tick();
  expect((await itemOf(id)).price).toBe(await priceOf('next'));
  expect((await subscriptionOf(made)).plan).toBe('starter');
});

it('one that pays by invoice, and one of an interval that the version is not sold by', async () => {
  const { made, id } = await paying();
  await stripe.call(`/subscriptions/${id}`, { collection_method: 'send_invoice', days_until_due: '14' });
  await migrate(made);
  await over(await toTheEve(id));
  expect((await invoicesOf(id))[0]).toEqual(['subscription_cycle', 3900]);
  const yearly = (await paying('professional', { interval: 'year' })).made;
  const body = { from_version: '2026-11', to_version: 'next', at: 'period_end', customer_ids: [idOf(yearly)] };
  const answer = await api.call('POST', '/api/plans/professional/migrate', { token: rootToken, body });
  expect(await answer.json()).toMatchObject({
    skipped: [{ why: 'pays by the year, which next is not sold by' }],
  });
});
