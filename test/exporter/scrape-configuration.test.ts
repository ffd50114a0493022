/**
 * The scrape configuration that ships, on a real Prometheus: discovery is replaced by static targets that bear the labels
 * which discovery would give, everything behind it is the file's own.
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { checkPrometheus } from '../../exporter/checking/check.ts';
import type { Finding } from '../../exporter/checking/finding.ts';
import { systemClock } from '../../exporter/clock.ts';
import { type Config, readConfig } from '../../exporter/config.ts';
import { prometheusClient } from '../../exporter/prometheus/client.ts';
import { type RunningPrometheus, startPrometheus } from '../harness/prometheus.ts';
import { describeWithTools, toolPath } from '../harness/tools.ts';

const file = new URL('../../exporter/prometheus.yml', import.meta.url);
const namespace = 'customer-a1b2c3d4';

interface Job {
  job_name: string;
  scheme?: string;
  relabel_configs: { target_label?: string; replacement?: string }[];
  [other: string]: unknown;
}

/** What discovery would say of each job's one target. */
const discovered: Record<string, Record<string, string>> = {
  'kubernetes-cadvisor': { __meta_kubernetes_node_name: 'node-1' },
  'kubernetes-nodes': { __meta_kubernetes_node_name: 'node-1' },
  'kube-state-metrics': {
    __meta_kubernetes_service_label_app_kubernetes_io_name: 'kube-state-metrics',
    __meta_kubernetes_endpoint_port_name: 'http',
    __meta_kubernetes_namespace: 'monitoring',
  },
  'nginx-ingress': {
    __meta_kubernetes_pod_label_app_kubernetes_io_name: 'ingress-nginx',
    __meta_kubernetes_pod_container_port_name: 'metrics',
    __meta_kubernetes_namespace: 'ingress-nginx',
    __meta_kubernetes_pod_name: 'controller-1',
  },
};

const startedMs = Date.now() - 60_000;
const seconds = (): number => (Date.now() - startedMs) / 1000;
const own = `namespace="${namespace}",pod="api-0"`;

/** What each path shows, as the real thing does; the name of a job is a path, for those that have none of their own. */
const shown: Record<string, () => string> = {
  '/api/v1/nodes/node-1/proxy/metrics/cadvisor': () => `
container_cpu_usage_seconds_total{container="api",cpu="total",id="/kubepods/a/1",${own}} ${seconds() / 2}
container_cpu_usage_seconds_total{container="",cpu="total",id="/kubepods/a",${own}} ${seconds() / 2}
container_memory_working_set_bytes{container="api",id="/kubepods/a/1",${own}} ${2 ** 30}
container_start_time_seconds{container="api",id="/kubepods/a/1",${own}} ${startedMs / 1000}
container_network_transmit_bytes_total{container="",id="/kubepods/a",interface="eth0",${own}} ${Math.floor(seconds() * 100)}
container_network_receive_bytes_total{container="",id="/kubepods/a",interface="eth0",${own}} ${Math.floor(seconds() * 200)}
container_fs_usage_bytes{container="api",${own}} 1
machine_cpu_cores 8
`,
  '/api/v1/nodes/node-1/proxy/metrics': () => `
kubelet_node_name{node="node-1"} 1
kubelet_volume_stats_used_bytes{namespace="${namespace}",persistentvolumeclaim="data"} ${3 * 2 ** 30}
kubelet_volume_stats_capacity_bytes{namespace="${namespace}",persistentvolumeclaim="data"} ${10 * 2 ** 30}
`,
  '/metrics/kube-state-metrics': () => `
kube_pod_info{${own},uid="u",node="node-1",host_ip="10.0.0.1",host_network="false"} 1
kube_pod_status_phase{${own},uid="u",phase="Running"} 1
kube_persistentvolumeclaim_resource_requests_storage_bytes{namespace="${namespace}",persistentvolumeclaim="data"} ${10 * 2 ** 30}
`,
  '/metrics/nginx-ingress': () => `
nginx_ingress_controller_build_info{controller_namespace="ingress-nginx"} 1
nginx_ingress_controller_requests{namespace="${namespace}",ingress="web",controller_pod="controller-1",status="200"} ${Math.floor(seconds() * 3)}
process_start_time_seconds ${startedMs / 1000}
`,
};

/** The file for this machine: the same jobs, of one target each at `host`, scraped every second. */
function localOf(host: string): string {
  const config = parse(readFileSync(file, 'utf8')) as { global: object; scrape_configs: Job[] };
  const jobs = config.scrape_configs.map(
    ({ kubernetes_sd_configs: _, authorization: __, tls_config: ___, ...job }) => ({
      ...job,
      scheme: 'http',
      ...(job.job_name.startsWith('kubernetes-') ? {} : { metrics_path: `/metrics/${job.job_name}` }),
      relabel_configs: job.relabel_configs.map((rule) =>
        rule.target_label === '__address__' ? { ...rule, replacement: host } : rule,
      ),
      static_configs: [{ targets: [host], labels: discovered[job.job_name] }],
    }),
  );
  return stringify({ global: { scrape_interval: '1s', scrape_timeout: '1s' }, scrape_configs: jobs });
}

function configOf(url: string): Config {
  const env = { CUSTOMER_ID: `cust_a1b2c3d4${'0'.repeat(24)}`, PROMETHEUS_URL: url };
  const config = readConfig(env, true);
  if (!config.ok) throw new Error(config.error.join('; '));
  return config.value;
}

describeWithTools(['prometheus', 'promtool'], 'the scrape configuration that ships', () => {
  let server: Server;
  let prometheus: RunningPrometheus;
  beforeAll(async () => {
    server = createServer((request, response) => {
      const text = (shown[request.url ?? ''] ?? (() => ''))();
      response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4' }).end(text.trimStart());
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    prometheus = await startPrometheus({
      config: localOf(`127.0.0.1:${typeof address === 'object' ? address?.port : 0}`),
    });
  });
  afterAll(async () => {
    await prometheus.stop();
    server.close();
  });

  const check = async (): Promise<Finding[]> => {
    const client = prometheusClient({ url: prometheus.url, clock: systemClock });
    const found = await checkPrometheus(client, configOf(prometheus.url), Date.now(), 5 * 60_000);
    await client.close();
    if (!Array.isArray(found)) throw new Error(found.message);
    return found;
  };
  const statesOf = (found: Finding[]) => Object.fromEntries(found.map(({ about, state }) => [about, state]));

  it('is one that Prometheus takes', () => {
    const folder = mkdtempSync(join(tmpdir(), 'tenantry-scrape-'));
    // promtool looks for the files of the cluster, which are not here.
    const text = readFileSync(file, 'utf8').replaceAll(/^ *(?:authorization|tls_config):.*\n/gm, '');
    writeFileSync(join(folder, 'prometheus.yml'), text);
    const { status, stdout, stderr } = spawnSync(toolPath('promtool'), [
      'check',
      'config',
      join(folder, 'prometheus.yml'),
    ]);
    rmSync(folder, { recursive: true });
    expect(status, `${stdout}${stderr}`).toBe(0);
  });

  it('shows all that every meter needs, and is believed', async () => {
    await expect
      .poll(async () => (await check()).filter(({ state }) => state === 'missing'), { timeout: 120_000 })
      .toEqual([]);
    expect(statesOf(await check())).toMatchObject({
      'cAdvisor of the kubelets': 'ok',
      kubelets: 'ok',
      'kube-state-metrics': 'ok',
      'ingress-nginx': 'ok',
    });
    const meters = (await check())
      .filter(({ about }) => /^[a-z_]+$/.test(about))
      .map(({ about, told }) => [about, told]);
    expect(Object.fromEntries(meters)).toMatchObject({
      cpu_hours: expect.stringContaining('1 series of container_cpu_usage_seconds_total'),
      http_requests: expect.stringContaining('1 series of nginx_ingress_controller_requests'),
    });
  });

  it('passes the command that checks a Prometheus, which fails where a source is not there', async () => {
    const run = async (env: Record<string, string>, ...args: string[]) => {
      const program = new URL('../../exporter/prometheus-check.ts', import.meta.url).pathname;
      const child = spawn(process.execPath, [program, ...args], {
        env: { PATH: process.env['PATH'], PROMETHEUS_URL: prometheus.url, NAMESPACE: namespace, ...env },
      });
      let said = '';
      for (const stream of [child.stdout, child.stderr]) {
        stream.on('data', (chunk: Buffer) => {
          said += chunk.toString();
        });
      }
      const [code] = (await once(child, 'close')) as [number];
      return { code, said };
    };
    const good = await run({}, '--minutes', '5');
    expect(good.code, good.said).toBe(0);
    expect(good.said).toContain('job kubernetes-cadvisor');
    const bad = await run({ HTTP_METRICS: 'traefik' });
    expect(bad.code, bad.said).toBe(1);
    expect(bad.said).toContain('MISSING  Traefik: no target is known');
    expect(bad.said).toContain('to do: set metrics.prometheus');
    expect((await run({ CADVISOR_JOB: 'other' })).said).toContain('set CADVISOR_JOB or CADVISOR_NAMESPACE');
    expect((await run({ PROMETHEUS_URL: 'http://127.0.0.1:9' })).code).toBe(1);
    expect((await run({ PROMETHEUS_MATCHERS: 'cluster=prod' })).code).toBe(2);
    expect((await run({}, '--minutes', '1')).code).toBe(2);
    const json = await run({}, '--json');
    expect(JSON.parse(json.said)).toContainEqual(expect.objectContaining({ about: 'kubelets', state: 'ok' }));
  });

  it('keeps nothing that metering does not ask for', async () => {
    const answer = await fetch(`${prometheus.url}/api/v1/label/__name__/values`);
    const { data } = (await answer.json()) as { data: string[] };
    expect(data.filter((name) => !/^(up|scrape_)/.test(name))).not.toContain('container_fs_usage_bytes');
  });
});
