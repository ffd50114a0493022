/**
 * The time integral of a gauge over the seconds that its series lived: a straight line from each sample to the next.
 * Range answers carry no staleness markers, so the end of a life is known only from the target's scrapes: the last
 * sample holds until the next scrape, at most one interval; a hole that is no gap is bridged when nobody looked, or when the
 * thing is known to have lived through it.
 * Across a window's end the next sample counts too, so that neighbouring windows meet in one line.
 * On average that is exact: what is missed before the first sample is what is held too long after the last.
 */
import { scrapeAfter, scrapedIn } from './scrapes.ts';
import type { RawSeries, Span } from './series.ts';

/** A stretch of time with its mean value. */
export interface Hold {
  startMs: number;
  endMs: number;
  value: number;
}

export interface GaugeView {
  series: RawSeries[];
  /** Good scrapes of the thing's targets. */
  good: readonly number[];
  /** Usual time between its samples, ms. */
  intervalMs: number;
  gapLimitMs: number;
  /** Whether it is known to have lived through a hole: its counter goes on, or it is the same container. */
  goesOn?: (fromMs: number, toMs: number) => boolean;
}

// A scrape may come late by half its interval before its sample counts as missing.
const lateFactor = 1.5;

/** The stretches of the window in which the thing lived, in order. */
export function holds(view: GaugeView, window: Span): Hold[] {
  const found: Hold[] = [];
  const { times, values } = samplesOf(view.series);
  times.forEach((t, i) => {
    const [v = 0, next, nextMs] = [values[i], values[i + 1], times[i + 1]];
    const untilMs = holdUntil(view, t, nextMs);
    const startMs = Math.max(t, window.startMs);
    const endMs = Math.min(untilMs, window.endMs);
    const slope = next !== undefined && untilMs === nextMs ? (next - v) / (nextMs - t) : 0;
    if (endMs > startMs) found.push({ startMs, endMs, value: v + slope * ((startMs + endMs) / 2 - t) });
  });
  return found;
}

function holdUntil(view: GaugeView, t: number, nextMs: number | undefined): number {
  const reach = t + view.intervalMs * lateFactor;
  if (nextMs !== undefined && nextMs <= reach) return nextMs;
  // A sample with the time of its scrape: any later scrape, by whichever replica, looked and did not find it. One with a
  // time of its own is older than its scrape, by up to an interval.
  const hasScrapeTime = scrapedIn(view.good, t - 1, t);
  const watched =
    nextMs !== undefined && scrapedIn(view.good, hasScrapeTime ? t : reach, nextMs - 1) && !view.goesOn?.(t, nextMs);
  if (nextMs !== undefined && !watched && nextMs - t <= view.gapLimitMs) return nextMs;
  const lookedMs = hasScrapeTime ? (scrapeAfter(view.good, t) ?? Number.POSITIVE_INFINITY) : Number.POSITIVE_INFINITY;
  return Math.min(t + view.intervalMs, lookedMs, nextMs ?? Number.POSITIVE_INFINITY);
}

/** All samples in order, of each moment the largest. One series is that already, and is nearly every thing there is. */
function samplesOf(series: RawSeries[]): Pick<RawSeries, 'times' | 'values'> {
  const [first, ...others] = series;
  if (first && others.length === 0) return first;
  const byTime = new Map<number, number>();
  for (const one of series) {
    one.times.forEach((t, i) => {
      const v = one.values[i] ?? 0;
      byTime.set(t, Math.max(byTime.get(t) ?? 0, v));
    });
  }
  const times = [...byTime.keys()].sort((a, b) => a - b);
  return { times, values: times.map((t) => byTime.get(t) ?? 0) };
}

/** Value × milliseconds over some stretches. */
export const integralMs = (stretches: Hold[]): number =>
  stretches.reduce((sum, h) => sum + h.value * (h.endMs - h.startMs), 0);

/** What of some stretches is not yet in others: what two series show of one moment is there once. */
export function without(stretches: Hold[], taken: Hold[]): Hold[] {
  let left = stretches;
  for (const { startMs, endMs } of taken) {
    left = left.flatMap((hold) => {
      if (hold.endMs <= startMs || hold.startMs >= endMs) return [hold];
      const before = { ...hold, endMs: startMs };
      const after = { ...hold, startMs: endMs };
      return [before, after].filter((part) => part.endMs > part.startMs);
    });
  }
  return left;
}
