/** Writes the samples that a day's targets would have stored, as OpenMetrics files of two hours each for promtool. */
import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { areaOf, type Case, type Container, hourMs, levelAt, type Pod, type Target } from './model.ts';

const blockMs = 2 * hourMs;
const flushLines = 20_000;

type Emit = (name: string, labels: Record<string, string>, value: number, atMs: number) => void;

/** Writes all cases into `folder`; returns the files, in time order. */
export function writeOpenMetrics(cases: Case[], folder: string): string[] {
  const buffers = new Map<number, string[]>();
  const files = new Map<number, string>();
  const flush = (block: number): void => {
    const file = join(folder, `${block}.om`);
    const lines = buffers.get(block) ?? [];
    if (!files.has(block)) writeFileSync(file, '');
    files.set(block, file);
    appendFileSync(file, lines.join(''));
    buffers.set(block, []);
  };
  const emit: Emit = (name, labels, value, atMs) => {
    const block = Math.floor(atMs / blockMs) * blockMs;
    const lines = buffers.get(block) ?? [];
    buffers.set(block, lines);
    lines.push(`${name}{${textOf(labels)}} ${value} ${(atMs / 1000).toFixed(3)}\n`);
    if (lines.length >= flushLines) flush(block);
  };
  for (const day of cases) for (const target of day.targets) emitTarget(day, target, emit);
  for (const block of buffers.keys()) flush(block);
  const sorted = [...files].sort((a, b) => a[0] - b[0]).map(([, file]) => file);
  for (const file of sorted) appendFileSync(file, '# EOF\n');
  return sorted;
}

const textOf = (labels: Record<string, string>): string =>
  Object.entries(labels)
    .map(([k, v]) => `${k}=${JSON.stringify(v)}`)
    .join(',');

function emitTarget(day: Case, target: Target, emit: Emit): void {
  if (!target.withoutUp) {
    // In time order: promtool drops, or refuses, what is older than the series' last sample.
    const failed = new Set(target.failed);
    const tries = [...target.good, ...target.failed].sort((x, y) => x - y);
    for (const t of tries) emit('up', target.labels, failed.has(t) ? 0 : 1, t);
  }
  for (const t of target.good) {
    const stamped: Emit = (name, own, value) => {
      const sample = { name, labels: seriesLabels(target, own), value, atMs: t - (target.stampLagMs ?? 0) };
      for (const s of target.through?.(sample) ?? [sample]) emit(s.name, s.labels, s.value, s.atMs);
    };
    showAt(day, target, t - (target.stampLagMs ?? 0), stamped);
  }
}

/** The target's labels beside the thing's own; equal names go to the thing, as with honor_labels. */
function seriesLabels(target: Target, own: Record<string, string>): Record<string, string> {
  const labels: Record<string, string> = { ...target.labels, ...own };
  for (const name of target.drops ?? []) delete labels[name];
  return labels;
}

function showAt(day: Case, target: Target, t: number, emit: Emit): void {
  const alive = <T extends { startMs: number; endMs: number }>(all: T[]): T[] =>
    all.filter((one) => t >= one.startMs && t < one.endMs);
  const { namespace } = day;
  switch (target.kind) {
    case 'cadvisor':
      emit('machine_cpu_cores', {}, 16, t);
      for (const pod of alive(day.pods.filter((p) => p.node === target.of)))
        showPod(namespace, pod, alive(pod.containers), t, emit);
      return;
    case 'kubelet':
      emit('kubelet_node_name', { node: target.of }, 1, t);
      for (const v of alive(day.volumes.filter((one) => one.node === target.of))) {
        emit('kubelet_volume_stats_used_bytes', { namespace, persistentvolumeclaim: v.claim }, levelAt(v.used, t), t);
      }
      return;
    case 'ingress':
      emit('nginx_ingress_controller_success', {}, 1, t);
      for (const one of alive(day.ingress.filter((i) => i.controller === target.of))) {
        const labels = { namespace, controller_pod: one.controller, ...one.labels };
        emit('nginx_ingress_controller_requests', labels, Math.floor(areaOf(one.requests, one.startMs, t)), t);
      }
      return;
    case 'podlist':
      for (const pod of alive(day.pods)) {
        const labels = { namespace, pod: pod.name, node: pod.node, host_ip: '10.0.0.9', uid: `uid-${pod.name}` };
        emit('kube_pod_info', { ...labels, host_network: String(Boolean(pod.hostNetwork)) }, 1, t);
      }
  }
}

/** One pod as cAdvisor shows it, with everything beside it that must not be billed. */
function showPod(namespace: string, pod: Pod, containers: Container[], t: number, emit: Emit): void {
  const podId = `/kubepods/pod-${pod.name}`;
  let podCpu = 0;
  for (const c of containers) {
    const labels = {
      namespace,
      pod: pod.name,
      container: c.name,
      ...(c.id ? { id: `${podId}/${c.id}`, name: c.id } : {}),
    };
    const cpu = areaOf(c.cpu, c.startMs, t);
    podCpu += cpu;
    emit('container_cpu_usage_seconds_total', { ...labels, cpu: 'total' }, cpu, t);
    emit('container_memory_working_set_bytes', labels, levelAt(c.memory, t), t);
    emit('container_start_time_seconds', labels, Math.floor(c.startMs / 1000), t);
  }
  // The pod's cgroup repeats its containers; the pause container is nobody's use.
  const cgroup = { namespace, pod: pod.name, container: '', id: podId };
  emit('container_cpu_usage_seconds_total', { ...cgroup, cpu: 'total' }, podCpu, t);
  emit('container_memory_working_set_bytes', cgroup, 5e8, t);
  emit('container_start_time_seconds', cgroup, Math.floor(pod.startMs / 1000), t);
  const pause = { namespace, pod: pod.name, container: 'POD', id: `${podId}/pause` };
  emit('container_cpu_usage_seconds_total', { ...pause, cpu: 'total' }, 0.02, t);
  emit('container_memory_working_set_bytes', pause, 6e5, t);
  // The sandbox has the interfaces; with the node's network these are the node's own counters, months old.
  const wasHere = pod.hostNetwork ? pod.startMs - 90 * 24 * hourMs : pod.startMs;
  const nodeFactor = pod.hostNetwork ? 500 : 1;
  for (const [network, factor] of [
    ['eth0', 1],
    ['cali0', 1],
    ['lo', 3],
  ] as const) {
    const labels = { namespace, pod: pod.name, id: podId, interface: network };
    const total = (wave: Pod['sent']): number => Math.floor(areaOf(wave, wasHere, t) * factor * nodeFactor);
    emit('container_network_transmit_bytes_total', labels, total(pod.sent), t);
    emit('container_network_receive_bytes_total', labels, total(pod.received), t);
  }
}
