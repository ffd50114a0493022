/**
 * Every panel of the dashboards that Grafana is given, asked of a real Prometheus over an hour of generated series: those that the parts
 * of the stack really have, by the names of their own programs and documents.
 */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { V1ConfigMap } from '@kubernetes/client-node';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { parse } from 'yaml';
import { createBlocks, type RunningPrometheus, startPrometheus } from '../harness/prometheus.ts';
import { describeWithTools, toolPath } from '../harness/tools.ts';
import { exampleValues } from './example.ts';
import { pick, render } from './helm.ts';

const run = promisify(execFile);
const endSeconds = Date.parse('2026-03-10T11:00:00Z') / 1000;
const [spanSeconds, stepSeconds] = [3600, 30];

/** Counters grow by so much a second; gauges stand. */
const counters: Record<string, [labels: string, perSecond: number][]> = {
  mosquitto_broker_publish_messages_received: [['job="mosquitto-exporter"', 5]],
  mosquitto_broker_publish_messages_sent: [['job="mosquitto-exporter"', 9]],
  mosquitto_broker_publish_messages_dropped: [['job="mosquitto-exporter"', 0.1]],
  mosquitto_broker_bytes_received: [['job="mosquitto-exporter"', 500]],
  mosquitto_broker_bytes_sent: [['job="mosquitto-exporter"', 900]],
  http_requests_total: [
    ['job="api",method="GET",route="/api/devices",status="200"', 3],
    ['job="api",method="GET",route="/api/devices",status="500"', 0.1],
  ],
  api_response_time_bucket: [
    ['job="api",route="/api/devices",le="0.01"', 2],
    ['job="api",route="/api/devices",le="0.1"', 3],
    ['job="api",route="/api/devices",le="+Inf"', 3.1],
  ],
  pg_stat_database_xact_commit: [['job="postgres",datname="instance"', 20]],
  pg_stat_database_xact_rollback: [['job="postgres",datname="instance"', 1]],
  pg_stat_database_blks_hit: [['job="postgres",datname="instance"', 1000]],
  pg_stat_database_blks_read: [['job="postgres",datname="instance"', 10]],
  pg_stat_database_deadlocks: [['job="postgres",datname="instance"', 0.001]],
  pg_stat_database_tup_inserted: [['job="postgres",datname="instance"', 10]],
  pg_stat_database_tup_updated: [['job="postgres",datname="instance"', 5]],
  pg_stat_database_tup_deleted: [['job="postgres",datname="instance"', 1]],
};
const gauges: Record<string, [labels: string, value: number][]> = {
  up: [['job="api"', 1]],
  mosquitto_up: [['job="mosquitto-exporter"', 1]],
  mosquitto_broker_clients_connected: [['job="mosquitto-exporter"', 12]],
  mosquitto_broker_clients_disconnected: [['job="mosquitto-exporter"', 3]],
  mosquitto_broker_subscriptions_count: [['job="mosquitto-exporter"', 20]],
  mosquitto_broker_retained_messages_count: [['job="mosquitto-exporter"', 40]],
  mosquitto_broker_heap_current: [['job="mosquitto-exporter"', 1e6]],
  mosquitto_broker_heap_maximum: [['job="mosquitto-exporter"', 2e6]],
  mosquitto_broker_uptime: [['job="mosquitto-exporter"', 7200]],
  process_resident_memory_bytes: [['job="api"', 1e8]],
  pg_up: [['job="postgres"', 1]],
  pg_database_size_bytes: [['job="postgres",datname="instance"', 1e9]],
  pg_stat_database_numbackends: [['job="postgres",datname="instance"', 4]],
  // opencost.io, "OpenCost metrics": allocation by container and node, prices by node and volume.
  container_cpu_allocation: [
    ['job="opencost",container="api",namespace="customer-b4c867f4",pod="api-0",node="node-0"', 0.25],
  ],
  container_memory_allocation_bytes: [
    ['job="opencost",container="api",namespace="customer-b4c867f4",pod="api-0",node="node-0"', 2 ** 28],
  ],
  node_cpu_hourly_cost: [['job="opencost",node="node-0",instance_type="m5.large"', 0.03]],
  node_ram_hourly_cost: [['job="opencost",node="node-0",instance_type="m5.large"', 0.004]],
  pod_pvc_allocation: [
    [
      'job="opencost",namespace="customer-b4c867f4",pod="postgres-0",persistentvolumeclaim="data-postgres-0",persistentvolume="pv-1"',
      10 * 2 ** 30,
    ],
  ],
  pv_hourly_cost: [['job="opencost",persistentvolume="pv-1",volumename="pv-1"', 0.00005]],
};

function openMetrics(): string {
  const lines: string[] = [];
  const series = (name: string, type: string, all: [string, (ageSeconds: number) => number][]) => {
    lines.push(`# TYPE ${name} ${type}`);
    for (const [labels, value] of all)
      for (let age = 0; age <= spanSeconds; age += stepSeconds)
        lines.push(`${name}{${labels}} ${value(age)} ${endSeconds - spanSeconds + age}`);
  };
  // As unknown: a counter of OpenMetrics would have to end in _total.
  for (const [name, all] of Object.entries(counters))
    series(
      name,
      'unknown',
      all.map(([labels, rate]) => [labels, (age) => rate * age]),
    );
  for (const [name, all] of Object.entries(gauges))
    series(
      name,
      'gauge',
      all.map(([labels, value]) => [labels, () => value]),
    );
  return `${lines.join('\n')}\n# EOF\n`;
}

interface Dashboard {
  title: string;
  uid: string;
  panels: { title: string; datasource: { uid: string }; targets: { expr: string }[] }[];
}

describeWithTools(['helm', 'prometheus', 'promtool'], 'Grafana of an Enterprise customer', () => {
  let prometheus: RunningPrometheus;
  let files: Record<string, string>;
  let config: string;
  const folder = mkdtempSync(join(tmpdir(), 'tenantry-dashboards-'));

  beforeAll(async () => {
    const objects = await render(exampleValues({ plan: 'enterprise' }));
    files = pick<V1ConfigMap>(objects, 'ConfigMap', 'grafana-files').data ?? {};
    config = pick<V1ConfigMap>(objects, 'ConfigMap', 'prometheus').data?.['prometheus.yml'] ?? '';
    writeFileSync(join(folder, 'metrics'), openMetrics());
    createBlocks([join(folder, 'metrics')], join(folder, 'blocks'));
    prometheus = await startPrometheus({ blocksDir: join(folder, 'blocks') });
  });
  afterAll(async () => {
    await prometheus?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const dashboards = (): Dashboard[] =>
    Object.entries(files)
      .filter(([name]) => name.endsWith('.json'))
      .map(([, text]) => JSON.parse(text) as Dashboard);

  it('has dashboards of broker, API, database and cost, over the data source that it is given', () => {
    expect(
      dashboards()
        .map(({ title }) => title)
        .sort(),
    ).toEqual(['API', 'Broker', 'Cost', 'Database']);
    const { datasources } = parse(files['datasource.yaml'] ?? '') as { datasources: { uid: string; url: string }[] };
    expect(datasources).toMatchObject([
      { uid: 'prometheus', url: 'http://cb4c867f4-customer-instance-prometheus:9090' },
    ]);
    for (const { panels } of dashboards())
      for (const { datasource } of panels) expect(datasource.uid).toBe(datasources[0]?.uid);
  });

  it('shows something in every panel', async () => {
    let asked = 0;
    for (const { title, panels } of dashboards())
      for (const panel of panels)
        for (const { expr } of panel.targets) {
          const answer = await fetch(
            `${prometheus.url}/api/v1/query?time=${endSeconds}&query=${encodeURIComponent(expr)}`,
          );
          const { status, data } = (await answer.json()) as {
            status: string;
            data?: { result: { value: [number, string] }[] };
          };
          const values = data?.result.map(({ value }) => Number(value[1])) ?? [];
          expect([title, panel.title, expr, status, values.length > 0 && values.every(Number.isFinite)]).toEqual([
            title,
            panel.title,
            expr,
            'success',
            true,
          ]);
          asked += 1;
        }
    expect(asked).toBeGreaterThan(30);
  });

  it('has a Prometheus whose configuration Prometheus itself takes', async () => {
    const path = join(folder, 'prometheus.yml');
    writeFileSync(path, config);
    const { stdout } = await run(toolPath('promtool'), ['check', 'config', '--lint=all', path]);
    expect(stdout).toContain('SUCCESS');
  });
});
