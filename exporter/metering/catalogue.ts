/**
 * The meters as data: a new meter is one entry in `meters` (and a source, when it reads a series that no other reads).
 * Owns which series are read and what makes them things; how they become quantities is counter.ts, gauge.ts, peak.ts.
 * `$NS` in a selector is the namespace; `$PODS` and `$EXPORTED` leave excluded pods out (or nothing). Identity labels are the thing's own: an `exported_x` has already taken the place of `x`.
 */
import type { QuantityField } from '../../src/contracts/usage.ts';
import type { Labels } from './series.ts';

/** Where ingress requests are counted; `none` switches the meter off. */
export const httpSources = ['nginx', 'istio', 'traefik', 'none'] as const;
export type HttpSource = (typeof httpSources)[number];

export type TargetKind = 'cadvisor' | 'kubelet' | 'podlist' | HttpKind;
export type HttpKind = Exclude<HttpSource, 'none'>;

export interface KindRule {
  /** Matchers of `up` for targets that show nothing of the namespace: by name. */
  up: string[];
  /** What else names them: selectors of series that only such targets show. */
  evidence: string[];
  /** Selectors that prove that such a target shows things of its kind, for somebody: without, nothing is no zero. */
  shows: string[];
  /** Selectors of things by namespace: where all are of none, or of the targets' own, a relabelling dropped theirs (`labeldrop`). */
  byNamespace?: string[];
  onNodes: boolean;
  /** Jobs that are believed, and namespaces that targets of the kind live in (metering/trust.ts). */
  jobs: RegExp;
  homes: RegExp;
  /** Whether such targets stand beside the pods whose use they count. */
  besidePods: boolean;
}

/** The kinds of target, who is believed to be one, and what proves that it shows what it should. */
export const targetKinds: Record<TargetKind, KindRule> = {
  cadvisor: {
    up: ['metrics_path=~".*cadvisor.*"', 'metrics_path="",job=~"(?i:.*(cadvisor|kubelet).*)"'],
    evidence: ['{__name__=~"container_cpu_usage_seconds_total|container_scrape_error|cadvisor_version_info"}'],
    shows: [
      'container_cpu_usage_seconds_total{namespace!="",container!="",pod!=""}',
      'container_cpu_usage_seconds_total{exported_namespace!=""}',
    ],
    byNamespace: ['container_cpu_usage_seconds_total{namespace!=""}'],
    onNodes: true,
    jobs: /cadvisor|kubelet|nodes?\b/i,
    homes: /cadvisor|kubelet/i,
    besidePods: false,
  },
  kubelet: {
    up: ['job=~"(?i:.*kubelet.*|kubernetes-nodes.*)",metrics_path!~".+/(cadvisor|probes|resource)"'],
    evidence: ['{__name__=~"kubelet_volume_stats_used_bytes|kubelet_node_name|kubelet_running_pods"}'],
    // A kubelet whose pods mount no claim shows none: that it is one must do.
    shows: ['{__name__=~"kubelet_volume_stats_used_bytes|kubelet_node_name|kubelet_running_pods"}'],
    byNamespace: ['kubelet_volume_stats_used_bytes{persistentvolumeclaim!=""}'],
    onNodes: true,
    jobs: /cadvisor|kubelet|nodes?\b/i,
    homes: /kubelet/i,
    besidePods: false,
  },
  podlist: {
    up: ['job=~"(?i:.*kube-state-metrics.*)"'],
    evidence: ['kube_pod_info'],
    shows: ['kube_pod_info'],
    onNodes: false,
    jobs: /kube-?state|\bksm\b/i,
    homes: /kube-?state/i,
    besidePods: false,
  },
  nginx: {
    up: ['job=~"(?i:.*(nginx|ingress).*)"'],
    evidence: [
      '{__name__=~"nginx_ingress_controller_requests|nginx_ingress_controller_success|nginx_ingress_controller_build_info"}',
    ],
    shows: ['nginx_ingress_controller_requests'],
    // Without an ingress it is nobody's request.
    byNamespace: ['nginx_ingress_controller_requests{ingress!=""}'],
    onNodes: false,
    jobs: /nginx|ingress/i,
    homes: /nginx|ingress|gateway|edge/i,
    besidePods: false,
  },
  istio: {
    up: ['job=~"(?i:.*(istio|envoy).*)"'],
    evidence: ['{__name__=~"istio_requests_total|istio_build"}'],
    shows: ['workload_', 'service_', ''].map((of) => `istio_requests_total{destination_${of}namespace!~"|unknown"}`),
    onNodes: false,
    jobs: /istio|envoy|mesh|gateway|waypoint|proxy|sidecar/i,
    homes: /istio|mesh|gateway|ingress|waypoint/i,
    besidePods: true,
  },
  traefik: {
    up: ['job=~"(?i:.*traefik.*)"'],
    evidence: ['{__name__=~"traefik_service_requests_total|traefik_config_reloads_total"}'],
    // Without the provider it is not Traefik's own name of a service, but the scrape's.
    shows: ['service', 'exported_service'].map((label) => `traefik_service_requests_total{${label}=~".+@.+"}`),
    onNodes: false,
    jobs: /traefik/i,
    homes: /traefik|ingress|gateway|edge/i,
    besidePods: false,
  },
};

export interface Source {
  metric: string;
  /** Matchers that together select what belongs to the namespace, each part once. */
  selectors: string[];
  targets: TargetKind;
  /** Which of the selected series are meant, by the thing's own labels. */
  keeps?: (labels: Labels) => boolean;
  /** Labels that always tell things apart, and those that do so where all series of a group have them. */
  identity: { required: string[]; optional: string[] };
  /** What proves the birth of a counter: the container's own start, its pod's, or its process'. */
  born?: 'container' | 'pod' | 'process';
  /** The most that one thing can grow by in a second, in the metric's unit; `cores` is the node's number of them. */
  growthMax?: number | 'cores';
  /** A growth per second that is always believed of something new, however idle it was later. */
  growthUsual?: number;
  /** Pods with the node's network carry the node's traffic and are left out. */
  withoutHostNetwork?: boolean;
}

// `$PODS` and `$EXPORTED` leave excluded pods out (prometheus/query.ts).
const own = 'namespace="$NS",exported_namespace=""';
const exported = 'exported_namespace="$NS"';
const containers = [`${own},container!="",container!="POD",pod!=""$PODS`, `${exported}$EXPORTED`];
// cAdvisor shows a pod's network at its sandbox: container is absent, or POD with the older runtimes.
const podInterfaces = [
  `${own},container=~"|POD",pod!="",interface="eth0"$PODS`,
  `${exported},interface="eth0"$EXPORTED`,
];
const ownOrExported = [own, exported];
const pods = [`${own}$PODS`, `${exported}$EXPORTED`];
const isContainer = ({ pod, container }: Labels): boolean => Boolean(pod && container && container !== 'POD');
const isSandbox = ({ pod, container }: Labels): boolean => Boolean(pod && (!container || container === 'POD'));
// Whatever cgroup ids show it: at one moment a (node, pod, container) is one thing (things.ts).
const container = { required: ['pod', 'container'], optional: ['cpu'] };
const podInterface = { required: ['pod', 'interface'], optional: [] };
/** 25 Gbit/s, and what a busy machine can answer: more is no growth of one counter. */
const linkBytes = 3.125e9;
const requestsMax = 500_000;
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
const fromOutside = 'source_workload_namespace!="$NS"';

export const sources = {
  cpu: {
    metric: 'container_cpu_usage_seconds_total',
    selectors: containers,
    targets: 'cadvisor',
    keeps: isContainer,
    identity: container,
    born: 'container',
    growthMax: 'cores',
    growthUsual: 1,
  },
  memory: {
    metric: 'container_memory_working_set_bytes',
    selectors: containers,
    targets: 'cadvisor',
    keeps: isContainer,
    identity: container,
  },
  sent: {
    metric: 'container_network_transmit_bytes_total',
    selectors: podInterfaces,
    targets: 'cadvisor',
    keeps: isSandbox,
    identity: podInterface,
    born: 'pod',
    growthMax: linkBytes,
    growthUsual: 1e6,
    withoutHostNetwork: true,
  },
  received: {
    metric: 'container_network_receive_bytes_total',
    selectors: podInterfaces,
    targets: 'cadvisor',
    keeps: isSandbox,
    identity: podInterface,
    born: 'pod',
    growthMax: linkBytes,
    growthUsual: 1e6,
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
      optional: ['controller_class'],
    },
    born: 'process',
    growthMax: requestsMax,
    growthUsual: 1000,
  },
  istio: {
    metric: 'istio_requests_total',
    selectors: [
      `destination_workload_namespace="$NS",${fromOutside}`,
      `destination_workload_namespace=~"|unknown",destination_service_namespace="$NS",${fromOutside}`,
      `destination_workload_namespace=~"|unknown",destination_service_namespace=~"|unknown",destination_namespace="$NS",${fromOutside}`,
    ],
    targets: 'istio',
    identity: { required: istioIdentity, optional: istioDetails },
    born: 'process',
    growthMax: requestsMax,
    growthUsual: 1000,
  },
  traefik: {
    metric: 'traefik_service_requests_total',
    // Which of these are the namespace's is for services.ts to say.
    selectors: [
      'service=~"((http|grpc|tcp|tls)route-)?$NS-.+@kubernetes.*",exported_service=""',
      'exported_service=~"((http|grpc|tcp|tls)route-)?$NS-.+@kubernetes.*"',
    ],
    targets: 'traefik',
    identity: { required: ['service', 'code', 'method', 'protocol'], optional: [] },
    born: 'process',
    growthMax: requestsMax,
    growthUsual: 1000,
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
  selectors: [`${own},pod!=""$PODS`, `${exported}$EXPORTED`],
};
/** When a process started that counts requests, by its own word. */
export const processStart = 'process_start_time_seconds';
export const nodeCores = 'machine_cpu_cores';
export const podInfo = { metric: 'kube_pod_info', selectors: pods };
export const podPhase = { metric: 'kube_pod_status_phase', selectors: pods };
export const containerRunning = { metric: 'kube_pod_container_status_running', selectors: pods };
/** What a pod's cgroup used in all, also where its containers are not shown. */
export const podCpu = {
  metric: 'container_cpu_usage_seconds_total',
  selectors: [`${own},container="",pod!=""$PODS`],
};
/** What bounds a claim: the file system's size, and what was asked for. */
export const claimCapacity = { metric: 'kubelet_volume_stats_capacity_bytes', selectors: ownOrExported };
export const claimRequest = {
  metric: 'kube_persistentvolumeclaim_resource_requests_storage_bytes',
  selectors: ownOrExported,
};
