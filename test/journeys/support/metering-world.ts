/** What the journey of usage runs on: a control plane of our own, a real Prometheus that scrapes it, and the platform. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Api } from '../../../bench/support/api.ts';
import { type Kube, kubeOf } from '../../../bench/support/kube.ts';
import { startCluster } from '../../harness/cluster.ts';
import { startPlatform } from '../../harness/platform.ts';
import { startPrometheus } from '../../harness/prometheus.ts';
import { toolPath } from '../../harness/tools.ts';

const scrapeSeconds = 5;

/** Steps that end what was started, in the order of the starts. */
export type Undo = (() => unknown)[];

export interface World {
  api: Api;
  kube: Kube;
  prometheusUrl: string;
  /** Removed at the end. */
  folder: string;
}

/** Starts it all. Null on a cluster that was given: only kwok's own metrics have a known truth. */
export async function startWorld(undo: Undo): Promise<World | null> {
  const folder = mkdtempSync(join(tmpdir(), 'tenantry-metering-'));
  undo.push(() => rmSync(folder, { recursive: true, force: true }));
  const cluster = await startCluster();
  undo.push(cluster.stop);
  if (cluster.metricsUrl === null) return null;
  const prometheus = await startPrometheus({ config: scrapesOf(new URL(cluster.metricsUrl).host) });
  undo.push(prometheus.stop);
  const platform = await startPlatform({
    dataDir: join(folder, 'data'),
    env: { KUBECONFIG: cluster.kubeconfig, HELM_BIN: toolPath('helm'), ALLOW_SHORT_WINDOWS: 'true' },
  });
  undo.push(platform.stop);
  const api = { url: platform.url, token: platform.ready.admin_token };
  return { api, kube: kubeOf(cluster.kubeconfig), prometheusUrl: prometheus.url, folder };
}

const scrapesOf = (host: string): string => `
global: { scrape_interval: ${scrapeSeconds}s, scrape_timeout: ${scrapeSeconds}s }
scrape_configs:
  - job_name: kubelet
    metrics_path: /metrics/nodes/node-0/metrics/cadvisor
    static_configs: [{ targets: ["${host}"] }]
    metric_relabel_configs: [{ source_labels: [__name__], regex: "nginx_.*", action: drop }]
  # kwok shows what a controller would at the same path; requests count by the word of a controller's job alone.
  - job_name: ingress-nginx
    metrics_path: /metrics/nodes/node-0/metrics/cadvisor
    static_configs: [{ targets: ["${host}"] }]
    metric_relabel_configs: [{ source_labels: [__name__], regex: "nginx_.*", action: keep }]
`;

/** Bytes of memory that Prometheus last saw in a namespace; 0 when it has not seen it. */
export async function memoryBytesSeen(prometheusUrl: string, namespace: string): Promise<number> {
  const query = `sum(container_memory_working_set_bytes{namespace="${namespace}"})`;
  const answer = await fetch(`${prometheusUrl}/api/v1/query?query=${encodeURIComponent(query)}`);
  const { data } = (await answer.json()) as { data?: { result: { value: [number, string] }[] } };
  return Number(data?.result[0]?.value[1] ?? 0);
}
