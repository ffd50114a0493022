/**
 * A real cluster of one node for tests (test/node/up.sh), on which only what real pods can know is tested. Owns starting and
 * stopping it, and the way to what its kernel counts. It also goes when this process ends without `stop`.
 */
import { execFile, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { describeWithout, toolPath, toolsFolder } from './tools.ts';

const run = promisify(execFile);
const scripts = resolve(import.meta.dirname, '../node');

/** For what hangs: the scripts wait for each part and say which did not come. */
const startMsMax = 240_000;
const outputBytesMax = 64 * 2 ** 20;

const nodeTools = [
  'etcd',
  'kube-apiserver',
  'kube-controller-manager',
  'kube-scheduler',
  'kubectl',
  'kubelet',
  'kube-proxy',
  'containerd',
  'ctr',
  'containerd-shim-runc-v2',
  'coredns',
  'kube-router',
  'prometheus',
  'helm',
  'runc',
  'host-local',
  'iptables',
  'ipset',
  'conntrack',
  'socat',
  'jq',
  'busybox',
  'mosquitto',
  'redis-server',
];

/** What this machine lacks for a node, of tools and of what its kernel allows. */
function lacking(): string[] {
  const tools = nodeTools.filter((tool) => !existsSync(toolPath(tool)));
  if (tools.length > 0) return tools;
  const { stdout } = spawnSync('bash', [join(scripts, 'needs.sh')], { encoding: 'utf8', env: environment() });
  return [...stdout.matchAll(/^missing {2}(.*?): /gm)].map(([, what = '']) => what);
}

const environment = (): NodeJS.ProcessEnv => ({ ...process.env, TOOLS: toolsFolder });

/** A `describe` that needs a real node; where there can be none its tests are skipped, and with CI set they fail. */
export const describeOnNode = (name: string, body: () => void): void =>
  describeWithout(lacking(), 'npm run cluster -- check says what to do', name, body);

export type TestNode = {
  /** Path of a kubeconfig with full rights. */
  kubeconfig: string;
  /** Where the node keeps everything. */
  folder: string;
  /** What kubectl prints. Throws with its words when it fails. */
  kubectl(...args: string[]): Promise<string>;
  helm(...args: string[]): Promise<string>;
  /** The folder of a hierarchy that holds the cgroup of a container, by the pod's uid and the container's id. */
  cgroup(controller: string, pod: string, container: string): Promise<string>;
  stop(): Promise<void>;
};

/** @param billingPort the port of loopback that pods reach as the billing API */
export async function startNode(billingPort: number): Promise<TestNode> {
  const folder = await mkdtemp(join(tmpdir(), 'tenantry-node-'));
  const stop = async () => {
    await run(join(scripts, 'down.sh'), [folder]);
  };
  const images = await run(join(scripts, 'images.sh'), [], { env: environment(), timeout: startMsMax });
  try {
    await run(join(scripts, 'up.sh'), [folder, ...images.stdout.trim().split('\n')], {
      env: { ...environment(), OWNER_PID: String(process.pid), BILLING_PORT: String(billingPort) },
      timeout: startMsMax,
    });
  } catch (error) {
    await stop();
    throw error;
  }
  const kubeconfig = join(folder, 'kubeconfig');
  const tool = async (name: string, args: string[]): Promise<string> => {
    const env = { ...environment(), KUBECONFIG: kubeconfig };
    return (await run(toolPath(name), args, { env, maxBuffer: outputBytesMax })).stdout;
  };
  return {
    kubeconfig,
    folder,
    kubectl: (...args) => tool('kubectl', args),
    helm: (...args) => tool('helm', args),
    async cgroup(controller, pod, container) {
      const hierarchies = (await readFile(join(folder, 'cgroups'), 'utf8')).split('\n').map((line) => line.split(' '));
      const [, own] = hierarchies.find(([names]) => names?.split(',').includes(controller)) ?? [];
      if (own === undefined) throw new Error(`there is no cgroup of ${controller}`);
      return join(own, 'kubepods/burstable', `pod${pod}`, container);
    },
    stop,
  };
}
