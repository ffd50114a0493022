/** Our rows beside Stripe: what differs is found, whatever it is, and what does not is not; and it can be mended or let be. */
import { env } from 'cloudflare:workers';
import { beforeAll, describe, expect, it } from 'vitest';
import { seeded } from '../../../bench/support/random.ts';
import type { DriftView } from '../../../src/contracts/drift.ts';
import { fixDrift } from '../../../src/workflows/watching/fix-drift.ts';
import { beginDrift, continueDrift } from '../../../src/workflows/watching/run-drift.ts';
import { ensureCluster, makeApi, rootToken, signUp } from '../../harness/worker/api.ts';
import { done } from '../../harness/worker/context.ts';
import { publishPlans, shippedPlans } from '../../harness/worker/plans.ts';
import { bindPrices, day, priceOf } from '../../harness/worker/stripe-subscription.ts';
import { controlOf } from '../usage/harness.ts';
import { contextIn, faults, pagedStripe, paying, type World } from './harness.ts';

/** `npm run figures -- drift` takes many. */
const { TEST_DRIFT_SEEDS: seeds = 1, TEST_DRIFT_FIRST: first = 1 } = env as unknown as Record<
  string,
  number | undefined
>;
const begin = Date.parse('2026-11-20T12:00:00.000Z');
const api = makeApi(begin);
const control = controlOf(api.bindings as never);
const world: World = { api, control, shop: pagedStripe() };
const people: string[] = [];

beforeAll(async () => {
  await ensureCluster(api);
  await signUp(api);
  await control.prepare("UPDATE outbox SET state = 'dropped'").run();
  await bindPrices(control);
  await control.prepare("DELETE FROM stripe_prices WHERE interval = 'year'").run();
  await control.prepare("UPDATE subscriptions SET status = 'canceled'").run();
});

/** A whole comparison, an hour from the last thing that has changed. */
async function compare(): Promise<DriftView[]> {
  api.clock.now += 3_600_000;
  const begun = await done(contextIn(world), beginDrift);
  expect(begun.ok).toBe(true);
  for (let tick = 0; tick < 30 && (await continueDrift(contextIn(world))) !== null; tick++) api.clock.now += 60_000;
  return await open();
}
async function open(): Promise<DriftView[]> {
  const answer = await api.call('GET', '/api/drift?limit=100', { token: rootToken });
  return (await answer.json<{ items: DriftView[] }>()).items;
}
const named = ({ kind, object_id }: DriftView) => `${kind} ${object_id}`;

describe('of two comparisons that ended at one instant', () => {
  it('the one that began later is the last, whichever was stored first', async () => {
    const at = begin + day;
    const stored = (id: string, startedAt: number) =>
      control
        .prepare("INSERT INTO drift_runs (id, started_at, started_by, finished_at) VALUES (?, ?, 'test', ?)")
        .bind(id, startedAt, at);
    await control.batch([stored('drun_later', at - 1), stored('drun_nightly', at - 60_000)]);
    const answer = await api.call('GET', '/api/drift', { token: rootToken });
    expect((await answer.json<{ last_run: { run_id: string } }>()).last_run.run_id).toBe('drun_later');
    await control.prepare('DELETE FROM drift_runs').run();
    await control.batch([stored('drun_nightly', at - 60_000), stored('drun_later', at - 1)]);
    const again = await api.call('GET', '/api/drift', { token: rootToken });
    expect((await again.json<{ last_run: { run_id: string } }>()).last_run.run_id).toBe('drun_later');
    await control.prepare('DELETE FROM drift_runs').run();
  });
});

describe('a comparison with Stripe', () => {
  /** Puts Stripe and our rows back to where they were. */
  async function kept(): Promise<() => Promise<void>> {
    const { customers, subscriptions } = world.shop;
    const there = { customers: [...customers], subscriptions: [...subscriptions] };
    const [rows, ids] = await control.batch<Record<string, unknown>>([
      control.prepare('SELECT * FROM subscriptions'),
      control.prepare('SELECT id, stripe_customer_id FROM customers'),
    ]);
    return async () => {
      customers.clear();
      subscriptions.clear();
      for (const [id, one] of there.customers) customers.set(id, one);
      for (const [id, one] of there.subscriptions) subscriptions.set(id, one);
      await control.batch([
        ...(rows?.results ?? []).map((row) =>
          control
            .prepare('UPDATE subscriptions SET status = ?, suspended_for = ?, cancel_at = ? WHERE customer_id = ?')
            .bind(row['status'], row['suspended_for'], row['cancel_at'], row['customer_id']),
        ),
        ...(ids?.results ?? []).map((row) =>
          control
            .prepare('UPDATE customers SET stripe_customer_id = ? WHERE id = ?')
            .bind(row['stripe_customer_id'], row['id']),
        ),
      ]);
    };
  }

  it.each(Array.from({ length: seeds }, (_, n) => first + n))(
    'finds 50 faults of every kind and nothing else, twice the same ones, and none after they are gone (seed %i)',
    { timeout: 300_000 },
    async (seed) => {
      const { shuffled } = seeded(seed);
      while (people.length < 60) people.push(await paying(world));
      const before = await compare();
      expect(before).toEqual([]);
      const putBack = await kept();
      const kinds = shuffled(Object.values(faults));
      const expected: string[] = [];
      for (const [n, person] of shuffled(people).slice(0, 50).entries()) {
        const fault = kinds[n % kinds.length];
        const { kind, object } = (await fault?.(world, person)) ?? { kind: '', object: '' };
        expected.push(`${kind} ${object}`);
      }
      const found = await compare();
      expect(found.map(named).sort()).toEqual(expected.sort());
      const once = found.map(({ drift_id, since }) => `${drift_id} ${since}`).sort();
      expect((await compare()).map(({ drift_id, since }) => `${drift_id} ${since}`).sort()).toEqual(once);
      await putBack();
      const after = await compare();
      expect(after).toEqual([]);
      const falseAlarms = before.length + after.length;
      console.log(
        JSON.stringify({ seed, kinds: kinds.length, faults: 50, found: found.length, false_alarms: falseAlarms }),
      );
    },
  );

  it('says nothing of what is on its way: an event that waits, an intent that is not confirmed', async () => {
    const [first, second] = [await paying(world), await paying(world)];
    for (const id of [first, second]) await faults['a payment that we did not hear of']?.(world, id);
    api.clock.now += 3_600_000;
    await control
      .prepare(
        `INSERT INTO stripe_events (id, type, customer_id, state, payload, occurred_at, received_at, next_at)
         VALUES ('evt_1', 'invoice.payment_failed', ?, 'received', '{}', 0, 0, 0)`,
      )
      .bind(first)
      .run();
    expect((await compare()).map(({ customer_id }) => customer_id)).toEqual([second]);
    await control.prepare("UPDATE stripe_events SET state = 'ignored'").run();
    expect((await compare()).map(({ customer_id }) => customer_id).sort()).toEqual([first, second].sort());
  });

  it('finds a price that costs something else, is off, or is gone', async () => {
    const { prices } = world.shop;
    const price = prices.get(priceOf('starter'));
    if (!price) throw new Error('no price');
    prices.set(price.id, { ...price, amountCents: 2901 });
    expect((await compare()).find(({ kind }) => kind === 'amount')).toMatchObject({
      object_id: price.id,
      expected: '2900 usd for starter/2026-11 by the month',
      found: '2901 usd',
      fix: null,
    });
    prices.set(price.id, { ...price, active: false });
    expect((await compare()).filter(({ object_id }) => object_id === price.id)).toMatchObject([{ kind: 'price' }]);
    prices.delete(price.id);
    expect((await compare()).find(({ object_id }) => object_id === price.id)).toMatchObject({ side: 'tenantry' });
    prices.set(price.id, price);
  });
});

describe('a difference', () => {
  it('is mended by what Stripe says, after a preview that changes nothing', async () => {
    const id = await paying(world);
    await faults['a renewal that we did not hear of']?.(world, id);
    const found = (await compare()).find(({ customer_id }) => customer_id === id);
    expect(found?.fix).toBe('apply what Stripe says to our rows');
    const driftId = found?.drift_id ?? '';
    const decision = { id: driftId, reason: 'a webhook was lost' };
    const before = await control
      .prepare('SELECT count(*) n FROM billing_periods WHERE customer_id = ?')
      .bind(id)
      .first();
    expect((await done(contextIn(world), (c) => fixDrift(c, { ...decision, isPreview: true }))).ok).toBe(true);
    await control.prepare("UPDATE drift_findings SET state = 'open' WHERE id = ?").bind(driftId).run();
    expect(
      await control.prepare('SELECT count(*) n FROM billing_periods WHERE customer_id = ?').bind(id).first(),
    ).toEqual(before);
    expect((await done(contextIn(world), (c) => fixDrift(c, { ...decision, isPreview: false }))).ok).toBe(true);
    const { results } = await control
      .prepare('SELECT start_at FROM billing_periods WHERE customer_id = ? ORDER BY start_at DESC')
      .bind(id)
      .all<{ start_at: number }>();
    expect(results[0]?.start_at).toBe(world.shop.subscriptions.get(`sub_${id}`)?.item?.start);
    expect((await compare()).filter(({ customer_id }) => customer_id === id)).toEqual([]);
    const again = await done(contextIn(world), (c) => fixDrift(c, { ...decision, isPreview: false }));
    expect(again).toMatchObject({ ok: false, error: { code: 'drift_closed' } });
  });

  it('that a person lets be is not said again, until it is another one', async () => {
    const id = await paying(world);
    const sub = world.shop.subscriptions.get(`sub_${id}`);
    if (!sub?.item) throw new Error('no subscription');
    world.shop.put({ ...sub, cancelAt: sub.item.end });
    const found = (await compare()).find(({ customer_id }) => customer_id === id);
    const path = `/api/drift/${found?.drift_id}/ignore`;
    const body = { reason: 'agreed by mail' };
    expect((await api.call('POST', path, { token: rootToken, body })).status).toBe(200);
    expect((await api.call('POST', path, { token: rootToken, body })).status).toBe(409);
    expect((await compare()).filter(({ customer_id }) => customer_id === id)).toEqual([]);
    world.shop.put({ ...sub, cancelAt: sub.item.end + 30 * day });
    expect((await compare()).filter(({ customer_id }) => customer_id === id)).toHaveLength(1);
  });

  it('that only a person can mend has no fix', async () => {
    const id = await paying(world);
    await faults['a second subscription of a customer']?.(world, id);
    const found = (await compare()).find(({ customer_id }) => customer_id === id);
    const decision = { id: found?.drift_id ?? '', reason: 'r', isPreview: false };
    expect(await done(contextIn(world), (c) => fixDrift(c, decision))).toMatchObject({
      ok: false,
      error: { code: 'drift_not_fixable' },
    });
    const withoutKey = await api.call('POST', '/api/drift/run', { token: rootToken, body: {} });
    expect((await withoutKey.json<{ code?: string }>()).code).toBe('stripe_unavailable');
  });
});

describe('a subscriber who was moved to another version', () => {
  it('differs where that costs something else, and not where it costs the same', async () => {
    const customerId = await paying(world);
    const moveTo = async (version: string, fee: string): Promise<string[]> => {
      await publishPlans(
        shippedPlans.replace('version: "2026-11"', `version: ${version}`).replace('fee: 99\n', `fee: ${fee}\n`),
      );
      await control.batch([
        control
          .prepare("INSERT INTO stripe_prices VALUES ('professional', ?, 'month', ?, 'prod_professional', 'made', 0)")
          .bind(version, `price_${version}`),
        control.prepare('UPDATE subscriptions SET plan_version = ? WHERE customer_id = ?').bind(version, customerId),
      ]);
      return (await compare())
        .filter(({ kind, customer_id }) => kind === 'item' && customer_id === customerId)
        .map(named);
    };
    expect(await moveTo('same', '99.00')).toEqual([]);
    expect(await moveTo('dearer', '109')).toEqual([`item sub_${customerId}`]);
  });
});
