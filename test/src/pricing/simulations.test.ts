/** Simulations: past periods under other plans, in slices that survive whatever stops them, for many customers or one. */
import { beforeAll, describe, expect, it } from 'vitest';
import type { z } from 'zod';
import type { SimulationAnswer, simulateAnswer } from '../../../src/contracts/plan-catalogue.ts';
import { ensureCluster, makeApi, rootToken, signUp } from '../../harness/worker/api.ts';
import { shippedPlans } from '../../harness/worker/plans.ts';
import { controlOf } from '../usage/harness.ts';

const day = 86_400_000;
const begin = Date.parse('2026-11-20T12:00:00.000Z');
const api = makeApi(begin);
const control = controlOf(api.bindings as never);
const ids: string[] = [];
const yaml = shippedPlans.replace('version: "2026-11"', 'version: dearer').replace('fee: 29\n', 'fee: 39\n');
beforeAll(async () => {
  await ensureCluster(api);
  for (let n = 0; n < 7; n++) ids.push((await signUp(api)).customer.customer_id);
  await control.prepare(`UPDATE subscriptions SET status = 'active'`).run();
  api.clock.now = begin + 60 * day;
  await api.tick();
});

/** The last period of a customer that has ended. */
async function lastEnded(customerId: string) {
  const row = await control
    .prepare(
      'SELECT start_at, end_at FROM billing_periods WHERE customer_id = ? AND end_at <= ? ORDER BY start_at DESC',
    )
    .bind(customerId, api.clock.now)
    .first<{ start_at: number; end_at: number }>();
  return { start: new Date(row?.start_at ?? 0).toISOString(), end: new Date(row?.end_at ?? 0).toISOString() };
}

const begun = async (body: object, settle = true) => {
  const answer = await api.call('POST', '/api/simulations', { token: rootToken, body, settle });
  expect(answer.status).toBe(202);
  return ((await answer.json()) as { simulation_id: string }).simulation_id;
};
const read = async (id: string) =>
  (await (await api.call('GET', `/api/simulations/${id}`, { token: rootToken })).json()) as SimulationAnswer;
const refused = async (path: string, body: object) => {
  const answer = await api.call('POST', path, { token: rootToken, body });
  const { code, details } = (await answer.json()) as { code: string; details: { issues?: { path: string }[] } };
  return [answer.status, code, ...(details.issues ?? []).map((issue) => issue.path)];
};

describe('a simulation', () => {
  it('rates everybody’s last full period by the file’s plans, of who has none what runs', async () => {
    const late = await signUp(api);
    const answer = await read(await begun({ yaml }));
    expect(answer).toMatchObject({ state: 'done', progress: 100, customers: 8, skipped: 0, failed: 0 });
    expect(answer).toMatchObject({ before_cents: 7 * 2900, after_cents: 7 * 3900 });
    expect(answer.top).toHaveLength(7);
    expect(answer.top[0]).toMatchObject({ before_cents: 2900, after_cents: 3900, why: 'Starter plan $29.00 → $39.00' });
    expect(answer.top.map((change) => change.customer_id)).not.toContain(late.customer.customer_id);
  });

  it('is of some customers, of a period by its start, and of published versions', async () => {
    const some = await read(await begun({ yaml, customer_ids: ids.slice(0, 2) }));
    expect(some).toMatchObject({ state: 'done', customers: 2, before_cents: 5800, after_cents: 7800 });
    const { start } = await lastEnded(ids[0] ?? '');
    expect(await read(await begun({ yaml, period: start, customer_ids: [ids[0]] }))).toMatchObject({
      skipped: 0,
      after_cents: 3900,
    });
    expect(await read(await begun({ yaml, period: '2020-01-01T00:00:00Z' }))).toMatchObject({
      state: 'done',
      after_cents: 0,
    });
    const same = await begun({ plan_versions: [{ plan: 'starter', version: '2026-11' }] });
    expect(await read(same)).toMatchObject({ state: 'done', before_cents: 7 * 2900, after_cents: 7 * 2900, top: [] });
  });

  it('goes on by cron where it was stopped, also when several ticks run at once, and counts nobody twice', async () => {
    const id = await begun({ yaml });
    // As a kill after two customers leaves it.
    const [, second] = (
      await control.prepare('SELECT seq FROM customers ORDER BY seq').all<{ seq: number }>()
    ).results.map(({ seq }) => seq);
    await control
      .prepare(`UPDATE simulations SET state = 'running', finished_at = NULL, reached = ?, looked = 2, skipped = 0,
        incomplete = 0, before_cents = 5800, after_cents = 7800, top = '[]' WHERE id = ?`)
      .bind(second, id)
      .run();
    expect(await read(id)).toMatchObject({ state: 'running', progress: 25 });
    await Promise.all([api.tick(), api.tick(), api.tick()]);
    expect(await read(id)).toMatchObject({
      state: 'done',
      progress: 100,
      before_cents: 7 * 2900,
      after_cents: 7 * 3900,
      top: { length: 5 },
    });
  });

  it('of a customer whose shard is not bound has failed, and says how many, after looking at the others', async () => {
    await control.prepare('UPDATE customers SET usage_shard = 9 WHERE id = ?').bind(ids[3]).run();
    const answer = await read(await begun({ yaml }));
    await control.prepare('UPDATE customers SET usage_shard = 0 WHERE id = ?').bind(ids[3]).run();
    expect(answer).toMatchObject({ state: 'failed', failed: 1, progress: 100, after_cents: 6 * 3900 });
    const line = api.logs.find(({ message }) => message.includes('could not be rated'));
    expect(line?.fields).toMatchObject({ customer_id: ids[3], error: expect.stringContaining('shard 9') as string });
    const published = await refused('/api/plans/publish', { yaml: `${yaml}# this text has only failed\n` });
    expect(published.slice(0, 2)).toEqual([409, 'simulation_required']);
  });

  it('is refused where publishing would be, and without an answer to what is asked', async () => {
    expect(await refused('/api/simulations', { yaml: 'plans: {}' })).toContain('validation_failed');
    expect(await refused('/api/simulations', { yaml: shippedPlans.replace('fee: 29', 'fee: 1') })).toEqual([
      409,
      'version_changed',
      'plans.starter',
    ]);
    expect(await refused('/api/simulations', {})).toEqual([422, 'validation_failed', 'yaml']);
    expect(await refused('/api/simulations', { yaml, plan_versions: [{ plan: 'a', version: 'b' }] })).toContain('yaml');
    const unknown = [
      { plan: 'starter', version: 'none' },
      { plan: 'starter', version: '2026-11' },
    ];
    expect(await refused('/api/simulations', { plan_versions: unknown })).toEqual([
      422,
      'validation_failed',
      'plan_versions.0',
      'plan_versions.1',
    ]);
    expect(await refused('/api/simulations', { yaml, customer_ids: [ids[0], `cust_${'0'.repeat(32)}`] })).toEqual([
      404,
      'not_found',
    ]);
    expect(await refused('/api/simulations', { yaml, period: 'yesterday' })).toEqual([
      422,
      'validation_failed',
      'period',
    ]);
  });
});

describe('POST /api/usage/:customerId/simulate', () => {
  it('answers for one customer at once, meter by meter', async () => {
    const answer = await api.call('POST', `/api/usage/${ids[0]}/simulate`, { token: rootToken, body: { yaml } });
    expect((await answer.json()) as z.infer<typeof simulateAnswer>).toEqual({
      success: true,
      customer_id: ids[0],
      period: await lastEnded(ids[0] ?? ''),
      complete: true,
      before_cents: 2900,
      after_cents: 3900,
      why: 'Starter plan $29.00 → $39.00',
      changes: [{ meter: 'base_fee', description: 'Starter plan', before_cents: 2900, after_cents: 3900 }],
    });
  });

  it('says that the customer has no such period', async () => {
    const body = { yaml, period: '2020-01-01T00:00:00Z' };
    expect(await refused(`/api/usage/${ids[0]}/simulate`, body)).toEqual([404, 'not_found']);
  });
});
