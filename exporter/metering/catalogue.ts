/**
 * The meters as data: a new meter is one entry in `meters` (and a source, when it reads a series that no other reads).
 * Owns which series are read and what makes them things; how they become quantities is counter.ts, gauge.ts, peak.ts.
 * `$NS` in a selector is the namespace; `$PODS` and `$EXPORTED_PODS` are the matchers that leave excluded pods out (or
 * nothing). Identity labels are the thing's own: an `exported_x` has already taken the place of `x`.
 */
import type { QuantityField } from '../../src/contracts/usage.ts';

/** Where ingress requests are counted; `none` switches the meter off. */
export const httpSources = ['nginx', 'istio', 'traefik', 'none'] as const;
export type HttpSource = (typeof httpSources)[number];

export type TargetKind = 'cadvisor' | 'kubelet' | 'nginx' | 'istio' | 'traefik';

/** How the targets of a kind are known when they show nothing of the namespace: by name, or by what else they show. */
export const targetKinds: Record<TargetKind, { up: string[]; evidence: string; onNodes: boolean }> = {
  cadvisor: {
    up: ['metrics_path=~".*cadvisor.*"', 'metrics_path="",job=~"(?i:.*(cadvisor|kubelet).*)"'],
    evidence: 'container_cpu_usage_seconds_total|container_scrape_error|cadvisor_version_info',
    onNodes: true,
  },
  kubelet: {
    up: ['job=~"(?i:.*kubelet.*|kubernetes-nodes.*)",metrics_path!~".+/(cadvisor|probes|resource)"'],
    evidence: 'kubelet_volume_stats_used_bytes|kubelet_node_name|kubelet_running_pods',
    onNodes: true,
  },
  nginx: {
    up: ['job=~"(?i:.*(nginx|ingress).*)"'],
    evidence: 'nginx_ingress_controller_requests|nginx_ingress_controller_success|nginx_ingress_controller_build_info',
    onNodes: false,
  },
  istio: { up: ['job=~"(?i:.*(istio|envoy).*)"'], evidence: 'istio_requests_total|istio_build', onNodes: false },
  traefik: {
    up: ['job=~"(?i:.*traefik.*)"'],
    evidence: 'traefik_service_requests_total|traefik_config_reloads_total',
    onNodes: false,
  },
};

export interface Source {
  metric: string;
  /** Matchers that together select what belongs to the namespace, each part once. */
  selectors: string[];
  targets: TargetKind;
  /** Labels that always tell things apart, and those that do so where all series of a group have them. */
  identity: { required: string[]; optional: string[] };
  /** What proves the birth of a counter: the container's own start, its pod's, or only the target's earlier scrapes. */
  born?: 'container' | 'pod' | 'scrape';
  /** Pods with the node's network carry the node's traffic and are left out. */
  withoutHostNetwork?: boolean;
}

const containers = ['namespace="$NS",exported_namespace="",container!="",container!="POD",pod!=""$PODS'];
// cAdvisor shows a pod's network at its sandbox: container is absent, or POD with the older runtimes.
const podInterfaces = ['namespace="$NS",exported_namespace="",container=~"|POD",pod!="",interface="eth0"$PODS'];
const ownOrExported = ['namespace="$NS",exported_namespace=""', 'exported_namespace="$NS"'];
const container = { required: ['pod', 'container'], optional: ['id'] };
const podInterface = { required: ['pod', 'interface'], optional: ['id'] };
const istioIdentity = [
  'reporter',
  'source_workload',
  'source_workload_namespace',
  'destination_workload',
  'destination_service_name',
  'request_protocol',
  'response_code',
  'response_flags',
];
// Counters of one proxy that differ in one of these alone would be taken for one; but a mesh may be told to drop them.
const istioDetails = [
  'source_principal',
  'source_app',
  'source_version',
  'source_canonical_service',
  'source_canonical_revision',
  'source_cluster',
  'destination_service',
  'destination_version',
  'destination_canonical_revision',
  'grpc_response_status',
  'connection_security_policy',
];
const fromOutside = 'reporter!="source",source_workload_namespace!="$NS"';

export const sources = {
  cpu: {
    metric: 'container_cpu_usage_seconds_total',
    selectors: containers,
    targets: 'cadvisor',
    identity: { required: ['pod', 'container'], optional: ['id', 'cpu'] },
    born: 'container',
  },
  memory: {
    metric: 'container_memory_working_set_bytes',
    selectors: containers,
    targets: 'cadvisor',
    identity: container,
  },
  sent: {
    metric: 'container_network_transmit_bytes_total',
    selectors: podInterfaces,
    targets: 'cadvisor',
    identity: podInterface,
    born: 'pod',
    withoutHostNetwork: true,
  },
  received: {
    metric: 'container_network_receive_bytes_total',
    selectors: podInterfaces,
    targets: 'cadvisor',
    identity: podInterface,
    born: 'pod',
    withoutHostNetwork: true,
  },
  volumes: {
    metric: 'kubelet_volume_stats_used_bytes',
    selectors: ownOrExported.map((s) => `${s},persistentvolumeclaim!=""`),
    targets: 'kubelet',
    identity: { required: ['persistentvolumeclaim'], optional: [] },
  },
  nginx: {
    metric: 'nginx_ingress_controller_requests',
    selectors: ownOrExported,
    targets: 'nginx',
    identity: {
      required: ['ingress', 'service', 'status', 'method', 'host', 'path', 'canary'],
      optional: ['controller_pod', 'controller_class'],
    },
    born: 'scrape',
  },
  istio: {
    metric: 'istio_requests_total',
    selectors: [
      `destination_workload_namespace="$NS",${fromOutside}`,
      `destination_workload_namespace="",destination_service_namespace="$NS",${fromOutside}`,
      `destination_workload_namespace="",destination_service_namespace="",destination_namespace="$NS",${fromOutside}`,
    ],
    targets: 'istio',
    identity: { required: istioIdentity, optional: ['pod', ...istioDetails] },
    born: 'scrape',
  },
  traefik: {
    metric: 'traefik_service_requests_total',
    selectors: ['service=~"$NS-.+@kubernetes.*",exported_service=""', 'exported_service=~"$NS-.+@kubernetes.*"'],
    targets: 'traefik',
    identity: { required: ['service', 'code', 'method', 'protocol'], optional: ['pod'] },
    born: 'scrape',
  },
} as const satisfies Record<string, Source>;

export type SourceName = keyof typeof sources;
export const sourceOf = (name: SourceName): Source => sources[name];

/**
 * One meter. `counter`: growth × scale. `gauge`: integral over time × scale, per hour or averaged over the whole window
 * (time not lived is zero). `peak`: most of `countedBy` that lived at once.
 */
export type Meter = { field: QuantityField; unit: string } & (
  | { kind: 'counter'; source: SourceName | 'http'; scale: number; whole: boolean }
  | { kind: 'gauge'; source: SourceName; scale: number; per: 'hour' | 'window' }
  | { kind: 'peak'; source: SourceName; countedBy: string }
);

const gigabyte = 2 ** 30;
const secondsPerHour = 3600;

/** Bounds per window are the wire's: `quantityBounds`. */
export const meters: Meter[] = [
  { field: 'cpu_hours', unit: 'core-hours', kind: 'counter', source: 'cpu', scale: 1 / secondsPerHour, whole: false },
  { field: 'memory_gb_hours', unit: 'GB-hours', kind: 'gauge', source: 'memory', scale: 1 / gigabyte, per: 'hour' },
  { field: 'storage_used_gb', unit: 'GB', kind: 'gauge', source: 'volumes', scale: 1 / gigabyte, per: 'window' },
  { field: 'network_bytes_sent', unit: 'bytes', kind: 'counter', source: 'sent', scale: 1, whole: true },
  { field: 'network_bytes_received', unit: 'bytes', kind: 'counter', source: 'received', scale: 1, whole: true },
  { field: 'http_requests', unit: 'requests', kind: 'counter', source: 'http', scale: 1, whole: true },
  { field: 'running_pods', unit: 'pods', kind: 'peak', source: 'memory', countedBy: 'pod' },
];

/** Series that are evidence, not quantities: when containers started, which pods there are and where. */
export const startTimes = {
  metric: 'container_start_time_seconds',
  selectors: ['namespace="$NS",exported_namespace="",pod!=""$PODS'],
};
export const podInfo = {
  metric: 'kube_pod_info',
  selectors: ['namespace="$NS",exported_namespace=""$PODS', 'exported_namespace="$NS"$EXPORTED_PODS'],
};
export const podPhase = { metric: 'kube_pod_status_phase', selectors: podInfo.selectors };
