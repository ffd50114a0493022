/**
 * What the kernel counted, seen from outside of the node: CPU of a container's cgroup, bytes of a pod's interface. Readings are
 * taken all the time, so that what stood in a counter at some moment is known to lie between two of them.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Answers what a counter stands at, in the unit of the metric. */
export type Reading = () => number;

/** Between two readings. A thousandth of a window of a minute is 60 ms. */
const everyMs = 10;
const nsPerSecond = 1e9;

/** CPU seconds of a container. @param cgroup its folder in the hierarchy `cpuacct` */
export const cpuSeconds =
  (cgroup: string): Reading =>
  () =>
    Number(readFileSync(join(cgroup, 'cpuacct.usage'), 'utf8')) / nsPerSecond;

/** The processes of a container, by their ids outside. */
export const processesOf = (cgroup: string): number[] =>
  readFileSync(join(cgroup, 'cgroup.procs'), 'utf8').split('\n').filter(Boolean).map(Number);

/** The first process of a container: 1 by its own count. */
export function firstProcess(cgroup: string): number {
  const first = processesOf(cgroup).find((pid) => /^NSpid:.*\t1$/m.test(readFileSync(`/proc/${pid}/status`, 'utf8')));
  if (first === undefined) throw new Error(`no process of ${cgroup} is its first`);
  return first;
}

/** Bytes that the pod of a process sent or received. */
export const interfaceBytes =
  (pid: number, direction: 'sent' | 'received'): Reading =>
  () => {
    const line = /eth0:\s*(.*)/.exec(readFileSync(`/proc/${pid}/net/dev`, 'utf8'))?.[1]?.split(/\s+/) ?? [];
    // Eight columns of what was received, bytes first, then eight of what was sent.
    return Number(line[direction === 'sent' ? 8 : 0]);
  };

export type Recording = {
  /** The least and the most that a counter can have grown by between two moments, ms since the epoch. */
  growth(name: string, fromMs: number, toMs: number): { least: number; most: number };
  stop(): void;
};

export function recordAll(readings: Record<string, Reading>): Recording {
  const times: number[] = [];
  const values: Record<string, number[]> = Object.fromEntries(Object.keys(readings).map((name) => [name, []]));
  const read = () => {
    times.push(Date.now());
    for (const [name, reading] of Object.entries(readings)) values[name]?.push(reading());
  };
  read();
  const timer = setInterval(read, everyMs);
  /** The last reading that was begun at or before a moment, and the first that was begun after it. */
  const around = (name: string, ms: number): { before: number; after: number } => {
    const next = times.findIndex((time) => time > ms);
    const [before, after] = [values[name]?.[next - 1], values[name]?.[next]];
    if (next < 1 || before === undefined || after === undefined) throw new Error(`${name} was not recorded at ${ms}`);
    return { before, after };
  };
  return {
    growth(name, fromMs, toMs) {
      const [from, to] = [around(name, fromMs), around(name, toMs)];
      return { least: to.before - from.after, most: to.after - from.before };
    },
    stop: () => clearInterval(timer),
  };
}

/** Loop devices whose files are in a folder. */
export function loopDevicesOf(folder: string): string[] {
  return readdirSync('/sys/block').filter((device) => {
    try {
      return readFileSync(`/sys/block/${device}/loop/backing_file`, 'utf8').startsWith(folder);
    } catch {
      return false;
    }
  });
}
