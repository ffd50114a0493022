/** Where the running period ends: what is foretold, from what, and for whom nothing is. */
import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import type { CostAnswer, ForecastAnswer } from '../../../src/contracts/cost.ts';
import { makeApi, rootToken } from '../../harness/worker/api.ts';
import { controlOf } from '../usage/harness.ts';
import { drain, heldQueue, hourReport, metered } from '../usage/story.ts';

const day = 86_400_000;
const hour = 3_600_000;
const signedUpAt = Date.parse('2026-11-20T00:00:00.000Z');
const iso = (at: number) => new Date(at).toISOString();

async function story() {
  const api = makeApi(signedUpAt);
  const held = heldQueue();
  const who = await metered(api, { activeFrom: iso(signedUpAt) });
  /** Hours of (from, to], each with what `fieldsOf` says of its end. */
  const use = async (from: number, to: number, fieldsOf: (end: number) => object) => {
    const ends = Array.from({ length: (to - from) / hour }, (_, i) => from + (i + 1) * hour);
    const reports = ends.map((end) => hourReport(who.customerId, iso(end), { ...fieldsOf(end) }));
    const bindings = { USAGE_QUEUE: held.queue };
    await api.call('POST', '/api/usage/batch', { token: who.key, body: { reports }, bindings });
    await drain(api, held);
  };
  const read = async <T>(path: string) =>
    (await (await api.call('GET', `/api/usage/${who.customerId}/${path}`, { token: rootToken })).json()) as T;
  const set = (sql: string) => controlOf(env).prepare(`${sql} WHERE customer_id = '${who.customerId}'`).run();
  return {
    api,
    who,
    use,
    set,
    forecast: () => read<ForecastAnswer>('forecast'),
    cost: () => read<CostAnswer>('cost'),
  };
}

const amountOf = (answer: CostAnswer, meter: string) => answer.lines.find((l) => l.meter === meter)?.quantity;

describe('a forecast', () => {
  it('goes on as the days before, from the last report to the period’s end, and rates that', async () => {
    const { api, use, forecast, cost } = await story();
    const reported = signedUpAt + 4 * day + 6 * hour;
    api.clock.now = reported + 20 * 60_000;
    await use(signedUpAt, reported, () => ({ cpu_hours: 2, storage_used_gb: 12 }));
    const foretold = await forecast();
    expect(foretold).toMatchObject({
      method: 'daily',
      history_days: 4,
      kind: 'trial',
      invoiceable: false,
      complete: true,
    });
    // 14 days of 2 cores, 336 of 672 core-hours included; storage is 2 GB above its 10.
    expect([amountOf(foretold, 'cpu_core_ms'), amountOf(foretold, 'storage_mib_s')]).toEqual(['672', '12']);
    expect(foretold.total_cents).toBe(1680 + 40);
    expect([foretold.low_cents, foretold.high_cents]).toEqual([1720, 1720]);
    expect((await cost()).total_cents).toBeLessThan(foretold.total_cents);
  });

  it('has the range of days that differ, and never ends below what is used', async () => {
    const { api, use, forecast, cost } = await story();
    api.clock.now = signedUpAt + 8 * day + 10 * 60_000;
    // A busy week, and then nothing.
    await use(signedUpAt, signedUpAt + 8 * day, (end) => ({
      cpu_hours: end <= signedUpAt + 7 * day ? 20 + (end % 7) : 0,
    }));
    const { low_cents: low, total_cents: total, high_cents: high } = await forecast();
    const used = (await cost()).total_cents;
    expect(used).toBeGreaterThan(0);
    expect(low).toBeGreaterThanOrEqual(used);
    expect(total).toBeGreaterThan(low);
    expect(high).toBeGreaterThan(total);
  });

  it('knows the weekdays once it has seen each twice', async () => {
    const { api, use, set, forecast } = await story();
    await set("UPDATE subscriptions SET status = 'active'");
    api.clock.now = signedUpAt + 20 * day + 10 * 60_000;
    const isWeekend = (end: number) => [0, 6].includes(new Date(end - 1).getUTCDay());
    await use(signedUpAt, signedUpAt + 20 * day, (end) => ({ cpu_hours: isWeekend(end) ? 0 : 4 }));
    const { method, history_days, lines } = await forecast();
    expect([method, history_days]).toEqual(['weekday', 20]);
    // From 4 December to 4 January: 21 working days.
    expect(lines.find((l) => l.meter === 'cpu_core_ms')?.quantity).toBe(String(21 * 24 * 4));
  });

  it('says by its method how little it knows at the beginning', async () => {
    const { api, use, forecast } = await story();
    api.clock.now = signedUpAt + 60_000;
    expect(await forecast()).toMatchObject({
      method: 'none',
      history_days: 0,
      total_cents: 0,
      low_cents: 0,
      high_cents: 0,
    });
    api.clock.now = signedUpAt + 6 * hour + 60_000;
    await use(signedUpAt, signedUpAt + 6 * hour, () => ({ cpu_hours: 2 }));
    const early = await forecast();
    expect(early).toMatchObject({ method: 'so_far', history_days: 0, total_cents: 1680, low_cents: 0 });
    expect(early.high_cents).toBeGreaterThan(2 * 1680);
  });

  it('projects a level as the peak that it lately had', async () => {
    const { api, use, set, forecast } = await story();
    await set("UPDATE plan_changes SET plan_version = '2026-11-application'");
    await set("UPDATE subscriptions SET status = 'active'");
    api.clock.now = signedUpAt + 14 * day + 2 * hour + 60_000;
    await use(signedUpAt + 12 * day, signedUpAt + 14 * day + 2 * hour, (end) => ({
      active_devices: end <= signedUpAt + 14 * day ? 15 : 12,
    }));
    const { lines, low_cents: low, total_cents: total } = await forecast();
    expect(lines.find((l) => l.meter === 'device_peak')).toMatchObject({ quantity: '15', amount_cents: 1000 });
    expect([low, total]).toEqual([2900 + 400, 2900 + 1000]);
  });

  it('adds nothing for who is stopped, and nothing after the last period', async () => {
    const { api, use, set, forecast, cost, who } = await story();
    api.clock.now = signedUpAt + 3 * day + 10 * 60_000;
    await use(signedUpAt, signedUpAt + 3 * day, () => ({ cpu_hours: 20 }));
    const nothingMore = async () => {
      const foretold = await forecast();
      const { total_cents } = await cost();
      expect(total_cents).toBeGreaterThan(0);
      expect(foretold).toMatchObject({ total_cents, low_cents: total_cents, high_cents: total_cents, method: 'none' });
    };
    await set("UPDATE subscriptions SET status = 'suspended'");
    await nothingMore();
    await set("UPDATE subscriptions SET status = 'trialing'");
    await set("UPDATE deployments SET phase = 'suspended'");
    await nothingMore();
    await set("UPDATE deployments SET phase = 'running'");
    expect((await forecast()).method).toBe('daily');
    api.clock.now = signedUpAt + 15 * day;
    await nothingMore();
    await api.call('POST', `/api/customers/${who.customerId}/deactivate`, { token: rootToken, body: {} });
    await nothingMore();
  });

  it('is the account’s own to read', async () => {
    const { api, who } = await story();
    const answer = await api.call('GET', `/api/usage/${who.customerId}/forecast`, { token: who.accountKey });
    expect(answer.status).toBe(200);
  });
});
