/**
 * A stack's usage beside what the kernel counted, window by window and over all of them: the load, the recording of it, and the
 * comparison, which `kernel-judge.ts` judges. The test takes a few windows, `npm run figures -- kernel-truth` as many as it is told.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TestNode } from '../harness/node.ts';
import { toolPath } from '../harness/tools.ts';
import { cpuSeconds, firstProcess, interfaceBytes, type Recording, recordAll } from './kernel.ts';
import { type Compared, type ComparedRun, type Field, longestWhole } from './kernel-judge.ts';
import { busyBroker, busyCaller, busyDatabase } from './load.ts';
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
const kinds = { cpu_hours: 'cpu', network_bytes_sent: 'sent', network_bytes_received: 'received' } as const;
/** From the meter's unit into the counters'. */
const units: Record<Field, number> = { cpu_hours: 3600, network_bytes_sent: 1, network_bytes_received: 1 };
/** From a window's end until what cAdvisor saw at it has been scraped: its own time of 15 s at most, and a scrape. */
const seenWithinMs = 22_000;

export interface Load {
  recording: Recording;
  /** What is recorded: `cpu` with pod and container, `sent` and `received` with the pod. */
  names: string[];
  /** The first window that was recorded from its beginning on. */
  firstMs: number;
  /** Before the containers end whose counters are read. */
  end(): void;
}

/** Makes the stack busy and records what its containers and interfaces count. @param seconds for how long at most */
export async function beginLoad(node: TestNode, seconds = 1200): Promise<Load> {
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
  const api = await podOf(node, 'api');
  kubectl('-n', namespace, 'exec', api.name, '--', 'node', '-e', busyBroker);
  kubectl('-n', ingress.namespace, 'exec', ingress.pod, '--', 'node', '-e', busyCaller, apiService);
  const end = (): void => {
    recording.stop();
    for (const one of load) one.kill();
  };
  return { recording, names: Object.keys(counters), firstMs, end };
}

/** Waits for the n-th window of the load and compares it. Throws when a container that is paid for is not shown. */
export async function compareWindow(node: TestNode, { recording, firstMs }: Load, n: number): Promise<Compared> {
  const startMs = firstMs + n * windowMs;
  const endMs = startMs + windowMs;
  await sleep(Math.max(0, endMs + seenWithinMs - Date.now()));
  const report = await reportOf(node, startMs, endMs);
  if (report.complete !== true) return { startMs, endMs, gaps: report.gaps ?? [], meters: [] };
  const samples = await rawSamples(node, namespace, endMs);
  const compared = (field: Field) => {
    const kind = kinds[field];
    // What ended before is still shown, and grows no more: a pod of `helm test`.
    const own = samples[kind].filter(({ pod, times }) => !notMetered.test(pod) && times.some((time) => time > startMs));
    const expected = kind === 'cpu' ? metered.length : meteredPods;
    if (own.length !== expected) throw new Error(`${kind}: ${own.length} things are shown and not ${expected}`);
    const nameOf = ({ pod, container }: Sample) => (kind === 'cpu' ? `cpu ${pod} ${container}` : `${kind} ${pod}`);
    const sampleAt = ({ times }: Sample, edgeMs: number) => times.findLast((time) => time <= edgeMs) ?? 0;
    const sum = (of: (one: Sample) => number) => own.reduce((total, one) => total + of(one), 0);
    const growth = (one: Sample) => recording.growth(nameOf(one), sampleAt(one, startMs), sampleAt(one, endMs));
    const unseen = (edgeMs: number) => sum((one) => recording.growth(nameOf(one), sampleAt(one, edgeMs), edgeMs).most);
    return {
      field,
      metered: Number(report[field]) * units[field],
      least: sum((one) => growth(one).least),
      most: sum((one) => growth(one).most),
      unseenAtStart: unseen(startMs),
      unseenAtEnd: unseen(endMs),
    };
  };
  return { startMs, endMs, gaps: null, meters: (Object.keys(kinds) as Field[]).map(compared) };
}

/** The longest run of whole windows beside what the counters grew by between its edges; null without a whole window. */
export function compareRun({ recording, names }: Load, windows: readonly Compared[]): ComparedRun | null {
  const run = longestWhole(windows);
  const [first, last] = [run[0], run.at(-1)];
  if (!first || !last) return null;
  const meters = first.meters.map(({ field, unseenAtStart }, index) => {
    const growths = names
      .filter((name) => name.startsWith(`${kinds[field]} `))
      .map((name) => recording.growth(name, first.startMs, last.endMs));
    return {
      field,
      metered: run.reduce((sum, { meters }) => sum + (meters[index]?.metered ?? 0), 0),
      least: growths.reduce((sum, { least }) => sum + least, 0),
      most: growths.reduce((sum, { most }) => sum + most, 0),
      unseenAtStart,
      unseenAtEnd: last.meters[index]?.unseenAtEnd ?? 0,
    };
  });
  return { startMs: first.startMs, endMs: last.endMs, windows: run.length, meters };
}
