/**
 * Meters of the broker, the database, pods' requests, claims, addresses and virtual machines, from generated series on a real
 * Prometheus: what each comes to, and what a window says where something was not shown, began anew, moved, or was there twice.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { measureWith } from '../../../exporter/measure.ts';
import { connectTo } from '../../../exporter/prometheus/connect.ts';
import { shareAmong } from '../../../exporter/prometheus/shared.ts';
import type { WindowReport } from '../../../src/contracts/usage.ts';
import { createBlocks, type RunningPrometheus, startPrometheus } from '../../harness/prometheus.ts';
import { describeWithTools } from '../../harness/tools.ts';
import { configOf, hourMs, JumpingClock } from '../stand-ins.ts';

const startMs = Date.parse('2026-03-10T10:00:00Z');
const [fromMs, endMs] = [startMs - hourMs / 2, startMs + hourMs];
const scrapeMs = 30_000;
const minutes = (n: number): number => startMs + n * 60_000;
const gib = 2 ** 30;

type Labels = Record<string, string>;
type Value = (atMs: number) => number | undefined;
const samples = new Map<string, { labels: Labels; points: [number, number][] }[]>();

/** A series from `from` to `to`, where the value is none there is no sample. */
function show(name: string, labels: Labels, value: Value, [from, to] = [fromMs, endMs + 10 * 60_000]): void {
  const points: [number, number][] = [];
  for (let t = from; t <= to; t += scrapeMs) {
    const v = value(t);
    if (v !== undefined) points.push([t, v]);
  }
  const all = samples.get(name) ?? [];
  all.push({ labels, points });
  samples.set(name, all);
}
const steady =
  (perSecond: number, sinceMs: number, base = 0): Value =>
  (t) =>
    base + (perSecond * (t - sinceMs)) / 1000;

/** A target of Prometheus: its `up`, and what it shows with its own labels. */
function target(labels: Labels, span?: [number, number]) {
  show('up', labels, () => 1, span);
  return (name: string, own: Labels, value: Value): void => show(name, { ...labels, ...own }, value, span);
}
const beside = (namespace: string, job: string, pod: string, port: number): Labels => ({
  job: `${namespace}-${job}`,
  namespace,
  pod,
  instance: `${pod}:${port}`,
});

const names = {
  steady: 'customer-00000001',
  restarted: 'customer-00000002',
  two: 'customer-00000003',
  away: 'customer-00000004',
  nothing: 'customer-00000005',
  forger: 'customer-00000006',
} as const;

const received = 'mosquitto_broker_publish_bytes_received';
const brokerFigures = [
  received,
  'mosquitto_broker_publish_bytes_sent',
  'mosquitto_broker_publish_messages_received',
  'mosquitto_broker_publish_messages_sent',
];
type Show = ReturnType<typeof target>;
const broker = (shown: Show, value: Value): void => {
  for (const [n, name] of brokerFigures.entries()) shown(name, {}, (t) => scaled(value(t), n + 1));
};
const scaled = (value: number | undefined, by: number): number | undefined =>
  value === undefined ? undefined : value * by;
function database(shown: Show, sizeGib: number, counts: Value): void {
  for (const datname of ['app', 'template1']) {
    shown('pg_database_size_bytes', { datname }, () => sizeGib * gib);
    shown('pg_stat_database_xact_commit', { datname }, counts);
  }
  shown('pg_stat_user_tables_n_live_tup', { datname: 'app', schemaname: 'public', relname: 'a' }, () => 700);
  shown('pg_stat_user_tables_n_live_tup', { datname: 'app', schemaname: 'public', relname: 'b' }, () => 50);
}

function describeAll(): void {
  // Nothing happens but use.
  broker(target(beside(names.steady, 'mosquitto-exporter', 'mosquitto-0', 9234)), steady(100, fromMs, 5e9));
  database(target(beside(names.steady, 'postgres-exporter', 'postgres-0', 9187)), 3, steady(2, fromMs, 9e6));

  // The broker restarts at minute 20, away for two minutes; the database's pod moves at minute 30.
  const back = minutes(22);
  const restarted = target(beside(names.restarted, 'mosquitto-exporter', 'mosquitto-0', 9234));
  const counted: Value = (t) =>
    t < minutes(20) ? steady(100, fromMs, 1e6)(t) : t < back ? undefined : steady(100, back)(t);
  broker(restarted, counted);
  restarted('mosquitto_broker_start_time_seconds', {}, (t) =>
    t < minutes(20) ? 1 : t < back ? undefined : back / 1000,
  );
  const moved = (pod: string, span: [number, number]): void =>
    database(target(beside(names.restarted, 'postgres-exporter', pod, 9187), span), 3, steady(2, fromMs, 9e6));
  moved('postgres-0', [fromMs, minutes(30)]);
  moved('postgres-1', [minutes(30.5), endMs + 10 * 60_000]);

  // Two brokers for the last half hour, the second of them new; two exporters of one database.
  broker(target(beside(names.two, 'mosquitto-exporter', 'a', 9234)), steady(100, fromMs, 7e6));
  const second = target(beside(names.two, 'mosquitto-exporter', 'b', 9234), [minutes(30), endMs + 10 * 60_000]);
  broker(second, steady(50, minutes(30)));
  second('mosquitto_broker_start_time_seconds', {}, () => minutes(30) / 1000);
  for (const pod of ['a', 'b'])
    database(target(beside(names.two, 'postgres-exporter', pod, 9187)), 3, steady(2, fromMs, 9e6));

  // The exporters are scraped and know nothing: of the database since before the hour, of the broker in its last third.
  const quiet = target(beside(names.away, 'postgres-exporter', 'postgres-0', 9187));
  const before: Value = (t) => (t < minutes(-10) ? 5 : undefined);
  quiet('pg_database_size_bytes', { datname: 'app' }, before);
  quiet('pg_stat_database_xact_commit', { datname: 'app' }, before);
  const late = minutes(40);
  const silent = target(beside(names.away, 'mosquitto-exporter', 'mosquitto-0', 9234));
  broker(silent, (t) => (t < late ? steady(100, fromMs)(t) : undefined));

  // A tenant's own pod, scraped as an application, writes what it likes.
  for (const labels of [{ namespace: names.steady }, { exported_namespace: names.steady, namespace: names.forger }]) {
    const forged = target({ job: 'apps', instance: `forger-${Object.keys(labels).length}:80`, ...labels });
    broker(forged, steady(1e6, fromMs));
    forged('kube_service_status_load_balancer_ingress', { service: 'x', ip: '1.2.3.4' }, () => 1);
  }

  // kube-state-metrics twice, as a pair does; virtual machines by two controllers.
  for (const instance of ['ksm-a', 'ksm-b']) {
    show('up', { job: 'kube-state-metrics', instance, namespace: 'monitoring' }, () => 1);
    const of = (name: string, own: Labels, value: Value): void => {
      show(name, { job: 'kube-state-metrics', instance, ...own }, value);
    };
    const asks = (pod: string, namespace: string, span: [number, number], node = 'n1'): void => {
      for (const [resource, amount] of [
        ['cpu', 0.5],
        ['memory', 2 * gib],
      ] as const)
        of('kube_pod_container_resource_requests', { namespace, pod, container: 'app', resource, node }, (t) =>
          t >= span[0] && t < span[1] ? amount : undefined,
        );
    };
    asks('stays', names.steady, [fromMs, Number.POSITIVE_INFINITY]);
    asks('moves-1', names.steady, [fromMs, minutes(30)]);
    asks('moves-2', names.steady, [minutes(30), Number.POSITIVE_INFINITY], 'n2');
    asks('waits', names.steady, [fromMs, Number.POSITIVE_INFINITY], '');
    const claim = { namespace: names.steady, persistentvolumeclaim: 'data' };
    of('kube_persistentvolumeclaim_resource_requests_storage_bytes', claim, () => 10 * gib);
    for (const [service, ip, hostname] of [
      ['web', '203.0.113.7', ''],
      ['mqtt', '203.0.113.7', ''],
      ['name', '', 'lb.example.com'],
      ['inside', '10.1.2.3', ''],
    ])
      of(
        'kube_service_status_load_balancer_ingress',
        { namespace: names.steady, service: `${service}`, ip: `${ip}`, hostname: `${hostname}` },
        () => 1,
      );
  }
  for (const instance of ['virt-a', 'virt-b']) {
    show('up', { job: 'kubevirt-prometheus-metrics', instance, namespace: 'kubevirt' }, () => 1);
    const vm = (name: string, phase: string, value: Value): void =>
      show(
        'kubevirt_vmi_info',
        { job: 'kubevirt-prometheus-metrics', instance, namespace: names.steady, name, phase },
        value,
      );
    vm('all-hour', 'running', () => 1);
    vm('half', 'scheduling', (t) => (t < minutes(30) ? 1 : undefined));
    vm('half', 'running', (t) => (t >= minutes(30) ? 1 : undefined));
  }
}

/** OpenMetrics files of two hours each, as promtool wants them. */
function writeSamples(folder: string): string[] {
  const blockMs = 2 * hourMs;
  const lines = new Map<number, string[]>();
  for (const [name, series] of samples) {
    for (const { labels, points } of series) {
      const text = Object.entries(labels).map(([label, value]) => `${label}=${JSON.stringify(value)}`);
      for (const [t, value] of points) {
        const block = Math.floor(t / blockMs);
        lines.set(block, [...(lines.get(block) ?? []), `${name}{${text.join(',')}} ${value} ${t / 1000}`]);
      }
    }
  }
  return [...lines]
    .sort(([a], [b]) => a - b)
    .map(([block, all]) => {
      const file = join(folder, `${block}.om`);
      writeFileSync(file, `${all.join('\n')}\n# EOF\n`);
      return file;
    });
}

describeWithTools(['prometheus', 'promtool'], 'meters that one series tells, on a real Prometheus', () => {
  let folder: string;
  let prometheus: RunningPrometheus;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'tenantry-series-'));
    const blocksDir = join(folder, 'blocks');
    mkdirSync(blocksDir);
    describeAll();
    createBlocks(writeSamples(folder), blocksDir);
    prometheus = await startPrometheus({ blocksDir });
  });
  afterAll(async () => {
    await prometheus.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const measured = async (
    namespace: string,
    meters: string,
    more: Record<string, string> = {},
  ): Promise<WindowReport> => {
    const env = { NAMESPACE: namespace, PROMETHEUS_URL: prometheus.url, HTTP_METRICS: 'none', METERS: meters, ...more };
    const config = configOf(env);
    const clock = new JumpingClock(endMs + 120_000);
    const client = connectTo(config, clock);
    const report = await measureWith(client, config, clock)({ startMs, endMs });
    await client.close();
    if (!report.ok) throw new Error(report.error.message);
    return report.value;
  };
  const basic = [
    'cpu_hours',
    'memory_gb_hours',
    'storage_used_gb',
    'network_bytes_sent',
    'network_bytes_received',
    'running_pods',
  ];
  /** What is missing beside the basic meters, of which nothing is generated here. */
  const lacks = ({ missing = [] }: WindowReport): string[] => missing.filter((field) => !basic.includes(field));
  const gapsOf = ({ gaps = [] }: WindowReport): string[] => gaps.map(({ field, reason }) => `${field} ${reason}`);

  it('a broker’s bytes and messages, and a database’s size, rows and transactions, are what they grew by and were', async () => {
    const report = await measured(names.steady, 'mqtt,postgres');
    expect(report).toMatchObject({
      mqtt_bytes_received: 360_000,
      mqtt_bytes_sent: 720_000,
      mqtt_messages_received: 1_080_000,
      mqtt_messages_published: 1_440_000,
      postgres_size_mb: 3072,
      postgres_transactions: 7200,
      postgres_row_count: 750,
    });
    expect(lacks(report)).toEqual([]);
    expect(gapsOf(report)).toEqual([]);
  });

  it('a broker that restarted counts from zero again; a database whose pod moved goes on', async () => {
    const report = await measured(names.restarted, 'mqtt,postgres');
    // What was between the last scrape and the end of the broker nobody has seen.
    expect(report.mqtt_bytes_received).toBe(100 * (20 * 60 - 30) + 100 * 38 * 60);
    expect(report.postgres_transactions).toBe(7200);
    expect(report.postgres_size_mb).toBeCloseTo(3072, -2);
    expect(gapsOf(report)).toEqual([]);
  });

  it('two brokers are added, two exporters of one database are not', async () => {
    const report = await measured(names.two, 'mqtt,postgres');
    expect(report).toMatchObject({
      mqtt_bytes_received: 360_000 + 50 * 1800,
      postgres_size_mb: 3072,
      postgres_transactions: 7200,
      postgres_row_count: 750,
    });
  });

  it('what is not shown is a gap and never a zero: an exporter that knows nothing, none at all', async () => {
    const away = await measured(names.away, 'mqtt,postgres');
    expect(lacks(away)).toEqual(['postgres_size_mb', 'postgres_transactions', 'postgres_row_count']);
    expect(away.mqtt_bytes_received).toBe(100 * (40 * 60 - 30));
    expect(away.complete).toBe(false);
    expect(gapsOf(away)).toContain('mqtt_bytes_received not_shown');
    const none = await measured(names.nothing, 'mqtt,postgres,vms');
    expect(lacks(none)).toHaveLength(7);
    // Others' virtual machines are shown, and this namespace has none.
    expect(none.running_vms).toBe(0);
    expect(lacks(await measured(names.nothing, 'mqtt', { MQTT_METRICS_JOB: 'other' }))).toHaveLength(4);
  });

  it('requests are those of pods that a node has, each once; addresses are public ones, shared ones once', async () => {
    const report = await measured(names.steady, 'requests,capacity,ips,vms');
    expect(report.cpu_requested_cores).toBeCloseTo(1, 2);
    expect(report.memory_requested_gb).toBeCloseTo(4, 1);
    expect(report).toMatchObject({ storage_capacity_gb: 10, public_ips: 2 });
    expect(report.running_vms).toBeCloseTo(1.5, 1);
    expect(lacks(report)).toEqual([]);
  });

  it('are the same where an exporter of the cluster asks for all namespaces at once', async () => {
    const all = Object.values(names);
    const clock = new JumpingClock(endMs + 120_000);
    const settings = {
      PROMETHEUS_URL: prometheus.url,
      HTTP_METRICS: 'none',
      METERS: 'mqtt,postgres,requests,capacity,ips,vms',
    };
    const client = connectTo(configOf(settings), clock);
    const shared = shareAmong(client, all);
    for (const namespace of all) {
      const config = configOf({ ...settings, NAMESPACE: namespace });
      const together = await measureWith(shared.of(namespace), config, clock)({ startMs, endMs });
      expect(together, namespace).toEqual(await measureWith(client, config, clock)({ startMs, endMs }));
    }
    await client.close();
  });

  it('are none that nobody asked for', async () => {
    const report = await measured(names.steady, 'none');
    expect(Object.keys(report)).not.toContain('mqtt_bytes_received');
    expect(lacks(report)).toEqual([]);
  });
});
