/** What was agreed with one customer: from when on, for which plan, within which bounds, and what of it changes nothing. */
import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import type { CostAnswer } from '../../../src/contracts/cost.ts';
import type { OverridesAnswer } from '../../../src/contracts/overrides.ts';
import { Decimal, exactDecimal } from '../../../src/lib/decimal.ts';
import { priceMax } from '../../../src/pricing/overrides.ts';
import { makeApi, rootToken } from '../../harness/worker/api.ts';
import { controlOf } from '../usage/harness.ts';
import { metered } from '../usage/story.ts';

const day = 86_400_000;
const hour = 3_600_000;
const signedUpAt = Date.parse('2026-11-20T12:30:00.000Z');
const iso = (at: number) => new Date(at).toISOString();

async function story() {
  const api = makeApi(signedUpAt);
  const who = await metered(api, { activeFrom: '2026-11-20T00:00:00Z' });
  const path = `/api/customers/${who.customerId}/overrides`;
  const put = async (body: unknown, query = '') => {
    const answer = await api.call('PUT', `${path}${query}`, { token: rootToken, body });
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
  };
  const get = async () => (await (await api.call('GET', path, { token: rootToken })).json()) as OverridesAnswer;
  const cost = async () =>
    (await (await api.call('GET', `/api/usage/${who.customerId}/cost`, { token: rootToken })).json()) as CostAnswer;
  const changePlan = (at: number, plan: string, version = '2026-11') =>
    controlOf(env)
      .batch([
        controlOf(env)
          .prepare('INSERT INTO plan_changes (customer_id, effective_at, plan, plan_version) VALUES (?, ?, ?, ?)')
          .bind(who.customerId, at, plan, version),
        controlOf(env)
          .prepare('UPDATE subscriptions SET plan = ?, plan_version = ? WHERE customer_id = ?')
          .bind(plan, version, who.customerId),
      ])
      .then(() => undefined);
  const pay = () =>
    controlOf(env)
      .prepare("UPDATE subscriptions SET status = 'active' WHERE customer_id = ?")
      .bind(who.customerId)
      .run();
  return { api, who, path, put, get, cost, changePlan, pay };
}

const refusal = ({ status, body }: { status: number; body: Record<string, unknown> }) => [status, body['code']];

describe('overrides', () => {
  it('are nothing at first, and then what was agreed, by meter, with its plan and instant', async () => {
    const { api, put, get } = await story();
    const nothing = { allowances: {}, prices: {}, effective_at: null, plan: null, no_effect: [], agreed: [] };
    expect(await get()).toMatchObject(nothing);
    api.clock.now = signedUpAt + 2 * hour;
    const set = await put({
      allowances: { cpu_hours: 0, memory_mib_s: '0.50', network_bytes: null },
      prices: { cpu_core_ms: '0.0750', network_bytes: 0.2 },
    });
    const agreement = {
      allowances: { cpu_core_ms: '0', memory_mib_s: '0.5', network_bytes: null },
      prices: { cpu_core_ms: '0.075', network_sent_bytes: '0.2', network_received_bytes: '0.2' },
      effective_at: iso(api.clock.now),
      until_plan_change: true,
      plan: 'starter',
    };
    expect(set).toMatchObject({ status: 200, body: { success: true, ...agreement, agreed: [agreement], money: null } });
    expect(await get()).toMatchObject(agreement);
  });

  it('count from their instant on, until the next; one of the same instant takes the other’s place', async () => {
    const { api, put, get, cost, pay } = await story();
    await pay();
    const month = signedUpAt + 14 * day;
    api.clock.now = month + 20 * day;
    const fee = async () =>
      (await cost()).lines.filter((l) => l.meter === 'base_fee').map((l) => [l.unit_price, l.amount_cents]);
    expect(await fee()).toEqual([['29', 2900]]);
    await put({ prices: { base_fee: 62 }, effective_at: iso(month) });
    await put({ prices: { base_fee: 31 }, effective_at: iso(month) });
    expect(await fee()).toEqual([['31', 3100]]);
    await put({ prices: { base_fee: 62 }, effective_at: iso(month + 30 * day) });
    expect(await fee()).toEqual([
      ['31', 2998],
      ['62', 204],
    ]);
    expect(await get()).toMatchObject({ prices: { base_fee: '31' }, agreed: [{ prices: { base_fee: '62' } }, {}] });
    await put({});
    expect((await get()).prices).toEqual({});
    expect((await fee()).map(([price]) => price)).toEqual(['31', '29', '62']);
  });

  it('never reach back into a period that has ended, nor before the customer, nor years ahead', async () => {
    const { api, put, pay } = await story();
    await pay();
    const before = await put({ effective_at: iso(signedUpAt - 1) });
    expect(refusal(before)).toEqual([422, 'validation_failed']);
    api.clock.now = signedUpAt + 14 * day;
    const back = await put({ effective_at: iso(signedUpAt + 14 * day - 1) });
    expect(refusal(back)).toEqual([422, 'period_closed']);
    expect(back.body['message']).toContain(iso(signedUpAt + 14 * day));
    expect((await put({ effective_at: iso(signedUpAt + 14 * day) })).status).toBe(200);
    expect(refusal(await put({ effective_at: '2036-01-01T00:00:00Z' }))).toEqual([422, 'validation_failed']);
  });

  it('end with the plan that they were agreed for, unless they are to stay, and say so', async () => {
    const { api, put, get, cost, changePlan, pay } = await story();
    await pay();
    api.clock.now = signedUpAt + 15 * day;
    await put({ prices: { base_fee: 20 } });
    const upgradedAt = api.clock.now + 5 * day;
    await changePlan(upgradedAt, 'professional');
    api.clock.now = upgradedAt + day;
    const prices = async () => (await cost()).lines.filter((l) => l.meter === 'base_fee').map((l) => l.unit_price);
    expect(await prices()).toEqual(['29', '20', '99']);
    expect((await get()).no_effect).toEqual([
      {
        name: 'prices.base_fee',
        since: iso(upgradedAt),
        reason: 'was agreed for the plan starter, and the customer is on professional',
      },
    ]);
    await put({ prices: { base_fee: 20 }, until_plan_change: false });
    expect((await get()).no_effect).toEqual([]);
    expect(await prices()).toEqual(['29', '20', '99', '20']);
  });

  it('say which of them change nothing under the plan, and why', async () => {
    const { put, changePlan, api } = await story();
    api.clock.now = signedUpAt + day;
    const named = ({ body }: { body: Record<string, unknown> }) =>
      (body['no_effect'] as { name: string; reason: string }[]).map(({ name, reason }) => [name, reason]);
    const both = { allowances: { cpu_hours: 5, api_calls: 7 }, prices: { cpu_hours: 1, api_calls: 0.1 } };
    expect(named(await put(both))).toEqual([
      ['allowances.api_calls', 'the price list of Starter bills nothing that draws on it'],
      ['prices.api_calls', 'the price list of Starter does not bill it'],
    ]);
    expect(named(await put({ allowances: { cpu_hours: null }, prices: { cpu_hours: 1 } }))).toEqual([
      ['prices.cpu_core_ms', 'everything of it is included'],
    ]);
    await changePlan(api.clock.now, 'enterprise');
    api.clock.now += hour;
    expect(
      named(await put({ allowances: { cpu_hours: null, memory_gb_hours: 5 }, prices: { http_requests: 1e-7 } })),
    ).toEqual([
      ['allowances.cpu_core_ms', 'Enterprise includes everything of it already'],
      ['prices.ingress_requests', 'everything of it is included'],
    ]);
  });

  it('are tried by a preview, which tells the money and stores nothing', async () => {
    const { api, put, get, pay } = await story();
    await pay();
    api.clock.now = signedUpAt + 15 * day;
    const body = { prices: { base_fee: 39 }, effective_at: iso(signedUpAt + 14 * day) };
    const tried = await put(body, '?preview=true');
    expect(tried.body).toMatchObject({
      prices: { base_fee: '39' },
      money: { period: { start: iso(signedUpAt + 14 * day) }, before_cents: 2900, after_cents: 3900 },
    });
    expect((await get()).agreed).toEqual([]);
    expect((await put(body)).body).toMatchObject({ money: null });
  });

  it('are refused when they are of nothing that is rated, of two minds, or not the customer’s to make', async () => {
    const { api, who, put, get, path } = await story();
    await put({ prices: { base_fee: '20' } });
    const refused = async (body: unknown) => refusal(await put(body));
    expect(await refused({ allowances: { gold: 1 } })).toEqual([422, 'unknown_meter']);
    expect((await put({ allowances: { gold: 1 } })).body['message']).toContain('allowances.gold');
    expect(await refused({ prices: { running_pods: '1' } })).toEqual([422, 'unknown_meter']);
    expect(await refused({ prices: { constructor: '1' } })).toEqual([422, 'unknown_meter']);
    expect(await refused({ allowances: { cpu_hours: 1, cpu_core_ms: 2 } })).toEqual([422, 'validation_failed']);
    expect(await refused({ prices: { network_bytes: 1, network_bytes_sent: '2' } })).toEqual([
      422,
      'validation_failed',
    ]);
    expect(await refused({ until_plan_change: 'yes' })).toEqual([422, 'validation_failed']);
    expect((await api.call('PUT', path, { token: who.accountKey, body: {} })).status).toBe(403);
    expect((await get()).prices).toEqual({ base_fee: '20' });
  });

  it('are refused where a name or a number is not what it seems, and what was agreed stays', async () => {
    const { api, put, get, path } = await story();
    await put({ prices: { base_fee: '20' } });
    for (const raw of [
      '{"prices": {"__proto__": 1}}',
      '{"allowances": {"cpu_hours": 1, "__proto__": {}}}',
      '{"prices": {"__\\u0070roto__": "1"}}',
      '{"prices": {"cpu_hours": 0.30000000000000004}}',
      '{"prices": {"cpu_hours": -0.1}}',
      '{"prices": {"cpu_hours": "-1"}}',
      '{"prices": {"cpu_hours": "1e3"}}',
      '{"prices": {"cpu_hours": " 1"}}',
      '{"prices": {"cpu_hours": "0.0000000000001"}}',
      '{"prices": {"cpu_hours": 1e-13}}',
      '{"prices": {"cpu_hours": 1e999}}',
      '{"prices": {"cpu_hours": 1e15}}',
      '{"prices": {"base_fee": "1000000.01"}}',
      '{"prices": {"http_requests": 1}}',
      '{"prices": {"cpu_hours": null}}',
      '{"prices": []}',
      '{"allowances": {"cpu_hours": "1000000000000000"}}',
    ]) {
      const headers = { 'content-type': 'application/json' };
      const answer = await api.call('PUT', path, { token: rootToken, raw, headers });
      expect(answer.status, raw).toBe(422);
      const { message } = (await answer.json()) as { message: string };
      expect(message, raw).toMatch(/^(prices|allowances)[.:]/);
    }
    expect((await get()).prices).toEqual({ base_fee: '20' });
  });
});

describe('decimals of the wire', () => {
  it('are taken from a number only where it says one exactly', () => {
    expect([0.05, 1e-7, 0, 12, '0.050', '007'].map(exactDecimal)).toEqual([
      '0.05',
      '0.0000001',
      '0',
      '12',
      '0.05',
      '7',
    ]);
    const none = [
      0.1 + 0.2,
      -0.05,
      Number.NaN,
      Number.POSITIVE_INFINITY,
      1e16,
      1e-13,
      123456789012.12346,
      '',
      '1.',
      '.5',
    ];
    expect(none.map(exactDecimal)).toEqual(none.map(() => null));
  });

  it('are prices below which a month at the wire’s bounds stays exact in cents', () => {
    expect(priceMax('base_fee').toNumber()).toBe(1_000_000);
    expect(priceMax('cpu_core_ms').toNumber()).toBe(1_000_000);
    expect(priceMax('network_sent_bytes').toNumber()).toBe(1_000_000);
    expect(priceMax('ingress_requests').toNumber()).toBe(0.12);
    expect(priceMax('device_peak').toNumber()).toBe(90);
    const requests = new Decimal(1e12).times(31 * 24);
    expect(priceMax('ingress_requests').times(requests).times(100).lte(Number.MAX_SAFE_INTEGER)).toBe(true);
  });
});
