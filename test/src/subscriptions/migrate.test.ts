/** Subscribers of a plan version moved to another one: scheduled at the end of the running period, carried out by cron. */
import { beforeAll, describe, expect, it } from 'vitest';
import type { CostAnswer } from '../../../src/contracts/cost.ts';
import type { LicenceClaims } from '../../../src/contracts/licences.ts';
import type { MigrateAnswer } from '../../../src/contracts/plan-catalogue.ts';
import { ensureCluster, makeApi, rootToken, signUp } from '../../harness/worker/api.ts';
import { publishPlans, shippedPlans } from '../../harness/worker/plans.ts';
import { controlOf } from '../usage/harness.ts';

const day = 86_400_000;
const begin = Date.parse('2026-11-20T12:00:00.000Z');
const api = makeApi(begin);
const control = controlOf(api.bindings as never);
beforeAll(async () => {
  await ensureCluster(api);
  const next = shippedPlans
    .replace('version: "2026-11"', 'version: next')
    .replace('fee: 29\n', 'fee: 39\n')
    .replace('maxUsers: 5,', 'maxUsers: 7,')
    .replace('claimMax: 20Gi', 'claimMax: 30Gi');
  await publishPlans(next, begin);
  // What is sold does not matter to whom is moved; the others sign up for the version that they are moved from.
  await control.prepare(`UPDATE plan_versions SET state = 'sold' WHERE version = '2026-11'`).run();
  await control.prepare(`UPDATE plan_versions SET state = 'draft' WHERE version = 'next'`).run();
});

const migrate = async (body: object, query = '', plan = 'starter') => {
  const sent = { from_version: '2026-11', to_version: 'next', at: 'period_end', ...body };
  const answer = await api.call('POST', `/api/plans/${plan}/migrate${query}`, { token: rootToken, body: sent });
  return { status: answer.status, body: (await answer.json()) as MigrateAnswer & { code?: string } };
};
const stateOf = async (customerId: string) => {
  const subscription = await control
    .prepare('SELECT plan_version v FROM subscriptions WHERE customer_id = ?')
    .bind(customerId)
    .first<{ v: string }>();
  const changes = await control
    .prepare(
      'SELECT effective_at at, plan_version v, pending FROM plan_changes WHERE customer_id = ? ORDER BY effective_at',
    )
    .bind(customerId)
    .all<{ at: number; v: string; pending: number }>();
  const deployment = await control
    .prepare('SELECT spec_generation g, plan FROM deployments WHERE customer_id = ?')
    .bind(customerId)
    .first<{ g: number }>();
  return { version: subscription?.v, changes: changes.results.map((c) => [c.v, c.pending]), generation: deployment?.g };
};
const costOf = async (customerId: string, query = '') =>
  (await (await api.call('GET', `/api/usage/${customerId}/cost${query}`, { token: rootToken })).json()) as CostAnswer;
const licenceOf = async (customerId: string) =>
  (
    (await (await api.call('GET', `/api/licenses/${customerId}`, { token: rootToken })).json()) as {
      decoded: LicenceClaims;
    }
  ).decoded;

/** A customer who pays, on the version that is sold. */
async function subscriber(): Promise<string> {
  const { customer_id: id } = (await signUp(api)).customer;
  await control.prepare(`UPDATE subscriptions SET status = 'active' WHERE customer_id = ?`).bind(id).run();
  return id;
}

describe('a migration', () => {
  it('changes nothing until the period ends; then subscription, bill, licence and stack are on the new version', async () => {
    api.clock.now = begin;
    const id = await subscriber();
    const before = { licence: await licenceOf(id), cost: await costOf(id) };
    expect(await migrate({ customer_ids: [id] }, '?preview=true')).toMatchObject({ status: 200, body: { moved: 1 } });
    expect((await stateOf(id)).changes).toHaveLength(1);
    const moved = { status: 202, body: { success: true, moved: 1, skipped: [] } };
    expect(await migrate({ customer_ids: [id] })).toEqual(moved);
    await api.tick();
    const scheduled = [
      ['2026-11', 0],
      ['next', 1],
    ];
    expect(await stateOf(id)).toEqual({ version: '2026-11', changes: scheduled, generation: 1 });
    expect(await costOf(id)).toEqual(before.cost);

    const { end } = before.cost.period;
    api.clock.now = Date.parse(end) + 60_000;
    await Promise.all([api.tick(), api.tick()]);
    const effective = scheduled.map(([version]) => [version, 0]);
    expect(await stateOf(id)).toEqual({ version: 'next', changes: effective, generation: 2 });
    const cost = await costOf(id);
    expect(cost).toMatchObject({ period: { start: end }, total_cents: 3900 });
    expect(cost.lines.filter(({ meter }) => meter === 'base_fee')).toHaveLength(1);
    const licence = await licenceOf(id);
    expect(licence.jti).not.toBe(before.licence.jti);
    expect(licence.limits['maxUsers']).toBe(7);
    expect(licence.subscription.currentPeriodEndsAt).toBe(cost.period.end);
    const audited = await control
      .prepare(`SELECT details FROM audit_log WHERE subject = ? AND action = 'plan.changed'`)
      .bind(id)
      .all<{ details: string }>();
    expect(audited.results.map(({ details }) => details)).toEqual([expect.stringContaining('starter/next')]);
    const doorbell = await control
      .prepare(`SELECT verb, generation FROM jobs WHERE customer_id = ? AND generation = 2`)
      .bind(id)
      .first();
    expect(doorbell).toMatchObject({ generation: 2 });
  });

  it('skips who cannot be moved, and says why', async () => {
    api.clock.now = begin;
    const made = await Promise.all(Array.from({ length: 4 }, () => subscriber()));
    const [plain = '', moved = '', gone = '', between = ''] = made;
    await migrate({ customer_ids: [moved] });
    await api.call('POST', `/api/customers/${gone}/deactivate`, { token: rootToken, body: {} });
    const nobody = `cust_${'0'.repeat(32)}`;
    const { body } = await migrate({ customer_ids: [plain, moved, gone, nobody, plain] });
    expect(body.moved).toBe(1);
    expect(Object.fromEntries(body.skipped.map(({ customer_id, why }) => [customer_id, why]))).toEqual({
      [nobody]: 'is no customer of ours',
      [moved]: 'has a scheduled change already',
      [gone]: 'has left',
    });
    api.clock.now = begin + 31 * day;
    const late = await migrate({ customer_ids: [between] });
    expect(late.body.skipped[0]?.why).toBe('is between two periods: try again in a minute');
    await api.tick();
    expect((await migrate({ customer_ids: [plain] })).body.skipped).toEqual([
      { customer_id: plain, why: 'is on starter next' },
    ]);
    expect((await migrate({ customer_ids: [between] })).body.moved).toBe(1);
  });

  it('of all moves every subscriber of the version, and nobody else', async () => {
    api.clock.now = begin + 60 * day;
    await api.tick();
    const made = await Promise.all(Array.from({ length: 3 }, () => signUp(api)));
    const other = (await signUp(api, { plan: 'professional' })).customer.customer_id;
    const { body } = await migrate({ all: true });
    expect(body.moved).toBeGreaterThanOrEqual(3);
    for (const { customer } of made) {
      expect((await stateOf(customer.customer_id)).changes).toEqual([
        ['2026-11', 0],
        ['next', 1],
      ]);
    }
    expect((await stateOf(other)).changes).toEqual([['2026-11', 0]]);
    expect((await migrate({ all: true })).body).toMatchObject({ moved: 0 });
  });

  it('of a customer who leaves before it takes effect brings no licence and no stack', async () => {
    api.clock.now = begin + 61 * day;
    const { customer_id: id } = (await signUp(api)).customer;
    await migrate({ customer_ids: [id] });
    await api.call('POST', `/api/customers/${id}/deactivate`, { token: rootToken, body: {} });
    const before = await stateOf(id);
    api.clock.now = begin + 93 * day;
    await api.tick();
    expect(await stateOf(id)).toMatchObject({ version: 'next', generation: before.generation });
    const licences = await control
      .prepare('SELECT count(*) n FROM licences WHERE customer_id = ? AND revoked_at IS NULL')
      .bind(id)
      .first<{ n: number }>();
    expect(licences?.n).toBe(0);
  });

  it('names what there is not', async () => {
    expect(await migrate({ all: true }, '', 'gold')).toMatchObject({ status: 404 });
    expect(await migrate({ all: true, to_version: 'none' })).toMatchObject({ status: 422 });
    expect(await migrate({ all: true, from_version: 'none' })).toMatchObject({ status: 422 });
    expect(await migrate({ all: true, to_version: '2026-11' })).toMatchObject({ status: 422 });
    expect(await migrate({})).toMatchObject({ status: 422 });
    expect(await migrate({ all: true, customer_ids: [`cust_${'0'.repeat(32)}`] })).toMatchObject({ status: 422 });
  });
});
