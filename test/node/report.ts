/** What the exporter reports of a stack on the real node, asked from outside of it. */
import { execFile } from 'node:child_process';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import type { WindowReport } from '../../src/contracts/usage.ts';
import type { TestNode } from '../harness/node.ts';
import { namespace, shortId } from './stack.ts';

const run = promisify(execFile);
const exporterProgram = resolve(import.meta.dirname, '../../exporter/main.ts');
const prometheus = '/api/v1/namespaces/monitoring/services/prometheus-kube-prometheus-prometheus:9090/proxy';

/** Where an exporter outside of the node finds its Prometheus, and what it has to know of a stack there. */
export async function exporterOn(node: TestNode, windowMs: number): Promise<Record<string, string>> {
  const server = await node.kubectl('config', 'view', '-o', 'jsonpath={.clusters[0].cluster.server}');
  return {
    PROMETHEUS_URL: `${server}${prometheus}`,
    PROMETHEUS_TOKEN: 'admin-token',
    PROMETHEUS_CA_FILE: join(node.folder, 'certs/apiserver.crt'),
    COLLECTION_INTERVAL: String(windowMs),
    ALLOW_SHORT_WINDOWS: 'true',
    HTTP_METRICS: 'none',
    HOST_NETWORK: 'none',
    EXCLUDE_PODS: '.*-(billing-exporter|mosquitto-exporter|opencost)-.*',
  };
}

/** Of one window; nothing is sent. */
export async function reportOf(node: TestNode, startMs: number, endMs: number): Promise<WindowReport> {
  const { stdout } = await run(
    process.execPath,
    [exporterProgram, '--from', new Date(startMs).toISOString(), '--to', new Date(endMs).toISOString(), '--dry-run'],
    {
      env: {
        CUSTOMER_ID: `cust_${shortId}f44a92453aba8a2fe3fe5d6e`,
        NAMESPACE: namespace,
        ...(await exporterOn(node, endMs - startMs)),
        LOG_LEVEL: 'error',
      },
    },
  );
  return JSON.parse(stdout) as WindowReport;
}
