/**
 * Signup to cost on a catalogue of seven plans of other names with two meters of the operator's own: an exporter that runs
 * already begins to measure one from a real Prometheus when it is published, the other is taken from a report.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Decimal } from 'decimal.js';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Api, callApi, persistently, type SignedUp, signUp, untilStatus } from '../../bench/support/api.ts';
import { type CostAnswer, costAnswer } from '../../src/contracts/cost.ts';
import { ownMeterList } from '../../src/contracts/own-meters.ts';
import { reporterAnswer } from '../../src/contracts/reporters.ts';
import { type HistoryAnswer, historyAnswer } from '../../src/contracts/usage.ts';
import { floorTo, iso, minuteMs, secondMs } from '../../src/lib/time.ts';
import { eventually } from '../harness/eventually.ts';
import { startPlatform, type TestPlatform } from '../harness/platform.ts';
import { freePort, type RunningPrometheus, startPrometheus } from '../harness/prometheus.ts';
import { describeWithTools } from '../harness/tools.ts';
import { type RunningExporter, startExporter } from './support/metering-exporter.ts';
import {
  boughtPlan,
  gpuHourDollars,
  measuredSource,
  seatDollars,
  seatsIncluded,
  sevenPlans,
} from './support/seven-plans.ts';

const waitMs = 60_000;
/** Three or four windows, and a busy machine. */
const STORY_TIMEOUT_MS = 10 * minuteMs;
/** Seconds of GPU a second: enough that a minute costs dollars. */
const rate = 1000;
/** A window sees whole scrapes; those are a second apart. */
const OFF_PERCENT_MAX = 5;

/** What an operator's own exporter shows of each tenant, and of one that is not ours. */
async function showGpus(tenants: () => string[]): Promise<{ server: Server; host: string }> {
  const startedMs = Date.now();
  const port = await freePort();
  const server = createServer((_, response) => {
    const seconds = ((Date.now() - startedMs) / secondMs) * rate + 5e6;
    const lines = ['somebody-else', ...tenants()].map((tenant) => `gpu_seconds_total{tenant="${tenant}"} ${seconds}\n`);
    response.setHeader('content-type', 'text/plain; version=0.0.4');
    response.end(`# TYPE gpu_seconds_total counter\n${lines.join('')}`);
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return { server, host: `127.0.0.1:${port}` };
}

const scrapesOf = (host: string): string => `
global: { scrape_interval: 1s, scrape_timeout: 1s }
scrape_configs: [{ job_name: gpu-exporter, static_configs: [{ targets: ["${host}"] }] }]
`;

describeWithTools(['prometheus'], 'two meters of the operator’s own on seven plans of other names', () => {
  const tenants: string[] = [];
  let folder: string;
  let gpus: Awaited<ReturnType<typeof showGpus>>;
  let prometheus: RunningPrometheus;
  let platform: TestPlatform;
  let exporter: RunningExporter;
  let api: Api;
  let customer: SignedUp;
  let windows: HistoryAnswer['items'];
  let cost: CostAnswer;

  const ask = (method: string, path: string, body?: unknown, as = api) =>
    persistently(() => callApi(as, method, path, body), waitMs);
  const publish = (source: Parameters<typeof sevenPlans>[0]) =>
    ask('POST', '/api/plans/publish', { yaml: sevenPlans(source) });
  const reporterOf = async (instance: string, meters?: string[]) => {
    const body = { instance_id: instance, window_seconds: 60, take_over: true, ...(meters ? { meters } : {}) };
    return reporterAnswer.parse(await ask('POST', `/api/customers/${customer.customerId}/reporters`, body)).api_key;
  };
  /** The exporter's windows, oldest first. */
  const exported = async () => {
    const answer = await ask('GET', `/api/usage/${customer.customerId}?days=1&granularity=window&limit=100`);
    const { items } = historyAnswer.parse(answer);
    return items.filter((item) => item.instance_id === 'k8s-minutes').reverse();
  };

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'tenantry-own-meters-'));
    gpus = await showGpus(() => tenants);
    prometheus = await startPrometheus({ config: scrapesOf(gpus.host) });
    platform = await startPlatform({ dataDir: join(folder, 'data'), env: { ALLOW_SHORT_WINDOWS: 'true' } });
    api = { url: platform.url, token: platform.ready.admin_token };
    await publish('report');
    customer = await signUp(api, 'own-meters', { plan: boughtPlan });
    tenants.push(customer.namespace);
    await untilStatus(api, customer.customerId, 'ready');
    const key = await reporterOf('k8s-minutes');
    const appKey = await reporterOf('app-minutes', ['custom_2']);
    exporter = await startExporter(folder, {
      CUSTOMER_ID: customer.customerId,
      INSTANCE_ID: 'k8s-minutes',
      PROMETHEUS_URL: prometheus.url,
      BILLING_API_URL: platform.url,
      API_KEY: key,
      HTTP_METRICS: 'none',
      COLLECTION_INTERVAL: `${minuteMs}`,
      ALLOW_SHORT_WINDOWS: 'true',
      SETTLE_DELAY: '3',
      BACKFILL_FROM: iso(floorTo(Date.now(), minuteMs) - minuteMs),
      HEALTH_CHECK_PORT: `${await freePort()}`,
    });
    await eventually(exported, (stored) => stored.length > 0);
    await publish(measuredSource);
    // It asks once an interval: the next window may still be without.
    await eventually(exported, (stored) => stored.length > 1);
    await eventually(exported, (stored) => stored.filter(hasGpus).length > 0);
    await eventually(exported, (stored) => stored.filter(hasGpus).length > 1);
    const endMs = floorTo(Date.now(), minuteMs);
    for (const [seats, minutesAgo] of [
      [7, 1],
      [3, 0],
    ] as const) {
      const end = endMs - minutesAgo * minuteMs;
      const report = { customer_id: customer.customerId, instance_id: 'app-minutes', custom_2: seats };
      const window = { window_start: iso(end - minuteMs), window_end: iso(end) };
      await ask('POST', '/api/usage/report', { ...report, ...window }, { url: platform.url, token: appKey });
    }
    await exporter.stop();
    await eventually(
      async () => {
        cost = costAnswer.parse(await ask('GET', `/api/usage/${customer.customerId}/cost`));
        windows = await exported();
      },
      () => lineOf('seats')?.quantity === '7' && lineOf('gpu_time')?.quantity === added().toString(),
    );
  }, STORY_TIMEOUT_MS);

  afterAll(async () => {
    await exporter?.stop();
    await platform?.stop();
    await prometheus?.stop();
    gpus?.server.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const hasGpus = ({ custom_1 }: HistoryAnswer['items'][number]) => custom_1 !== undefined;
  const lineOf = (meter: string) => cost.lines.find((line) => line.meter === meter);
  const added = () => windows.reduce((sum, { custom_1 }) => sum.plus(custom_1 ?? 0), new Decimal(0));

  it('the exporter measures it from the publication on, with no restart, and says nothing of it before', () => {
    const had = windows.map(hasGpus);
    expect(had[0]).toBe(false);
    expect(had.lastIndexOf(false)).toBeLessThan(had.indexOf(true));
    const hours = (rate * 60) / 3600;
    for (const { custom_1 } of windows.filter(hasGpus)) {
      expect(Math.abs((custom_1 ?? 0) / hours - 1) * 100).toBeLessThan(OFF_PERCENT_MAX);
    }
  });

  it('both are lines to the cent, by title and unit, beside the fee of a plan of the operator’s naming', () => {
    const cents = added().times(gpuHourDollars).times(100).toDecimalPlaces(0, Decimal.ROUND_HALF_UP).toNumber();
    expect(lineOf('gpu_time')).toMatchObject({ description: 'GPU time', unit: 'GPU-hour', amount_cents: cents });
    expect(cents).toBeGreaterThan(5000);
    expect(lineOf('seats')).toMatchObject({
      description: 'Seats',
      quantity: '7',
      included: seatsIncluded,
      billable: '2',
      amount_cents: 2 * Number(seatDollars) * 100,
    });
    expect(cost.plan).toBe(boughtPlan);
    expect(cost.total_cents).toBe(cost.lines.reduce((sum, line) => sum + line.amount_cents, 0));
  });

  it('dashboards read what the fields are from the API', async () => {
    const own = { url: platform.url, token: customer.apiKey };
    const answer = await ask('GET', `/api/usage/${customer.customerId}/meters`, undefined, own);
    expect(ownMeterList.parse(answer).items.map(({ field, title, unit }) => [field, title, unit])).toEqual([
      ['custom_1', 'GPU time', 'GPU-hour'],
      ['custom_2', 'Seats', 'seat'],
    ]);
  });
});
