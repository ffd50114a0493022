/**
 * How a stretch of time is cut into buckets, and which of its days can be read from their roll-ups. A window lies in the
 * bucket that contains its end, `(start, end]`; edges are whole hours, because no window is longer. Pure.
 */
import { dayMs, floorTo } from '../lib/time.ts';

/** ms. */
export interface Bucket {
  start: number;
  end: number;
}

export interface Cut {
  /** They follow one another. */
  buckets: readonly [Bucket, ...Bucket[]];
  /** All but a first one are of this length, ms; null where they are few and of any length. */
  stepMs: number | null;
}

/** Buckets between edges, which are sorted and deduplicated here. */
export function betweenEdges(edges: readonly number[]): Cut {
  const sorted = [...new Set(edges)].sort((a, b) => a - b);
  const [first, ...more] = sorted.slice(1).map((end, i) => ({ start: sorted[i] as number, end }));
  if (!first) throw new Error('a cut needs two edges');
  return { buckets: [first, ...more], stepMs: null };
}

/** Equal buckets from `from` to `to`, and before them one from `since` where that is earlier. */
export function inSteps(since: number, from: number, to: number, stepMs: number): Cut {
  const steps = Array.from({ length: Math.round((to - from) / stepMs) }, (_, i) => ({
    start: from + i * stepMs,
    end: from + (i + 1) * stepMs,
  }));
  const [first, ...more] = since < from ? [{ start: since, end: from }, ...steps] : steps;
  if (!first) throw new Error('a cut needs a bucket');
  return { buckets: [first, ...more], stepMs };
}

/** Days since the epoch whose roll-up cannot be used, because an edge lies inside them. */
export function splitDays({ buckets }: Cut): number[] {
  const edges = [buckets[0].start, ...buckets.map(({ end }) => end)];
  const inside = edges.filter((edge) => edge % dayMs !== 0);
  return [...new Set(inside.map((edge) => floorTo(edge, dayMs) / dayMs))];
}
