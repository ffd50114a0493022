/**
 * A day with known truth: pods, volumes and ingress traffic as functions of time, and targets that look at them at
 * known moments. Everything that is judged is worked out from these functions, never from the exporter's code.
 */

const secondMs = 1000;
export const minuteMs = 60_000;
export const hourMs = 3_600_000;
export const dayMs = 24 * hourMs;

/** `base × (1 + swing × sin)`: a rate per second, or a level. */
export interface Wave {
  base: number;
  swing: number;
  periodMs: number;
  phase: number;
}

export const levelAt = (w: Wave, t: number): number =>
  w.base * (1 + w.swing * Math.sin((2 * Math.PI * t) / w.periodMs + w.phase));

/** Level × seconds between two times. */
export function areaOf(w: Wave, fromMs: number, toMs: number): number {
  if (toMs <= fromMs) return 0;
  const k = (2 * Math.PI) / w.periodMs;
  const wavy = (Math.cos(k * fromMs + w.phase) - Math.cos(k * toMs + w.phase)) / k;
  return (w.base * (toMs - fromMs + w.swing * wavy)) / secondMs;
}

export interface Life {
  startMs: number;
  endMs: number;
}

export interface Container extends Life {
  name: string;
  /** Without one, restarts go on in the same series. */
  id?: string;
  cpu: Wave;
  memory: Wave;
}

export interface Pod extends Life {
  name: string;
  node: string;
  hostNetwork?: boolean;
  sent: Wave;
  received: Wave;
  containers: Container[];
}

export interface Volume extends Life {
  claim: string;
  node: string;
  used: Wave;
}

export interface Ingress extends Life {
  /** The controller pod that counts it. */
  controller: string;
  labels: Record<string, string>;
  requests: Wave;
}

export type TargetKind = 'cadvisor' | 'kubelet' | 'ingress' | 'podlist';

/** Something Prometheus scrapes. */
export interface Target {
  kind: TargetKind;
  /** The node or controller whose things it shows. */
  of: string;
  labels: Record<string, string>;
  /** Good scrapes, ascending. */
  good: number[];
  /** Scrapes that failed: `up` is 0. */
  failed: number[];
  /** Label names that this target's configuration drops from its series. */
  drops?: string[];
  /** cAdvisor's own timestamps: how much older than the scrape a sample says it is. */
  stampLagMs?: number;
  /** Whether `up` is stored at all. */
  withoutUp?: boolean;
  /** What becomes of a sample on its way: a relabel, a dip, a duplicate, nothing. */
  through?: (sample: Sample) => Sample[];
}

/** One sample as it would be stored. */
export interface Sample {
  name: string;
  labels: Record<string, string>;
  value: number;
  atMs: number;
}

/** One shape of day in a namespace of its own. */
export interface Case {
  shape: string;
  namespace: string;
  fromMs: number;
  toMs: number;
  scrapeMs: number;
  pods: Pod[];
  volumes: Volume[];
  ingress: Ingress[];
  targets: Target[];
  /** More of the exporter's environment. */
  env?: Record<string, string>;
}

/** Seeded numbers in [0, 1): the same days for the same seed. */
export function numbersOf(seed: number): () => number {
  let state = seed >>> 0 || 1;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
