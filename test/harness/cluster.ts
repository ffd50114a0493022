/**
 * A Kubernetes control plane for tests: the project's own (test/cluster/up.sh), or the one of a kubeconfig that is given
 * in TENANTRY_TEST_KUBECONFIG or KUBECONFIG. Owns starting and stopping it; what a test makes in it, the test removes,
 * because a given cluster stays. A given cluster has no metrics of ours: `metricsUrl` is null there.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { toolsFolder } from './tools.ts';

const run = promisify(execFile);
const scripts = resolve(import.meta.dirname, '../cluster');

/** For one that hangs: up.sh waits for each part and says which did not come. */
const startMsMax = 240_000;

/** What `startCluster` needs, for `describeWithTools`. */
export const clusterTools = ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'etcd', 'kwok'];

export type TestCluster = {
  /** Path of a kubeconfig with full rights. */
  kubeconfig: string;
  /** Base of kwok's server, e.g. `http://127.0.0.1:12345`; null in a cluster that was given. */
  metricsUrl: string | null;
  /** Where the parts of our own keep their process ids and logs; null in a cluster that was given. */
  folder: string | null;
  stop(): Promise<void>;
};

/**
 * Starts (or finds) the cluster. It also goes when this process ends without `stop`. Throws when it does not start.
 * @param audit whether our own writes each request that is not a controller's to `audit.log` in its folder
 */
export async function startCluster({ audit = false } = {}): Promise<TestCluster> {
  const given = process.env['TENANTRY_TEST_KUBECONFIG'] ?? process.env['KUBECONFIG'];
  if (given) return { kubeconfig: given, metricsUrl: null, folder: null, stop: async () => {} };
  const folder = await mkdtemp(join(tmpdir(), 'tenantry-cluster-'));
  const stop = async () => {
    await run(join(scripts, 'down.sh'), [folder]);
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await run(join(scripts, 'up.sh'), [folder], {
      env: { ...process.env, TOOLS: toolsFolder, OWNER_PID: String(process.pid), ...(audit ? { AUDIT: '1' } : {}) },
      timeout: startMsMax,
    });
    const metricsUrl = (await readFile(join(folder, 'metrics-url'), 'utf8')).trim();
    return { kubeconfig: join(folder, 'kubeconfig'), metricsUrl, folder, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
