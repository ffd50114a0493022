/** Generated series of brokers, databases, pods' requests, claims, addresses and virtual machines, in namespaces of which each shows one thing. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { hourMs } from '../stand-ins.ts';

export const startMs = Date.parse('2026-03-10T10:00:00Z');
const fromMs = startMs - hourMs / 2;
export const endMs = startMs + hourMs;
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

export const names = {
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

/** Fills what `writeSamples` writes. */
export function describeAll(): void {
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
export function writeSamples(folder: string): string[] {
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
