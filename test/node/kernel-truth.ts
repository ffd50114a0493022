/**
 * A stack's usage beside what the kernel counted, window by window: the load, the recording of it, and the comparison. The test takes a
 * few windows, `npm run figures -- kernel-truth` as many as it is told.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import type { WindowReport } from '../../src/contracts/usage.ts';
import type { TestNode } from '../harness/node.ts';
import { toolPath } from '../harness/tools.ts';
import { cpuSeconds, firstProcess, interfaceBytes, type Recording, recordAll } from './kernel.ts';
import { busyCaller, busyDatabase } from './load.ts';
import { rawSamples, type Sample } from './prometheus.ts';
import { reportOf } from './report.ts';
import { apiService, database, ingress, namespace, podOf } from './stack.ts';

/** The containers that a customer pays for, by the component that they are of. */
const metered = [
  ['api', 'api'],
  ['dashboard', 'dashboard'],
  ['mosquitto', 'mosquitto'],
  ['postgres', 'postgres'],
  ['postgres', 'metrics'],
  ['redis', 'redis'],
] as const;
const notMetered = /-(billing-exporter|mosquitto-exporter|opencost)-/;
const meteredPods = new Set(metered.map(([component]) => component)).size;

const windowMs = 60_000;
/** From a window's end until what cAdvisor saw at it has been scraped: its own time of 15 s at most, and a scrape. */
const seenWithinMs = 22_000;

/** What is promised: metered at most so much above the most that the kernel can have counted, and below the least. */
const aboveMax = 1.001;
const belowMin = 0.995;

export interface Load {
  recording: Recording;
  /** The first window that was recorded from its beginning on. */
  firstMs: number;
  /** Before the containers end whose counters are read. */
  end(): void;
}

/** Makes the stack busy and records what its containers and interfaces count. @param seconds for how long at most */
export async function beginLoad(node: TestNode, seconds = 600): Promise<Load> {
  const counters: Parameters<typeof recordAll>[0] = {};
  for (const [component, container] of metered) {
    const { name, uid, containerId } = await podOf(node, component, container);
    const cgroup = await node.cgroup('cpuacct', uid, containerId);
    counters[`cpu ${name} ${container}`] = cpuSeconds(cgroup);
    for (const way of ['sent', 'received'] as const)
      counters[`${way} ${name}`] ??= interfaceBytes(firstProcess(cgroup), way);
  }
  const recording = recordAll(counters);
  const firstMs = Math.ceil((Date.now() + seenWithinMs) / windowMs) * windowMs;
  const load: ChildProcess[] = [];
  const kubectl = (...args: string[]) =>
    load.push(spawn(toolPath('kubectl'), ['--kubeconfig', node.kubeconfig, ...args], { stdio: 'ignore' }));
  const psql = ['psql', '-U', 'postgres', '-c', busyDatabase(seconds)];
  kubectl('-n', namespace, 'exec', database, '-c', 'postgres', '--', ...psql);
  kubectl('-n', ingress.namespace, 'exec', ingress.pod, '--', 'node', '-e', busyCaller, apiService);
  const end = (): void => {
    recording.stop();
    for (const one of load) one.kill();
  };
  return { recording, firstMs, end };
}

export interface Compared {
  startMs: number;
  /** Null when the window was whole: what is not known to the exporter is not billed, and not compared. */
  gaps: WindowReport['gaps'] | null;
  meters: { field: string; metered: number; least: number; most: number }[];
}

/** Waits for the n-th window of the load and compares it. Throws when a container that is paid for is not shown. */
export async function compareWindow(node: TestNode, { recording, firstMs }: Load, n: number): Promise<Compared> {
  const startMs = firstMs + n * windowMs;
  const endMs = startMs + windowMs;
  await sleep(Math.max(0, endMs + seenWithinMs - Date.now()));
  const report = await reportOf(node, startMs, endMs);
  if (report.complete !== true) return { startMs, gaps: report.gaps ?? [], meters: [] };
  const samples = await rawSamples(node, namespace, endMs);
  /** What the kernel counted between the samples that a window lies between. */
  const truth = (kind: 'cpu' | 'sent' | 'received', series: Sample[]) => {
    // What ended before is still shown, and grows no more: a pod of `helm test`.
    const own = series.filter(({ pod, times }) => !notMetered.test(pod) && times.some((time) => time > startMs));
    const expected = kind === 'cpu' ? metered.length : meteredPods;
    if (own.length !== expected) throw new Error(`${kind}: ${own.length} things are shown and not ${expected}`);
    const growths = own.map(({ pod, container, times }) => {
      const sampleAt = (edgeMs: number) => times.findLast((time) => time <= edgeMs) ?? 0;
      const name = kind === 'cpu' ? `cpu ${pod} ${container}` : `${kind} ${pod}`;
      return recording.growth(name, sampleAt(startMs), sampleAt(endMs));
    });
    return {
      least: growths.reduce((sum, { least }) => sum + least, 0),
      most: growths.reduce((sum, { most }) => sum + most, 0),
    };
  };
  const compared = (field: 'cpu_hours' | 'network_bytes_sent' | 'network_bytes_received', unit: number) => {
    const [kind, series] = (
      {
        cpu_hours: ['cpu', samples.cpu],
        network_bytes_sent: ['sent', samples.sent],
        network_bytes_received: ['received', samples.received],
      } as const
    )[field];
    return { field, metered: Number(report[field]) * unit, ...truth(kind, series) };
  };
  return {
    startMs,
    gaps: null,
    meters: [compared('cpu_hours', 3600), compared('network_bytes_sent', 1), compared('network_bytes_received', 1)],
  };
}

/** A line of it for people. */
export function lineOf({ startMs, gaps, meters }: Compared): string {
  const when = new Date(startMs).toISOString().slice(11, 16);
  if (gaps !== null) return `${when}  not whole: ${JSON.stringify(gaps)}`;
  const words = meters.map(
    ({ field, metered, least, most }) => `${field}: metered ${metered}, the kernel between ${least} and ${most}`,
  );
  return `${when}  ${words.join('; ')}`;
}

/** Meters of a window that are not as promised, in words. */
export const faultsOf = ({ meters }: Compared): string[] =>
  meters.flatMap(({ field, metered, least, most }) => [
    ...(metered / most < aboveMax ? [] : [`${field} ${metered} is above ${most}`]),
    ...(metered / least > belowMin ? [] : [`${field} ${metered} is below ${least}`]),
  ]);
