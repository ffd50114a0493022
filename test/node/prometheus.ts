/** What the node's Prometheus holds, as it was scraped: samples with their times, which are cAdvisor's. */
import type { TestNode } from '../harness/node.ts';

/** The times of a pod's samples, ms since the epoch. */
export type Sample = { pod: string; container: string | undefined; times: number[] };

/** Longer than a container is left unseen. */
const look = '5m';

async function samplesOf(node: TestNode, selector: string, atMs: number): Promise<Sample[]> {
  const query = encodeURIComponent(`${selector}[${look}]`);
  const service = '/api/v1/namespaces/monitoring/services/prometheus-kube-prometheus-prometheus:9090/proxy';
  const answer = await node.kubectl('get', '--raw', `${service}/api/v1/query?query=${query}&time=${atMs / 1000}`);
  const { data } = JSON.parse(answer) as {
    data: { result: { metric: { pod: string; container?: string }; values: [number, string][] }[] };
  };
  return data.result.map(({ metric, values }) => ({
    pod: metric.pod,
    container: metric.container,
    times: values.map(([seconds]) => Math.round(seconds * 1000)),
  }));
}

/** The samples of a namespace's containers that its usage is read from, up to a moment. */
export async function rawSamples(node: TestNode, namespace: string, atMs: number) {
  const of = (metric: string, more: string) => samplesOf(node, `${metric}{namespace="${namespace}",${more}}`, atMs);
  return {
    cpu: await of('container_cpu_usage_seconds_total', 'container!~"|POD|initialise|prepare"'),
    sent: await of('container_network_transmit_bytes_total', 'interface="eth0"'),
    received: await of('container_network_receive_bytes_total', 'interface="eth0"'),
  };
}
