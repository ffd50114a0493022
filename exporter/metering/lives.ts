/**
 * The lives of the containers that one gauge showed, one at a time: an id is one container's, the older one ends where a
 * newer one starts, and what two ids show of one moment is there once.
 */
import { lastGrowthMs } from './counter.ts';
import { type Hold, holds, without } from './gauge.ts';
import { lastAtOrBefore, type RawSeries, type Span } from './series.ts';

export interface LivesView {
  window: Span;
  good: readonly number[];
  intervalMs: number;
  gapLimitMs: number;
  /** Counters of the same container, where there are any; they tell the living from the dead. */
  counters: RawSeries[];
  /** What has no counter and no id (a claim) outlives holes. */
  lasting: boolean;
}

/** When who lived and at what level, in no order; nowhere twice. */
export function livesOf(series: RawSeries[], view: LivesView): Hold[] {
  const lives = [...Map.groupBy(series, (s) => s.labels['id'] ?? '')]
    .map(([id, members]) => ({ id, members, firstMs: Math.min(...members.map((s) => s.times[0] ?? 0)) }))
    .sort((a, b) => a.firstMs - b.firstMs);
  const found: Hold[] = [];
  lives.forEach(({ id, members }, i) => {
    const endMs = Math.min(...lives.slice(i + 1).map((next) => endBy(id, next, view)));
    const goesOn = (fromMs: number, toMs: number): boolean =>
      id !== '' || view.lasting || counts(view.counters, fromMs, toMs);
    const lived = holds({ ...view, series: members, goesOn }, view.window);
    const own = lived.flatMap((h) => (h.startMs < endMs ? [{ ...h, endMs: Math.min(h.endMs, endMs) }] : []));
    found.push(...(lives.length === 1 ? own : without(own, found)));
  });
  return found;
}

/** When a newer life ended an older one: at its first sample, unless the older one's counter grew on. */
function endBy(id: string, next: { id: string; firstMs: number }, { counters }: LivesView): number {
  const ofId = (wanted: string): RawSeries[] => counters.filter((s) => s.labels['id'] === wanted);
  if (id === '' || next.id === '') return Number.POSITIVE_INFINITY;
  const grewMs = Math.max(...ofId(id).map(lastGrowthMs));
  return grewMs > next.firstMs ? Number.POSITIVE_INFINITY : next.firstMs;
}

/** Whether some counter went on from before a time to after another. */
function counts(counters: RawSeries[], fromMs: number, toMs: number): boolean {
  return counters.some(({ times, values }) => {
    const before = lastAtOrBefore(times, fromMs);
    const after = times.findIndex((t) => t >= toMs);
    return before >= 0 && after > before && (values[after] ?? 0) >= (values[before] ?? 0);
  });
}
