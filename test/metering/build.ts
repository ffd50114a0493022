/** Bricks for the shapes: pods, volumes, traffic and targets with seeded figures. */
import {
  type Case,
  type Container,
  hourMs,
  minuteMs,
  type Pod,
  type Target,
  type TargetKind,
  type Wave,
} from './model.ts';

export interface Bricks {
  fromMs: number;
  toMs: number;
  scrapeMs: number;
  random: () => number;
}

export const between = (b: Bricks, low: number, high: number): number => low + b.random() * (high - low);

const wave = (b: Bricks, low: number, high: number): Wave => ({
  base: between(b, low, high),
  swing: between(b, 0.1, 0.6),
  periodMs: between(b, 40 * minuteMs, 200 * minuteMs),
  phase: between(b, 0, 6),
});

const hexOf = (b: Bricks): string =>
  Math.floor(b.random() * 2 ** 40)
    .toString(16)
    .padStart(10, '0');

export const container = (b: Bricks, name: string, startMs: number, endMs: number): Container => ({
  name,
  id: hexOf(b),
  startMs,
  endMs,
  cpu: wave(b, 0.05, 0.8),
  memory: wave(b, 8e7, 9e8),
});

/** A pod of one container unless more lives are given. */
export function pod(
  b: Bricks,
  name: string,
  node: string,
  startMs: number,
  endMs: number,
  containers?: Container[],
): Pod {
  return {
    name: `${name}-${hexOf(b).slice(0, 5)}`,
    node,
    startMs,
    endMs,
    sent: wave(b, 2_000, 90_000),
    received: wave(b, 1_000, 60_000),
    containers: containers ?? [container(b, name, startMs, endMs)],
  };
}

/** A whole day and some hours of history before it, so that bases are there. */
const historyMs = 2 * hourMs;

export const regular = (
  b: Bricks,
  offsetMs: number,
  fromMs = b.fromMs - historyMs,
  toMs = b.toMs + 10 * minuteMs,
): number[] => {
  const times: number[] = [];
  for (let t = Math.ceil(fromMs / b.scrapeMs) * b.scrapeMs + offsetMs; t <= toMs; t += b.scrapeMs) times.push(t);
  return times;
};

const jobOf: Record<TargetKind, { job: string; path: string }> = {
  cadvisor: { job: 'kubelet', path: '/metrics/cadvisor' },
  kubelet: { job: 'kubelet', path: '/metrics' },
  ingress: { job: 'ingress-nginx', path: '/metrics' },
  podlist: { job: 'kube-state-metrics', path: '/metrics' },
};

export function target(
  b: Bricks,
  kind: TargetKind,
  of: string,
  good = regular(b, Math.floor(b.random() * b.scrapeMs)),
): Target {
  const { job, path } = jobOf[kind];
  const onNode: Record<string, string> = kind === 'cadvisor' || kind === 'kubelet' ? { node: of } : {};
  return { kind, of, labels: { job, instance: `${of}:10250`, metrics_path: path, ...onNode }, good, failed: [] };
}

/** Takes scrapes out of a target; with `failed` they are there as `up` 0. */
export function withGap(t: Target, fromMs: number, toMs: number, failed: boolean): Target {
  const inGap = (at: number): boolean => at > fromMs && at < toMs;
  return { ...t, good: t.good.filter((g) => !inGap(g)), failed: failed ? t.good.filter(inGap) : t.failed };
}

/** A namespace with two old pods, a volume, traffic over two controllers, and one target of each kind. */
export function ordinary(b: Bricks, shape: string): Case {
  const node = `node-${shape}`;
  const oldMs = b.fromMs - between(b, 3, 200) * 24 * hourMs;
  const controllers = [`nginx-${shape}-a`, `nginx-${shape}-b`];
  return {
    shape,
    namespace: `customer-${hexOf(b).slice(0, 8)}`,
    fromMs: b.fromMs,
    toMs: b.toMs,
    scrapeMs: b.scrapeMs,
    pods: [pod(b, 'api', node, oldMs, b.toMs + hourMs), pod(b, 'postgres', node, oldMs, b.toMs + hourMs)],
    volumes: [
      { claim: 'data', node, startMs: oldMs, endMs: b.toMs + hourMs, used: { ...wave(b, 1e9, 9e9), swing: 0.05 } },
    ],
    ingress: controllers.map((controller) => ({
      controller,
      startMs: oldMs,
      endMs: b.toMs + hourMs,
      labels: { ingress: 'web', host: 'x.example.com', path: '/', service: 'api', status: '200', method: 'GET' },
      requests: wave(b, 3, 30),
    })),
    targets: [
      target(b, 'cadvisor', node),
      target(b, 'kubelet', node),
      target(b, 'podlist', `ksm-${shape}`),
      ...controllers.map((c) => target(b, 'ingress', c)),
    ],
  };
}
