/** How many different things lived at once, at most. */
import type { Span } from './series.ts';

/** @param lives who lived when; stretches of one owner that touch or overlap count once */
export function peakOf(lives: { owner: string; span: Span }[]): number {
  const edges = lives.flatMap(({ owner, span }) => [
    { t: span.startMs, owner, by: 1 },
    { t: span.endMs, owner, by: -1 },
  ]);
  // At one instant ends come before starts: a pod that is replaced at once is one, not two.
  edges.sort((a, b) => a.t - b.t || a.by - b.by);
  const open = new Map<string, number>();
  let living = 0;
  let peak = 0;
  for (const { owner, by } of edges) {
    const before = open.get(owner) ?? 0;
    open.set(owner, before + by);
    if (before === 0 && by === 1) living++;
    if (before === 1 && by === -1) living--;
    peak = Math.max(peak, living);
  }
  return peak;
}
