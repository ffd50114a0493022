import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Run } from '../../../dev/metering/namespaces.ts';
import { scrapeMs } from '../../../dev/metering/prometheus.ts';
import { ingressRequests, levelAt, parts, sizeOf } from '../../../dev/metering/workload.ts';
import { dayMs, hourMs, minuteMs, secondMs } from '../../../src/lib/time.ts';
import { namespaceOf, type Runs, type SimulatedCluster, simulatedCluster } from './simulated.ts';

const GIB = 2 ** 30;
/** Half a percent of the truth, the promise of the exporter for what is watched without a gap. */
const tolerance = 0.005;
const customers = parts.filter(({ component }) => component !== 'billing-exporter');

/** What was used in a window, added up second by second, without the closed forms that the world computes with. */
function truthOf(shortId: string, runs: Runs, window: Run) {
  const total = { cpu: 0, memory: 0, storage: 0, sent: 0, received: 0, requests: 0 };
  const size = sizeOf(namespaceOf(shortId));
  let lived = 0;
  for (const [fromMs, untilMs] of runs) {
    for (let ms = fromMs; ms < Math.min(untilMs ?? window.endMs, window.endMs); ms += secondMs) {
      const level = levelAt(ms + secondMs / 2);
      lived += level;
      if (ms < window.startMs) continue;
      total.requests += size * level * ingressRequests;
      for (const part of customers) {
        total.cpu += size * level * part.cpuCores;
        total.memory += size * level * part.memoryBytes;
        total.sent += size * level * part.sentBytes;
        total.received += size * level * part.receivedBytes;
        total.storage += part.volume ? size * (part.volume.bytes + part.volume.growth * lived) : 0;
      }
    }
  }
  const windowSeconds = (window.endMs - window.startMs) / secondMs;
  return {
    cpu_hours: total.cpu / 3600,
    memory_gb_hours: total.memory / GIB / 3600,
    storage_used_gb: total.storage / GIB / windowSeconds,
    network_bytes_sent: total.sent,
    network_bytes_received: total.received,
    http_requests: total.requests,
  };
}

/** What a pod used after its last scrape nobody ever saw; the exporter bills no more than was seen. */
function unseenShare(runs: Runs, window: Run): number {
  const shares = runs.map(([fromMs, untilMs]) => {
    const ended = untilMs !== null && untilMs > window.startMs && untilMs <= window.endMs;
    return ended ? scrapeMs / (untilMs - Math.max(fromMs, window.startMs)) : 0;
  });
  return Math.max(...shares);
}

describe('the simulated Prometheus', () => {
  let cluster: SimulatedCluster;
  // Its past is computed, so any will do: the same one in every run.
  const toMs = Date.parse('2026-01-15T11:00:00Z');
  const fromMs = toMs - 5 * hourMs;
  beforeAll(async () => {
    cluster = await simulatedCluster();
  });
  afterAll(() => cluster.stop());

  const judge = async (shortId: string, runs: Runs) => {
    const reports = await cluster.dryRun(shortId, fromMs, toMs);
    expect(reports).toHaveLength((toMs - fromMs) / hourMs);
    for (const report of reports) {
      expect(report).toMatchObject({ complete: true });
      const startMs = Date.parse(report.window_start ?? '');
      const window = { startMs, endMs: startMs + hourMs };
      const truth = truthOf(shortId, runs, window);
      const allowed = tolerance + unseenShare(runs, window);
      for (const [field, value] of Object.entries(truth)) {
        const reported = report[field as keyof typeof truth] ?? Number.NaN;
        expect(Math.abs(reported - value), `${field} ${reported} of ${value}`).toBeLessThanOrEqual(allowed * value);
      }
    }
    return reports;
  };

  it('lets the exporter measure what was used, to half a percent and complete, from the hour of the first pod on', async () => {
    const runs: Runs = [[fromMs + 20 * minuteMs, null]];
    cluster.write('a0000001', runs);
    const reports = await judge('a0000001', runs);
    expect(reports.map(({ running_pods }) => running_pods)).toEqual(Array(5).fill(customers.length));
  });

  it('shows no pods while a namespace is suspended, and goes on from there when it is resumed', async () => {
    const runs: Runs = [
      [fromMs - 2 * dayMs, fromMs + 30 * minuteMs],
      [fromMs + 3 * hourMs + 15 * minuteMs, null],
    ];
    cluster.write('a0000002', runs);
    const reports = await judge('a0000002', runs);
    expect(reports.map(({ running_pods }) => running_pods)).toEqual([4, 0, 0, 4, 4]);
    expect(reports[1]).toMatchObject({ cpu_hours: 0, network_bytes_sent: 0, storage_used_gb: 0, http_requests: 0 });
  });

  it('of a namespace that has been suspended for days says zero, not nothing', async () => {
    const runs: Runs = [[fromMs - 5 * dayMs, fromMs - 3 * dayMs]];
    cluster.write('a0000003', runs, 'suspended');
    await judge('a0000003', runs);
  });

  it('gives every customer another use', () => {
    const sizes = ['a0000001', 'a0000002', 'a0000003'].map((id) => sizeOf(namespaceOf(id)));
    expect(new Set(sizes).size).toBe(sizes.length);
  });

  it('refuses every query that is not one of the exporter', async () => {
    const ask = async (query: string) => {
      const response = await fetch(`${cluster.url}/api/v1/query`, {
        method: 'POST',
        body: new URLSearchParams({ query }),
      });
      return [response.status, ((await response.json()) as { errorType?: string }).errorType];
    };
    const refused = [
      'rate(up[5m])',
      'sum(up)',
      'up[5m]',
      'up{job="a"',
      'up{job=~"("}',
      'up',
      'count(up) + 1',
      'group by (job) (up)',
      '',
    ];
    for (const query of refused) expect([query, ...(await ask(query))]).toEqual([query, 400, 'bad_data']);
    expect(await ask('up{job=~"(?i:KUBE).*"}[60000ms]')).toEqual([200, undefined]);
    expect((await fetch(`${cluster.url}/api/v1/query_range`)).status).toBe(404);
    expect((await fetch(`${cluster.url}/-/healthy`)).status).toBe(200);
    expect(cluster.logs).toEqual([]);
  });
});
