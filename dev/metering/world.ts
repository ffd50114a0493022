/**
 * The series that a Prometheus beside the simulated cluster would have, with the labels that kube-prometheus-stack gives
 * them: cAdvisor and kubelet of one node, kube-state-metrics, ingress-nginx. Owns names, labels and when a series lives;
 * values are workload.ts. Every target was always up: outages are what the exporter's own tests are for.
 */
import { createHash } from 'node:crypto';
import { secondMs } from '../../src/lib/time.ts';
import type { Namespace, Run } from './namespaces.ts';
import { ingressRequests, levelAt, livedIn, livedUpTo, type Part, parts, sizeOf } from './workload.ts';

export type Series = {
  labels: Record<string, string>;
  /** In these it has samples. */
  lives: Run[];
  valueAt: (ms: number) => number;
};

const NODE = 'simulated-node';
const NODE_IP = '10.0.0.1';
const KUBELET = { job: 'kubelet', instance: `${NODE_IP}:10250`, node: NODE };
const targets = {
  cadvisor: { ...KUBELET, metrics_path: '/metrics/cadvisor' },
  kubelet: { ...KUBELET, metrics_path: '/metrics' },
  pods: { job: 'kube-state-metrics', instance: '10.0.0.2:8080' },
  ingress: { job: 'ingress-nginx', instance: '10.0.0.3:10254' },
};
const ALWAYS: Run = { startMs: 0, endMs: Number.POSITIVE_INFINITY };

/** Stable hex that names a thing, as Kubernetes' own suffixes and ids do. */
const idOf = (length: number, ...of: (string | number)[]): string =>
  createHash('sha256').update(of.join('/')).digest('hex').slice(0, length);

/** Pods are made anew by every run. */
function podOf(namespace: string, component: string, run: Run) {
  const release = `c${namespace.replace(/^customer-/, '')}`;
  const of = [namespace, component, run.startMs];
  const slice = `/kubepods.slice/pod${idOf(32, 'pod', ...of)}`;
  const labels = { namespace, pod: `${release}-customer-instance-${component}-${idOf(10, 'name', ...of)}` };
  const container = { container: component, id: `${slice}/${idOf(64, 'container', ...of)}` };
  return { labels, container, sandbox: { id: `${slice}/${idOf(64, 'sandbox', ...of)}` } };
}

type OfPart = (namespace: Namespace, part: Part, run: Run) => Omit<Series, 'lives'>;

const ofContainer =
  (valueAt: (part: Part, run: Run, ms: number) => number): OfPart =>
  ({ name }, part, run) => {
    const { labels, container } = podOf(name, part.component, run);
    const size = sizeOf(name);
    return { labels: { ...targets.cadvisor, ...labels, ...container }, valueAt: (ms) => size * valueAt(part, run, ms) };
  };

const ofInterface =
  (rateOf: (part: Part) => number): OfPart =>
  ({ name }, part, run) => {
    const { labels, sandbox } = podOf(name, part.component, run);
    const rate = sizeOf(name) * rateOf(part);
    const own = { ...targets.cadvisor, ...labels, ...sandbox, interface: 'eth0' };
    return { labels: own, valueAt: (ms) => Math.floor(rate * livedIn(run, ms)) };
  };

const startTime: OfPart = ({ name }, part, run) => {
  const { labels, container } = podOf(name, part.component, run);
  return { labels: { ...targets.cadvisor, ...labels, ...container }, valueAt: () => run.startMs / secondMs };
};

const podInfo: OfPart = ({ name }, part, run) => ({
  labels: {
    ...targets.pods,
    ...podOf(name, part.component, run).labels,
    node: NODE,
    host_ip: NODE_IP,
    host_network: 'false',
  },
  valueAt: () => 1,
});

const perPart =
  (of: OfPart) =>
  (namespace: Namespace): Series[] =>
    namespace.runs.flatMap((run) => parts.map((part) => ({ ...of(namespace, part, run), lives: [run] })));

/** A claim's use is shown while a pod mounts it, and its data outlives the pod. */
const volumes = ({ name, runs }: Namespace): Series[] =>
  parts.flatMap(({ component, volume }) =>
    volume === undefined
      ? []
      : {
          labels: { ...targets.kubelet, namespace: name, persistentvolumeclaim: `data-${component}` },
          lives: runs,
          valueAt: (ms) => Math.floor(sizeOf(name) * (volume.bytes + volume.growth * livedUpTo(runs, ms))),
        },
  );

/** The controller goes on counting for an ingress as long as it exists, also while nothing runs behind it. */
function requests({ name, runs }: Namespace): Series[] {
  const [first] = runs;
  if (first === undefined) return [];
  const labels = {
    ...targets.ingress,
    namespace: name,
    ingress: 'customer-instance',
    service: 'customer-instance-api',
    host: `${name}.simulated`,
    path: '/',
    method: 'GET',
    status: '200',
    controller_pod: 'ingress-nginx-controller',
  };
  const rate = sizeOf(name) * ingressRequests;
  return [
    {
      labels,
      lives: [{ startMs: first.startMs, endMs: Number.POSITIVE_INFINITY }],
      valueAt: (ms) => Math.floor(rate * livedUpTo(runs, ms)),
    },
  ];
}

const metrics: Record<string, (namespace: Namespace) => Series[]> = {
  container_cpu_usage_seconds_total: perPart(ofContainer(({ cpuCores }, run, ms) => cpuCores * livedIn(run, ms))),
  container_memory_working_set_bytes: perPart(ofContainer(({ memoryBytes }, _, ms) => memoryBytes * levelAt(ms))),
  container_network_transmit_bytes_total: perPart(ofInterface(({ sentBytes }) => sentBytes)),
  container_network_receive_bytes_total: perPart(ofInterface(({ receivedBytes }) => receivedBytes)),
  container_start_time_seconds: perPart(startTime),
  kubelet_volume_stats_used_bytes: volumes,
  kube_pod_info: perPart(podInfo),
  nginx_ingress_controller_requests: requests,
};

const ups = (): Series[] => Object.values(targets).map((labels) => ({ labels, lives: [ALWAYS], valueAt: () => 1 }));

/**
 * The series of the metrics whose name fits, of the namespaces that are given (and `up`, which is nobody's), each with
 * `__name__`.
 */
export function seriesNamed(namespaces: Namespace[], fits: (name: string) => boolean): Series[] {
  const named = (name: string, series: Series[]): Series[] =>
    series.map((one) => ({ ...one, labels: { __name__: name, ...one.labels } }));
  const found = Object.entries(metrics)
    .filter(([name]) => fits(name))
    .flatMap(([name, of]) => named(name, namespaces.flatMap(of)));
  return fits('up') ? [...named('up', ups()), ...found] : found;
}
