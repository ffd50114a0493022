/**
 * A provisioner as its own process, on a real cluster, under a fake control plane. Owns starting it with a chart made from
 * test/provisioner/chart, and a helm wrapper that notices when two Helms work in one namespace.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { stringify } from 'yaml';
import { toolPath } from '../harness/tools.ts';
import type { FakeControlPlane } from './fake-control-plane.ts';

const root = resolve(import.meta.dirname, '../..');

export const shippedChart = join(root, 'charts/customer-instance');

export type ChartSettings = {
  image?: string;
  cpu?: string;
  restricted?: boolean;
  quotaPods?: number;
  stuck?: boolean;
  added?: boolean;
  /** What is wrong with this version of the chart. */
  broken?: Breakage;
};
export type Breakage = 'none' | 'immutable' | 'kind' | 'size' | 'hook' | 'template';
const defaults = {
  image: 'registry.example.com/app:1',
  cpu: '10m',
  restricted: true,
  quotaPods: 10,
  stuck: false,
  added: false,
  broken: 'none',
};

export type Workshop = {
  folder: string;
  /** Writes a copy of the smallest chart with these settings and answers its path. */
  chart(settings?: ChartSettings): Promise<string>;
  /** A copy of the shipped chart whose exporter's image is not there. */
  chartWithoutExporter(): Promise<string>;
  /** Changes the settings of a chart that a provisioner may already be using. */
  change(path: string, settings: ChartSettings): Promise<void>;
  /** A helm that logs its starts and ends to `helmLog`, holds a lock per namespace, and logs OVERLAP when it is taken. */
  helmBin: string;
  /** The same, but a helm of this command does its work and then hangs, whatever its own time-out. */
  hangingHelm(command: string): Promise<string>;
  helmLog(): Promise<string[]>;
  /** The process group of the latest helm of this kind in a namespace, once there is one. */
  helmGroup(namespace: string, command: string): Promise<number | undefined>;
  /** Kills every helm that is running, as the end of a container would. */
  killHelms(): Promise<number>;
  remove(): Promise<void>;
};

export async function workshop(): Promise<Workshop> {
  const folder = await mkdtemp(join(tmpdir(), 'tenantry-provisioner-test-'));
  const helmBin = join(folder, 'helm');
  const log = join(folder, 'helm.log');
  await writeFile(log, '');
  // The lock is held by whoever inherits its descriptor, so it ends with the last process of that helm.
  const script = `#!/usr/bin/env bash
ns=none; prev=; for arg in "$@"; do [ "$prev" = --namespace ] && ns=$arg; prev=$arg; done
exec 9>> "${folder}/lock-$ns"
[ "$ns" = none ] || flock -n 9 || echo "OVERLAP $ns $1" >> "${log}"
read -r _ _ _ _ group _ < /proc/$$/stat
echo "start $ns $1 $group" >> "${log}"
"${toolPath('helm')}" "$@"
rc=$?
echo "end $ns $1 $rc" >> "${log}"
exit $rc
`;
  await writeFile(helmBin, script, { mode: 0o755 });
  let charts = 0;
  const change = (path: string, settings: ChartSettings) =>
    writeFile(join(path, 'values.yaml'), stringify({ test: { ...defaults, ...settings } }));
  const helmLog = async () => (await readFile(log, 'utf8')).split('\n').filter((line) => line !== '');
  return {
    folder,
    helmBin,
    async chart(settings = {}) {
      charts += 1;
      const path = join(folder, `chart-${charts}`);
      await cp(join(import.meta.dirname, 'chart'), path, { recursive: true });
      await change(path, settings);
      return path;
    },
    async chartWithoutExporter() {
      const path = join(folder, 'chart-without-exporter');
      await cp(shippedChart, path, { recursive: true });
      const values = await readFile(join(path, 'values.yaml'), 'utf8');
      const broken = values.replace('repository: tenantry/billing-exporter', 'repository: missing.invalid/exporter');
      await writeFile(join(path, 'values.yaml'), broken);
      return path;
    },
    change,
    async hangingHelm(command) {
      const path = join(folder, `hanging-${command}`);
      await writeFile(path, `#!/usr/bin/env bash\n"${helmBin}" "$@"\n[ "$1" != ${command} ] || sleep 600\n`, {
        mode: 0o755,
      });
      return path;
    },
    helmLog,
    async helmGroup(namespace, command) {
      const starts = (await helmLog()).filter((line) => line.startsWith(`start ${namespace} ${command} `));
      const group = starts.at(-1)?.split(' ')[3];
      return group === undefined ? undefined : Number(group);
    },
    async killHelms() {
      const groups = new Set(
        (await helmLog()).filter((line) => line.startsWith('start ')).map((line) => Number(line.split(' ')[3])),
      );
      return [...groups].filter(killGroup).length;
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/** Whether there was still something to kill. */
function killGroup(group: number): boolean {
  try {
    return process.kill(-group, 'SIGKILL');
  } catch {
    return false;
  }
}

export type ProvisionerProcess = {
  child: ChildProcess;
  /** Everything it wrote. */
  output(): string;
  /** Ends it: SIGTERM, or SIGKILL which leaves its helm alone. */
  stop(signal?: 'SIGTERM' | 'SIGKILL'): Promise<number | null>;
  exited: Promise<number | null>;
};

/** Starts `provisioner/main.ts`, or the bundle at `entry`, with this environment and nothing else of ours. */
export function startProvisioner(
  plane: FakeControlPlane,
  env: Record<string, string>,
  entry = join(root, 'provisioner/main.ts'),
  args: string[] = [],
): ProvisionerProcess {
  const child = spawn(process.execPath, [entry, ...args], {
    cwd: root,
    env: { PATH: process.env['PATH'] ?? '', ...plane.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      text += chunk.toString('utf8');
    });
  }
  const exited = new Promise<number | null>((done) => {
    child.once('exit', (code) => done(code));
  });
  return {
    child,
    output: () => text,
    exited,
    stop(signal = 'SIGTERM') {
      child.kill(signal);
      return exited;
    },
  };
}
