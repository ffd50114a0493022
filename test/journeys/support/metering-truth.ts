/** What simulated pods use, and what that comes to on a bill: the truth that a journey is judged by. Pure. */
import { hourMs, secondMs } from '../../../src/lib/time.ts';

/** Use per second of one pod's life. */
export interface Usage {
  cores: number;
  memoryGib: number;
  sentBps: number;
  receivedBps: number;
  requestsPerSecond: number;
}

/** A claim and what is stored on it. */
export interface Claim {
  name: string;
  usedGib: number;
}

/** From when to when something is there, ms; without an end it outlives the journey. */
export interface Life {
  bornMs: number;
  goneMs?: number;
}

export interface Workload {
  pods: (Life & { usage: Usage })[];
  /** Each claim once, however many pods mount it. */
  claims: (Life & { usedGib: number })[];
}

/** Half-open, ms. */
export interface Span {
  startMs: number;
  endMs: number;
}

const gibibyte = 2 ** 30;

/** The annotations that test/cluster/metrics.yaml reads. */
export function annotationsOf(usage: Usage, claim?: Claim): Record<string, string> {
  return {
    'kwok.x-k8s.io/usage-cpu': `${usage.cores}`,
    'kwok.x-k8s.io/usage-memory': `${usage.memoryGib}Gi`,
    'tenantry.dev/network-sent-bps': `${usage.sentBps}`,
    'tenantry.dev/network-received-bps': `${usage.receivedBps}`,
    ...(usage.requestsPerSecond > 0 ? { 'tenantry.dev/ingress-rps': `${usage.requestsPerSecond}` } : {}),
    ...(claim ? { 'tenantry.dev/volume-claim': claim.name, 'tenantry.dev/volume-used': `${claim.usedGib}Gi` } : {}),
  };
}

/** Milliseconds of a life inside some windows. */
function livedMs({ bornMs, goneMs = Number.POSITIVE_INFINITY }: Life, windows: readonly Span[]): number {
  return windows.reduce(
    (sum, { startMs, endMs }) => sum + Math.max(0, Math.min(endMs, goneMs) - Math.max(startMs, bornMs)),
    0,
  );
}

/**
 * What a workload used in some windows, per line of the bill and in its unit.
 * @param periodMs length of the billing period: a GB-month is a GB over all of it
 */
export function truthOf(
  { pods, claims }: Workload,
  windows: readonly Span[],
  periodMs: number,
): Record<string, number> {
  const used = (quantity: keyof Usage): number =>
    pods.reduce((sum, pod) => sum + pod.usage[quantity] * livedMs(pod, windows), 0);
  const storedGibMs = claims.reduce((sum, claim) => sum + claim.usedGib * livedMs(claim, windows), 0);
  return {
    cpu_core_ms: used('cores') / hourMs,
    memory_mib_s: used('memoryGib') / hourMs,
    storage_mib_s: storedGibMs / periodMs,
    network_sent_bytes: used('sentBps') / secondMs / gibibyte,
    network_received_bytes: used('receivedBps') / secondMs / gibibyte,
    ingress_requests: used('requestsPerSecond') / secondMs,
  };
}
