/** What to do about each thing that a Prometheus may lack, in words that a platform engineer acts on. */
import type { TargetKind } from '../metering/catalogue.ts';

interface Advice {
  /** What the targets are called. */
  name: string;
  /** The start of the variables that say which are believed. */
  variable: string;
  scrape: string;
}

export const adviceOf: Record<TargetKind, Advice> = {
  cadvisor: {
    name: 'cAdvisor of the kubelets',
    variable: 'CADVISOR',
    scrape: 'scrape /metrics/cadvisor of every kubelet (exporter/prometheus.yml has the job kubernetes-cadvisor)',
  },
  kubelet: {
    name: 'kubelets',
    variable: 'KUBELET',
    scrape: 'scrape /metrics of every kubelet (exporter/prometheus.yml has the job kubernetes-nodes)',
  },
  podlist: {
    name: 'kube-state-metrics',
    variable: 'KUBE_STATE_METRICS',
    scrape: 'install kube-state-metrics and scrape it (exporter/prometheus.yml has the job kube-state-metrics)',
  },
  nginx: {
    name: 'ingress-nginx',
    variable: 'HTTP_METRICS',
    scrape:
      'set controller.metrics.enabled=true in its chart and scrape port 10254, or set HTTP_METRICS to istio, traefik or none',
  },
  istio: {
    name: 'proxies of the mesh',
    variable: 'HTTP_METRICS',
    scrape: 'scrape /stats/prometheus of the sidecars, waypoints and gateways, or set HTTP_METRICS to another source',
  },
  traefik: {
    name: 'Traefik',
    variable: 'HTTP_METRICS',
    scrape: 'set metrics.prometheus with addServicesLabels=true and scrape it, or set HTTP_METRICS to another source',
  },
};

/** Series without which something is flagged or left out, by kind. */
export const wanted: { kind: TargetKind; selector: string; without: string; todo: string }[] = [
  {
    kind: 'cadvisor',
    selector: 'container_start_time_seconds{pod!=""}',
    without: 'no container tells when it started: one that is new between two scrapes is proven by its absence alone',
    todo: 'keep container_start_time_seconds in the metric relabelling',
  },
  {
    kind: 'cadvisor',
    selector: 'container_network_transmit_bytes_total{interface="eth0"}',
    without: 'no pod shows an interface eth0: network is missing',
    todo: 'keep the pod-level network series; runtimes that call the interface otherwise are not supported',
  },
  {
    kind: 'cadvisor',
    selector: 'machine_cpu_cores',
    without: 'no node tells its cores: a false start is only noticed above 256 cores',
    todo: 'keep machine_cpu_cores in the metric relabelling',
  },
  {
    kind: 'podlist',
    selector: 'kube_pod_info{host_network!=""}',
    without: 'nobody says which pods use the network of their node: network is missing',
    todo: 'keep the label host_network of kube_pod_info (kube-state-metrics 2.1 or newer), or set HOST_NETWORK=none',
  },
  {
    kind: 'podlist',
    selector: 'kube_pod_status_phase',
    without: 'nobody says whether a pod ran that is not shown: such a pod is not told of',
    todo: 'keep kube_pod_status_phase',
  },
  {
    kind: 'podlist',
    selector: 'kube_persistentvolumeclaim_resource_requests_storage_bytes',
    without: 'nobody says what claims asked for: claims on a shared file system are left out',
    todo: 'keep kube_persistentvolumeclaim_resource_requests_storage_bytes (only needed when there are claims)',
  },
];
