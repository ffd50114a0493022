/** What a fleet costs: processor's time by program, the provisioner's memory with its helms, and who asked the API server how often. */
import { createReadStream, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { descendants, programOf } from '../../../test/harness/processes.ts';
import { cpuSeconds, memoryMiB } from '../processes.ts';

/** Parts of the test's own control plane, by the files of their process ids. */
const parts = ['apiserver', 'etcd', 'controllers', 'scheduler', 'kwok'] as const;
const programs = { provisioner: /provisioner\.mjs/, workerd: /workerd.* serve / };
const lookEveryMs = 1_000;
const kibPerMib = 1024;

/** Processor seconds so far, by program. */
export type Cpu = Record<string, number>;

/** The process of a program among what the platform has started. Throws when there is none. */
export function pidOf(platform: number, program: keyof typeof programs): number {
  const pid = descendants(platform).find((one) => programs[program].test(programOf(one) ?? ''));
  if (pid === undefined) throw new Error(`the platform has no ${program}`);
  return pid;
}

/** @param folder of the test's own control plane; null where one was given, whose programs are not ours to see */
export function cpuOf(platform: number, folder: string | null): Cpu {
  const provisioner = cpuSeconds(pidOf(platform, 'provisioner'));
  const found: Cpu = {
    provisioner: provisioner.own,
    helm: provisioner.children,
    workerd: descendants(platform)
      .filter((pid) => programs.workerd.test(programOf(pid) ?? ''))
      .reduce((sum, pid) => sum + cpuSeconds(pid).own, 0),
    platform: cpuSeconds(platform).own,
    'helm by hand': cpuSeconds(process.pid).children,
  };
  if (folder === null) return found;
  for (const part of parts) found[part] = cpuSeconds(Number(readFileSync(join(folder, `${part}.pid`), 'utf8'))).own;
  return found;
}

export const between = (before: Cpu, after: Cpu): Cpu =>
  Object.fromEntries(Object.entries(after).map(([name, seconds]) => [name, seconds - (before[name] ?? 0)]));

/** The part of a process's memory that is its own: what several share is divided among them. 0 when it has gone. */
function proportionalMiB(pid: number): number {
  try {
    return Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1]) / kibPerMib;
  } catch {
    return 0;
  }
}

/** Looks once a second until the signal; answers the most that the provisioner had with its helms at one time, MiB. */
export async function watchMemory(provisioner: number, signal: AbortSignal): Promise<() => number> {
  let most = 0;
  void (async () => {
    while (!signal.aborted) {
      const now = [provisioner, ...descendants(provisioner)].reduce((sum, pid) => sum + proportionalMiB(pid), 0);
      most = Math.max(most, now);
      await sleep(lookEveryMs);
    }
  })();
  return () => Math.round(most);
}

/** The most that the provisioner itself had so far, MiB. */
export const peakMiB = (platform: number): number => memoryMiB(pidOf(platform, 'provisioner'), 'VmHWM');

/**
 * Requests of the API server's audit log in a span, by the name of who asked (`tenantry-provisioner`, `Helm`, `kwok`, …). The log is more than
 * one file when it is long: at 100 MB the API server renames it to `audit-<time>.log` and begins another.
 */
export async function requestsIn(folder: string, fromMs: number, toMs: number): Promise<Record<string, number>> {
  const found: Record<string, number> = {};
  const files = readdirSync(folder).filter((name) => /^audit.*\.log$/.test(name));
  for (const name of files) {
    for await (const line of createInterface({ input: createReadStream(join(folder, name)) })) {
      const { userAgent = '', requestReceivedTimestamp = '' } = JSON.parse(line) as Record<string, string>;
      const atMs = Date.parse(requestReceivedTimestamp);
      if (atMs < fromMs || atMs > toMs) continue;
      const [who = ''] = userAgent.split(/[/ ]/);
      found[who] = (found[who] ?? 0) + 1;
    }
  }
  return found;
}
