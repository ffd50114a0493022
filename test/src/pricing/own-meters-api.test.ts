/** From publishing meters of one's own to what reporters, dashboards and history say of them. */
import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import type { CostAnswer } from '../../../src/contracts/cost.ts';
import type { OwnMeterList } from '../../../src/contracts/own-meters.ts';
import type { HistoryAnswer } from '../../../src/contracts/usage.ts';
import { makeApi, rootToken } from '../../harness/worker/api.ts';
import { shippedPlans } from '../../harness/worker/plans.ts';
import { controlOf } from '../usage/harness.ts';
import { drain, heldQueue, hourReport, metered } from '../usage/story.ts';

const now = Date.parse('2026-11-20T12:30:00.000Z');
const meters = `
meters:
  gpu_time:
    field: custom_1
    title: GPU time
    unit: GPU-hour
    adds_up: sum
    source: { series: gpu_seconds_total, kind: counter, match: { job: gpu-exporter }, scale: 1/3600 }
  seats: { field: custom_2, title: Seats, unit: seat, adds_up: level, source: report }
`;

async function story() {
  const api = makeApi(now);
  const held = heldQueue();
  const who = await metered(api, { activeFrom: '2026-11-20T00:00:00Z' });
  const publish = (yaml: string) => api.call('POST', '/api/plans/publish', { token: rootToken, body: { yaml } });
  const list = (token: string, headers: Record<string, string> = {}) =>
    api.call('GET', `/api/usage/${who.customerId}/meters`, { token, headers });
  const send = async (reports: object[]) => {
    const body = { reports };
    await api.call('POST', '/api/usage/batch', { token: who.key, body, bindings: { USAGE_QUEUE: held.queue } });
    await drain(api, held);
  };
  const history = async (query = '') => {
    const answer = await api.call('GET', `/api/usage/${who.customerId}${query}`, { token: who.accountKey });
    return (await answer.json()) as HistoryAnswer;
  };
  return { api, who, publish, list, send, history };
}

describe('meters of the operator’s own', () => {
  it('reach a standing reporter as soon as they are published, and only again when they change', async () => {
    const { who, publish, list } = await story();
    const before = await list(who.key);
    expect(await before.json()).toEqual({ items: [] });
    expect((await publish(shippedPlans + meters)).status).toBe(201);
    const after = await list(who.key, { 'if-none-match': before.headers.get('etag') ?? '' });
    expect(after.status).toBe(200);
    expect((await after.json()) as OwnMeterList).toMatchObject({
      items: [
        { field: 'custom_1', meter: 'gpu_time', source: { series: 'gpu_seconds_total', namespace_label: 'namespace' } },
        { field: 'custom_2', title: 'Seats', unit: 'seat', adds_up: 'level', source: 'report' },
      ],
    });
    const again = await list(who.key, { 'if-none-match': after.headers.get('etag') ?? '' });
    expect([again.status, await again.text()]).toEqual([304, '']);
    const own = (await (await list(who.accountKey)).json()) as OwnMeterList;
    expect(own.items.map(({ title, source }) => [title, source])).toEqual([
      ['GPU time', null],
      ['Seats', null],
    ]);
  });

  it('stay what they were published as: another unit is refused whole, another title or source is taken', async () => {
    const { publish, list } = await story();
    await publish(shippedPlans + meters);
    const refused = await publish(shippedPlans + meters.replace('unit: seat', 'unit: user'));
    expect(refused.status).toBe(409);
    expect(await refused.json()).toMatchObject({
      code: 'meter_changed',
      details: { issues: [{ path: 'meters.seats', message: expect.stringContaining('custom_2 is seats in seats') }] },
    });
    const changed = meters.replace('title: Seats', 'title: People').replace('gpu-exporter', 'dcgm-exporter');
    expect((await publish(shippedPlans + changed)).status).toBe(201);
    const { items } = (await (await list(rootToken)).json()) as OwnMeterList;
    expect(items).toMatchObject([{ source: { match: { job: 'dcgm-exporter' } } }, { title: 'People' }]);
    // A meter that a later file leaves out goes on: versions that price it have subscribers.
    expect((await publish(`${shippedPlans}# without\n`)).status).toBe(201);
    expect(((await (await list(rootToken)).json()) as OwnMeterList).items).toEqual(items);
    const unit = controlOf(env).prepare("UPDATE own_meters SET unit = 'x' WHERE field = 'custom_1'");
    await expect(unit.run()).rejects.toThrow('meter_published');
    await expect(controlOf(env).prepare('DELETE FROM own_meters').run()).rejects.toThrow('meter_published');
  });

  it('are taken from a report and shown by day and window: a sum adds up, a level is its highest', async () => {
    const { who, publish, send, history } = await story();
    await publish(shippedPlans + meters);
    const [first, second] = ['2026-11-20T11:00:00Z', '2026-11-20T12:00:00Z'];
    await send([
      hourReport(who.customerId, first ?? '', { custom_1: 1.25, custom_2: 7 }),
      hourReport(who.customerId, second ?? '', { custom_1: 0.000001, custom_2: 3 }),
    ]);
    const days = await history();
    expect(days.items[0]).toMatchObject({ custom_1: 1.250001, custom_2: 7 });
    expect(days.totals).toEqual({ custom_1: 1.250001, custom_2: 7 });
    const windows = await history('?granularity=window');
    expect(windows.items.map(({ custom_1, custom_2 }) => [custom_1, custom_2])).toEqual([
      [0.000001, 3],
      [1.25, 7],
    ]);
  });

  it('are lines to the cent, by their titles, above what the plan includes; overrides go by their names', async () => {
    const api = makeApi(now);
    const priced = shippedPlans
      .replace('version: "2026-11"', 'version: "2026-12"')
      .replace(
        'infrastructure:\n',
        'infrastructure:\n    gpu_time: { per: GPU-hour, price: 2.5 }\n    seats: { per: seat, price: 8 }\n',
      )
      .replace('    allowances:\n', '    allowances:\n      seats: { per_period: 5 }\n');
    const body = { yaml: priced + meters };
    const simulated = await api.call('POST', '/api/simulations', { token: rootToken, body });
    expect(simulated.status).toBe(202);
    const published = await api.call('POST', '/api/plans/publish', { token: rootToken, body });
    expect(published.status, await published.text()).toBe(201);
    const held = heldQueue();
    const who = await metered(api, { activeFrom: '2026-11-20T00:00:00Z' });
    api.clock.now = now + 4 * 3_600_000;
    const reports = [
      hourReport(who.customerId, '2026-11-20T14:00:00Z', { custom_1: 1.111111, custom_2: 7 }),
      hourReport(who.customerId, '2026-11-20T15:00:00Z', { custom_1: 0.000001, custom_2: 3 }),
    ];
    await api.call('POST', '/api/usage/batch', {
      token: who.key,
      body: { reports },
      bindings: { USAGE_QUEUE: held.queue },
    });
    await drain(api, held);
    const cost = async () => {
      const answer = await api.call('GET', `/api/usage/${who.customerId}/cost`, { token: who.accountKey });
      const { lines } = (await answer.json()) as CostAnswer;
      return lines.filter(({ meter }) => meter === 'gpu_time' || meter === 'seats');
    };
    expect(await cost()).toMatchObject([
      { description: 'GPU time', quantity: '1.111112', unit: 'GPU-hour', unit_price: '2.5', amount_cents: 278 },
      { description: 'Seats', quantity: '7', included: '5', billable: '2', unit: 'seat', amount_cents: 1600 },
    ]);
    const overrides = (given: object) =>
      api.call('PUT', `/api/customers/${who.customerId}/overrides`, {
        token: rootToken,
        body: { effective_at: new Date(now).toISOString(), ...given },
      });
    expect((await overrides({ allowances: { custom_2: 6 }, prices: { gpu_time: 1 } })).status).toBe(200);
    expect((await cost()).map(({ amount_cents }) => amount_cents)).toEqual([111, 800]);
    expect(await (await overrides({ prices: { custom_3: 1 } })).json()).toMatchObject({ code: 'unknown_meter' });
  });

  it('are bounded: a billion units a window', async () => {
    const { api, who } = await story();
    const report = (custom_1: number) =>
      api.call('POST', '/api/usage/report', {
        token: who.key,
        body: hourReport(who.customerId, '2026-11-20T11:00:00Z', { custom_1 }),
      });
    expect((await report(1e9)).status).toBe(202);
    expect(await (await report(1e9 + 1)).json()).toMatchObject({ code: 'value_out_of_range' });
  });
});
