/** plans.yaml over the API: listed, checked, published; what is published stays, and a price that moves needs a simulation. */
import { beforeAll, describe, expect, it } from 'vitest';
import type { z } from 'zod';
import type { CheckAnswer, publishAnswer, SimulationAnswer } from '../../../src/contracts/plan-catalogue.ts';
import type { planList } from '../../../src/contracts/plans.ts';
import { ensureCluster, makeApi, rootToken, signUp } from '../../harness/worker/api.ts';
import { shippedPlans } from '../../harness/worker/plans.ts';
import { controlOf } from '../usage/harness.ts';
import { drain, heldQueue, hourReport, metered } from '../usage/story.ts';

const day = 86_400_000;
const begin = Date.parse('2026-11-20T12:00:00.000Z');
const api = makeApi(begin);
const control = controlOf(api.bindings as never);
beforeAll(() => ensureCluster(api));

type Plans = z.infer<typeof planList>['items'];
type Published = z.infer<typeof publishAnswer>;

const post = async <T>(path: string, body: unknown, token = rootToken) => {
  const response = await api.call('POST', path, { token, body });
  return { status: response.status, body: (await response.json()) as T & { code?: string; message?: string } };
};
const publish = (yaml: string, more: object = {}, query = '') =>
  post<Published>(`/api/plans/publish${query}`, { yaml, ...more });
const check = async (yaml: string) => (await post<CheckAnswer>('/api/plans/check', { yaml })).body;
const plans = async (token?: string) =>
  ((await (await api.call('GET', '/api/plans', token === undefined ? {} : { token })).json()) as { items: Plans })
    .items;

let versions = 0;
/** The shipped file as a new version, with a piece of text replaced. */
function nextFile(from: string, to: string): string {
  versions += 1;
  if (!shippedPlans.includes(from)) throw new Error(`plans.yaml has no ${from}`);
  return shippedPlans.replace('version: "2026-11"', `version: next-${versions}`).replace(from, to);
}
const rows = async () => (await control.prepare('SELECT count(*) n FROM plan_versions').first<{ n: number }>())?.n;

/** A simulation of the file over everybody, to its end. */
async function simulate(yaml: string, more: object = {}): Promise<SimulationAnswer> {
  const begun = await post<{ simulation_id: string }>('/api/simulations', { yaml, ...more });
  expect(begun.status, JSON.stringify(begun.body)).toBe(202);
  const read = await api.call('GET', `/api/simulations/${begun.body.simulation_id}`, { token: rootToken });
  return (await read.json()) as SimulationAnswer;
}

describe('GET /api/plans', () => {
  it('shows everybody what is sold, with its prices and what is included', async () => {
    const sold = await plans();
    expect(sold.map(({ plan, state, fee_cents }) => [plan, state, fee_cents])).toEqual([
      ['starter', 'sold', 2900],
      ['professional', 'sold', 9900],
      ['enterprise', 'sold', 29900],
    ]);
    expect(sold[0]).toMatchObject({
      version: '2026-11',
      name: 'Starter',
      order: 1,
      interval: 'month',
      features: { maxDevices: 10, canExecuteJobs: true },
      limits: { maxUsers: 5 },
      allowances: { cpu_core_ms: { per_hour: '1' }, network_bytes: { per_period: '100' } },
      subscribers: null,
      stripe_price_id: null,
    });
    expect(sold[0]?.prices).toMatchObject({
      cpu_core_ms: { kind: 'per_unit', unit: 'core-hour', unit_price: '0.05' },
      ingress_requests: { kind: 'per_unit', unit: 'request', unit_price: '0.0000005' },
    });
    expect(sold[2]?.allowances['cpu_core_ms']).toBe('unlimited');
  });

  it('shows an admin every version, with its subscribers', async () => {
    const before = await plans(rootToken);
    await signUp(api);
    const after = await plans(rootToken);
    expect(before.map(({ state }) => state)).toContain('retired');
    const subscribersOf = (items: Plans) =>
      items.find(({ plan, state }) => plan === 'starter' && state === 'sold')?.subscribers;
    expect(subscribersOf(after)).toBe((subscribersOf(before) ?? 0) + 1);
  });
});

describe('POST /api/plans/check', () => {
  it('says what is wrong, with path and line', async () => {
    const { valid, issues, diff } = await check(shippedPlans.replace('price: 0.05', 'price: 1e15'));
    expect({ valid, diff }).toEqual({ valid: false, diff: [] });
    expect(issues).toEqual([
      { path: 'lists.infrastructure.cpu_core_ms.price', message: expect.any(String) as string, line: 13 },
    ]);
  });

  it('says what would change of what is sold, in words', async () => {
    const yaml = nextFile('price: 0.05 }', 'price: 0.06 }')
      .replace('maxUsers: 5,', 'maxUsers: null,')
      .replace('fee: 29\n', 'fee: 31\n')
      .replace('{ per_hour: 1 }', 'unlimited')
      .replace(/ {2}enterprise:.*/s, '');
    const { valid, issues, diff } = await check(yaml);
    expect({ valid, issues }).toEqual({ valid: true, issues: [] });
    const version = `next-${versions}`;
    expect(diff.filter(({ plan }) => plan === 'starter')).toEqual([
      { plan: 'starter', version, field: 'version', before: '2026-11', after: version },
      { plan: 'starter', version, field: 'fee', before: '$29 a month', after: '$31 a month' },
      { plan: 'starter', version, field: 'limits.maxUsers', before: '5', after: 'unlimited' },
      { plan: 'starter', version, field: 'allowances.cpu_core_ms', before: '1 an hour', after: 'unlimited' },
      {
        plan: 'starter',
        version,
        field: 'prices.cpu_core_ms',
        before: '$0.05 per core-hour',
        after: '$0.06 per core-hour',
      },
    ]);
    expect(diff.at(-1)).toEqual({
      plan: 'enterprise',
      version: '2026-11',
      field: 'state',
      before: 'sold',
      after: 'retired',
    });
    expect((await check(shippedPlans)).diff).toEqual([]);
  });

  it('says that a published version never changes, and that another currency is not billed', async () => {
    expect(await check(shippedPlans.replace('fee: 29\n', 'fee: 30\n'))).toMatchObject({
      valid: false,
      issues: [
        { path: 'plans.starter', message: expect.stringContaining('2026-11 is published and never changes') as string },
      ],
      diff: [{ plan: 'starter', field: 'fee', before: '$29 a month', after: '$30 a month' }],
    });
    expect(await check(shippedPlans.replace('currency: usd', 'currency: eur'))).toMatchObject({
      valid: false,
      issues: [{ path: 'currency', message: 'is eur, but customers are billed in usd' }],
    });
  });
});

describe('POST /api/plans/publish', () => {
  it('does nothing with the file that is published, and nothing at all with one that is wrong', async () => {
    const before = await rows();
    expect(await publish(shippedPlans)).toMatchObject({ status: 200, body: { versions: [] } });
    expect(await publish(shippedPlans.replace('fee: 29\n', 'fee: 30\n'))).toMatchObject({
      status: 409,
      body: { code: 'version_changed' },
    });
    expect(await publish(shippedPlans.replace('currency: usd', 'currency: eur'))).toMatchObject({
      status: 409,
      body: { code: 'currency_mismatch' },
    });
    // The first plan is new and right, the last is wrong: neither is published.
    expect(await publish(nextFile('order: 3', 'order: 2'))).toMatchObject({
      status: 422,
      body: {
        code: 'validation_failed',
        message:
          'the plans cannot be published: plans.enterprise.order: is also the order of professional: what is an upgrade?',
      },
    });
    const huge = await publish(shippedPlans + '#'.repeat(10 * 1024 * 1024));
    expect(huge).toMatchObject({ status: 413, body: { code: 'too_large' } });
    expect(await publish(shippedPlans + '#'.repeat(300 * 1024))).toMatchObject({ status: 422 });
    expect(await rows()).toBe(before);
  });

  it('previews what it would do', async () => {
    const before = await rows();
    const yaml = nextFile('maxUsers: 5,', 'maxUsers: 6,');
    const preview = await publish(yaml, {}, '?preview=true');
    expect(preview).toMatchObject({ status: 200, body: { versions: [{ plan: 'starter' }, {}, {}], simulation: null } });
    expect(await rows()).toBe(before);
    expect((await publish(yaml)).status).toBe(201);
    expect(await rows()).toBe((before ?? 0) + 3);
  });

  it('stores a file of 256 Ki characters, and its comments', async () => {
    const yaml = nextFile('# What is sold', '# Was verkauft wird: „Tarife“').padEnd(256 * 1024, '#');
    expect((await publish(yaml)).status).toBe(201);
    const kept = await control
      .prepare('SELECT text FROM catalogues ORDER BY seq DESC LIMIT 1')
      .first<{ text: string }>();
    expect(kept?.text).toBe(yaml);
  });
});

describe('a file that changes what a plan costs', () => {
  it('is held against what runs while nobody has a full period that has ended', async () => {
    await signUp(api);
    const yaml = nextFile('fee: 29\n', 'fee: 30\n');
    expect(await publish(yaml)).toMatchObject({ status: 409, body: { code: 'simulation_required' } });
    expect(await simulate(yaml)).toMatchObject({ state: 'done', skipped: 0, failed: 0 });
    expect((await publish(yaml)).status).toBe(201);
  });

  it('a price 10,000 times too high is refused without a simulation, and names with one whom it hits most', async () => {
    const held = heldQueue();
    const who = await metered(api, { activeFrom: '2026-11-20T00:00:00Z' });
    const small = await signUp(api);
    await control.prepare(`UPDATE subscriptions SET status = 'active'`).run();
    api.clock.now = begin + 20 * day + 6 * 3_600_000;
    const reports = [hourReport(who.customerId, '2026-12-10T14:00:00Z', { cpu_hours: 820 })];
    await api.call('POST', '/api/usage/batch', {
      token: who.key,
      body: { reports },
      bindings: { USAGE_QUEUE: held.queue },
    });
    await drain(api, held);
    api.clock.now = begin + 60 * day;
    await api.tick();

    // What is sold by now costs $30.
    const yaml = nextFile('price: 0.05 }', 'price: 500 }').replace('fee: 29\n', 'fee: 30\n');
    const refused = await publish(yaml);
    expect(refused).toMatchObject({ status: 409, body: { code: 'simulation_required' } });
    expect(refused.body.message).toContain('starter, professional, enterprise');
    expect((await publish(yaml, {}, '?preview=true')).status).toBe(409);

    // Neither one of other customers nor one of another text is enough.
    await simulate(yaml, { customer_ids: [small.customer.customer_id] });
    await simulate(`${yaml}# the same plans, another text\n`);
    expect(await publish(yaml)).toMatchObject({ status: 409, body: { code: 'simulation_required' } });

    const simulation = await simulate(yaml);
    expect(simulation).toMatchObject({ state: 'done', progress: 100, failed: 0, skipped: 0 });
    expect(simulation.top[0]).toEqual({
      customer_id: who.customerId,
      before_cents: expect.any(Number) as number,
      after_cents: expect.any(Number) as number,
      why: expect.stringMatching(/^CPU \$[\d.]+ → \$[\d,.]+$/) as string,
    });
    const { before_cents, after_cents } = simulation.top[0] ?? { before_cents: 0, after_cents: 0 };
    const overage = before_cents - 3000;
    expect(overage).toBeGreaterThan(0);
    expect(after_cents).toBe(3000 + 10_000 * overage);
    const differences = simulation.top.map((change) => change.after_cents - change.before_cents);
    expect(differences).toEqual([after_cents - before_cents, ...differences.slice(1).map(() => 100)]);
    const total = differences.reduce((sum, difference) => sum + difference, 0);
    expect(simulation.after_cents - simulation.before_cents).toBe(total);

    const published = await publish(yaml, { simulation_id: simulation.simulation_id });
    expect(published).toMatchObject({
      status: 201,
      body: { versions: [{}, {}, {}], simulation: { simulation_id: simulation.simulation_id, top: simulation.top } },
    });
  });

  it('needs a simulation that is no older than a day, and one of its own id', async () => {
    const yaml = nextFile('fee: 99\n', 'fee: 98\n');
    const { simulation_id } = await simulate(yaml);
    api.clock.now += day + 1;
    expect((await publish(yaml)).status).toBe(409);
    const newer = await simulate(yaml);
    expect((await publish(yaml, { simulation_id })).status).toBe(409);
    expect((await publish(yaml, { simulation_id: newer.simulation_id })).status).toBe(201);
  });
});
