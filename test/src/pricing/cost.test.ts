import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import type { CostAnswer } from '../../../src/contracts/cost.ts';
import { makeApi, rootToken } from '../../harness/worker/api.ts';
import { controlOf } from '../usage/harness.ts';
import { drain, heldQueue, hourReport, metered } from '../usage/story.ts';

const signedUpAt = Date.parse('2026-11-20T12:30:00.000Z');

async function story() {
  const api = makeApi(signedUpAt);
  const held = heldQueue();
  const who = await metered(api, { activeFrom: '2026-11-20T00:00:00Z' });
  const send = async (reports: object[]) => {
    const body = { reports };
    await api.call('POST', '/api/usage/batch', { token: who.key, body, bindings: { USAGE_QUEUE: held.queue } });
    await drain(api, held);
  };
  const cost = async () =>
    (await (
      await api.call('GET', `/api/usage/${who.customerId}/cost`, { token: who.accountKey })
    ).json()) as CostAnswer;
  const overrides = (body: unknown, token = rootToken) =>
    api.call('PUT', `/api/customers/${who.customerId}/overrides`, { token, body });
  return { api, who, send, cost, overrides };
}

const lineOf = (cost: CostAnswer, meter: string) => cost.lines.find((l) => l.meter === meter);

describe('cost', () => {
  it('of a new trial is its plan, shown and not invoiced', async () => {
    const { who, cost } = await story();
    expect(await cost()).toMatchObject({
      customer_id: who.customerId,
      period: { start: '2026-11-20T12:30:00.000Z', end: '2026-12-20T12:30:00.000Z' },
      plan: 'starter',
      status: 'trialing',
      currency: 'usd',
      complete: true,
      invoiceable: false,
      total_cents: 0,
      tax_included: false,
    });
  });

  it('of a trial that was canceled is never invoiced either', async () => {
    const { api, who } = await story();
    api.clock.now = signedUpAt + 86_400_000;
    const gone = await api.call('POST', `/api/customers/${who.customerId}/deactivate`, { token: rootToken, body: {} });
    expect(gone.status).toBe(200);
    const invoiceable = async () => {
      const answer = await api.call('GET', `/api/usage/${who.customerId}/cost`, { token: rootToken });
      const { status, invoiceable } = (await answer.json()) as CostAnswer;
      return [status, invoiceable];
    };
    expect(await invoiceable()).toEqual(['canceled', false]);
    api.clock.now = signedUpAt + 20 * 86_400_000;
    await api.call('POST', `/api/customers/${who.customerId}/reactivate`, { token: rootToken, body: {} });
    expect(await invoiceable()).toEqual(['active', true]);
    await api.call('POST', `/api/customers/${who.customerId}/deactivate`, { token: rootToken, body: {} });
    expect(await invoiceable()).toEqual(['canceled', true]);
  });

  it('counts a window in the period that its end falls into, and none from before the customer', async () => {
    const { api, who, send, cost } = await story();
    api.clock.now = signedUpAt + 6 * 3_600_000;
    await send([
      hourReport(who.customerId, '2026-11-20T12:00:00Z', { cpu_hours: 1000 }),
      hourReport(who.customerId, '2026-11-20T13:00:00Z', { cpu_hours: 800 }),
    ]);
    const answer = await cost();
    // Starter includes one core for each of the period's 720 hours.
    expect(lineOf(answer, 'cpu_core_ms')).toMatchObject({
      quantity: '800',
      included: '720',
      billable: '80',
      amount_cents: 400,
    });
    // A trial has no fee.
    expect(answer.total_cents).toBe(400);
    expect(answer.complete).toBe(false);
  });

  it('bills every unit once the allowances are nothing, at prices of the customer’s own', async () => {
    const { api, who, send, cost, overrides } = await story();
    api.clock.now = signedUpAt + 3_600_000;
    await send([
      hourReport(who.customerId, '2026-11-20T13:00:00Z', {
        cpu_hours: 2,
        memory_gb_hours: 3,
        network_bytes_sent: 2 ** 30,
        network_bytes_received: 2 ** 31,
        http_requests: 5_000_000,
      }),
    ]);
    const set = await overrides({
      allowances: { cpu_hours: 0, memory_mib_s: '0', storage_mib_s: 0, network_bytes: 0, http_requests: 0 },
      prices: { cpu_core_ms: '0.075', network_bytes: 0.2 },
    });
    expect(await set.json()).toEqual({
      success: true,
      allowances: {
        cpu_core_ms: '0',
        memory_mib_s: '0',
        storage_mib_s: '0',
        network_bytes: '0',
        ingress_requests: '0',
      },
      prices: { cpu_core_ms: '0.075', network_sent_bytes: '0.2', network_received_bytes: '0.2' },
    });
    const answer = await cost();
    expect(answer.lines.map((l) => [l.meter, l.quantity, l.billable, l.amount_cents])).toEqual([
      ['base_fee', '1', '0', 0],
      ['cpu_core_ms', '2', '2', 15],
      ['memory_mib_s', '3', '3', 3],
      ['storage_mib_s', '0', '0', 0],
      ['network_sent_bytes', '1', '1', 20],
      ['network_received_bytes', '2', '2', 40],
      ['ingress_requests', '5000000', '5000000', 250],
    ]);
    expect(answer.total_cents).toBe(15 + 3 + 20 + 40 + 250);
  });

  it('cuts the period where the plan changed, at the hour edge', async () => {
    const { api, who, cost } = await story();
    const half = signedUpAt + 15 * 86_400_000 + 17 * 60_000;
    const change = controlOf(env).prepare('INSERT INTO plan_changes VALUES (?, ?, ?, ?)');
    await change.bind(who.customerId, half, 'professional', '2026-11').run();
    await controlOf(env)
      .prepare("UPDATE subscriptions SET status = 'active' WHERE customer_id = ?")
      .bind(who.customerId)
      .run();
    api.clock.now = half + 3_600_000;
    const fees = (await cost()).lines.filter((l) => l.meter === 'base_fee');
    expect(fees.map((l) => [l.description, l.reason])).toEqual([
      ['Starter plan', 'from 2026-11-20 12:30 to 2026-12-05 12:00 UTC, 14 days 23 h 30 min of 30 days'],
      ['Professional plan', 'from 2026-12-05 12:00 to 2026-12-20 12:30 UTC, 15 days 30 min of 30 days'],
    ]);
    expect(fees.map((l) => l.amount_cents)).toEqual([1448, 4957]);
  });

  it('rates the application list: devices by their highest hour over all instances, database size over time', async () => {
    const { api, who, send, cost } = await story();
    const sold = controlOf(env).prepare('UPDATE plan_changes SET plan_version = ? WHERE customer_id = ?');
    await sold.bind('2026-11-application', who.customerId).run();
    api.clock.now = signedUpAt + 4 * 3_600_000;
    const at = (end: string, fields: object) => hourReport(who.customerId, end, { ...fields });
    await send([
      at('2026-11-20T13:00:00Z', { active_devices: 8, cpu_hours: 5 }),
      at('2026-11-20T14:00:00Z', {
        active_devices: 13,
        mqtt_bytes_sent: 6 * 2 ** 30,
        mqtt_bytes_received: 9 * 2 ** 30,
      }),
      at('2026-11-20T15:00:00Z', { active_devices: 5, http_bytes_sent: 5 * 2 ** 30, postgres_size_mb: 1024 * 14_400 }),
    ]);
    const rated = (await cost()).lines.map((l) => [l.meter, l.quantity, l.billable, l.amount_cents]);
    expect(rated).toEqual([
      ['base_fee', '1', '0', 0],
      ['api_calls', '0', '0', 0],
      ['mqtt_bytes', '15', '7.5', 75],
      ['http_bytes', '5', '2.5', 38],
      ['postgres_mib_s', '20', '10', 200],
      ['device_peak', '13', '3', 600],
      ['device_hours', '26', '26', 0],
    ]);
  });

  it('refuses an override of what is not rated, of two minds, negative, or by the customer itself', async () => {
    const { who, overrides } = await story();
    const refused = async (body: unknown) => {
      const answer = await overrides(body);
      return [answer.status, ((await answer.json()) as { code: string }).code];
    };
    expect(await refused({ allowances: { gold: 1 } })).toEqual([422, 'unknown_meter']);
    expect(await refused({ prices: { running_pods: '1' } })).toEqual([422, 'unknown_meter']);
    expect(await refused({ allowances: { cpu_hours: 1, cpu_core_ms: 2 } })).toEqual([422, 'validation_failed']);
    expect(await refused({ allowances: { cpu_hours: -1 } })).toEqual([422, 'validation_failed']);
    expect((await overrides({}, who.accountKey)).status).toBe(403);
  });
});
