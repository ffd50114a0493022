/**
 * Meters that one series each tells, beside those of catalogue.ts: the broker's and the database's own words, what pods ask for,
 * sizes of claims, addresses and virtual machines. Which of them are measured, the operator says by group (METERS); one that is
 * named and not seen is a gap. How a series becomes a quantity is own.ts, as for the operator's own meters.
 */
import type { SeriesSource } from '../../src/contracts/own-meters.ts';
import type { QuantityField } from '../../src/contracts/usage.ts';

export const meterGroups = ['mqtt', 'postgres', 'requests', 'capacity', 'ips', 'vms'] as const;
export type MeterGroup = (typeof meterGroups)[number];

/** Who is believed, beside the kinds of catalogue.ts. */
export type SeriesKind = 'mosquitto' | 'postgres' | 'kubevirt';

/** `besidePods`: such targets are pods of the namespace that they count for. */
export const seriesKinds: Record<SeriesKind, { jobs: RegExp; homes: RegExp; besidePods: boolean }> = {
  mosquitto: { jobs: /mosquitto|mqtt/i, homes: /mosquitto|mqtt/i, besidePods: true },
  postgres: { jobs: /postgres|\bpg\b/i, homes: /postgres/i, besidePods: true },
  kubevirt: { jobs: /kubevirt|virt-(controller|handler|api|operator)/i, homes: /kubevirt/i, besidePods: false },
};

/** What own.ts needs of a meter; one of the operator's own has the first four only. */
export interface SeriesMeter {
  field: QuantityField;
  unit: string;
  /** A counter's growth and a gauge's unit-hours are sums; `level` is the highest sum at once, `average` over the whole window. */
  adds_up: 'sum' | 'level' | 'average';
  source: SeriesSource;
  /** Whose word counts. Without it the operator's `match` says so. */
  kind?: SeriesKind | 'podlist';
  /** More matchers of the series that count. */
  where?: string;
  /** The labels that name a thing, whoever shows it; without them things are told apart by their targets. */
  identity?: readonly string[];
  /** The series that says since when a counter counts, `null` where nobody does; the process' own start without it. */
  startedBy?: string | null;
  /** Only whole numbers are counted. */
  whole?: boolean;
}

/** Whether it is counted beside what uses it: then nobody else's targets prove that there is nothing. */
export const isBeside = ({ kind }: SeriesMeter): boolean =>
  kind !== undefined && kind !== 'podlist' && seriesKinds[kind].besidePods;

const seriesOf = (series: string, kind: SeriesSource['kind'], scale = '1'): SeriesSource => ({
  series,
  kind,
  match: {},
  namespace_label: 'namespace',
  scale,
});

// The broker counts, its exporter only shows: when the broker started is the proof that a counter began at zero.
const brokerStart = 'mosquitto_broker_start_time_seconds';
const broker = (field: QuantityField, series: string, unit: string): SeriesMeter => ({
  field,
  unit,
  adds_up: 'sum',
  source: seriesOf(series, 'counter'),
  kind: 'mosquitto',
  startedBy: brokerStart,
  whole: true,
});

/** One database of the server; its exporter may be replaced, the counters go on. */
const database = { kind: 'postgres', where: 'datname!="",datname!~"template[0-9]+"', identity: ['datname'] } as const;
const asked = (field: QuantityField, unit: string, resource: string, scale: string): SeriesMeter => ({
  field,
  unit,
  adds_up: 'average',
  source: seriesOf('kube_pod_container_resource_requests', 'gauge', scale),
  kind: 'podlist',
  // A pod that no node has taken asks for nothing yet.
  where: `resource="${resource}",node!=""`,
  identity: ['pod', 'container'],
});

/** Addresses that nobody outside can reach; a load balancer with a name only has no `ip`. */
const privateAddresses =
  '10[.].*|192[.]168[.].*|172[.](1[6-9]|2[0-9]|3[01])[.].*|169[.]254[.].*|127[.].*|100[.](6[4-9]|[7-9][0-9]|1[01][0-9]|12[0-7])[.].*|f[cd].*|fe[89ab].*|::1';

const byGroup: Record<MeterGroup, SeriesMeter[]> = {
  // Received and sent are the broker's view: what clients published, and what they got.
  mqtt: [
    broker('mqtt_bytes_received', 'mosquitto_broker_publish_bytes_received', 'bytes'),
    broker('mqtt_bytes_sent', 'mosquitto_broker_publish_bytes_sent', 'bytes'),
    broker('mqtt_messages_received', 'mosquitto_broker_publish_messages_received', 'messages'),
    broker('mqtt_messages_published', 'mosquitto_broker_publish_messages_sent', 'messages'),
  ],
  postgres: [
    {
      ...database,
      field: 'postgres_size_mb',
      unit: 'MB',
      adds_up: 'average',
      source: seriesOf('pg_database_size_bytes', 'gauge', '1/1048576'),
    },
    {
      ...database,
      field: 'postgres_transactions',
      unit: 'transactions',
      adds_up: 'sum',
      source: seriesOf('pg_stat_database_xact_commit', 'counter'),
      // They outlive a restart of the server, so that no start proves a zero.
      startedBy: null,
      whole: true,
    },
    {
      field: 'postgres_row_count',
      unit: 'rows',
      adds_up: 'level',
      source: seriesOf('pg_stat_user_tables_n_live_tup', 'gauge'),
      kind: 'postgres',
      identity: ['datname', 'schemaname', 'relname'],
      whole: true,
    },
  ],
  requests: [
    asked('cpu_requested_cores', 'cores', 'cpu', '1'),
    asked('memory_requested_gb', 'GB', 'memory', '1/1073741824'),
  ],
  capacity: [
    {
      field: 'storage_capacity_gb',
      unit: 'GB',
      adds_up: 'average',
      source: seriesOf('kube_persistentvolumeclaim_resource_requests_storage_bytes', 'gauge', '1/1073741824'),
      kind: 'podlist',
      identity: ['persistentvolumeclaim'],
    },
  ],
  ips: [
    {
      field: 'public_ips',
      unit: 'addresses',
      adds_up: 'average',
      source: seriesOf('kube_service_status_load_balancer_ingress', 'gauge'),
      kind: 'podlist',
      where: `ip!~"${privateAddresses}"`,
      // Services that share an address have one.
      identity: ['ip', 'hostname'],
    },
  ],
  vms: [
    {
      field: 'running_vms',
      unit: 'virtual machines',
      adds_up: 'average',
      source: seriesOf('kubevirt_vmi_info', 'gauge'),
      kind: 'kubevirt',
      where: 'phase=~"(?i)running"',
      identity: ['name'],
    },
  ],
};

/** The meters of some groups. */
export const seriesMeters = (groups: readonly MeterGroup[]): SeriesMeter[] => groups.flatMap((group) => byGroup[group]);
