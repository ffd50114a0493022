/** What the node's Prometheus holds, as it was scraped: samples with their times, which are cAdvisor's. And what a customer's own does. */
import type { TestNode } from '../harness/node.ts';
import { namespace as customers, podOf } from './stack.ts';

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

/** The jobs that the customer's own Prometheus saw up at a moment, in their order. */
export async function jobsUp(node: TestNode, atSeconds: number): Promise<string[]> {
  const { name } = await podOf(node, 'prometheus');
  const ask = `http://127.0.0.1:9090/api/v1/query?query=up&time=${atSeconds}`;
  const answer = JSON.parse(await node.kubectl('-n', customers, 'exec', name, '--', 'wget', '-qO-', ask)) as {
    data: { result: { metric: { job: string }; value: [number, string] }[] };
  };
  const up = answer.data.result.filter(({ value }) => value[1] === '1').map(({ metric }) => metric.job);
  return up.sort();
}
