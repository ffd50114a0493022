/**
 * When targets were scraped: the evidence for births, gaps and true zeros.
 * A target's good scrapes are its `up` samples of 1; where `up` is not stored, the times at which any of its series has
 * a sample (a scrape that brought nothing of ours then looks like none: it flags too much, never too little).
 */
import {
  gather,
  type Labels,
  labelKey,
  lastAtOrBefore,
  median,
  type RawSeries,
  type Span,
  spacings,
} from './series.ts';

/** Labels that Prometheus, its operator or a replica setup attach to a scrape; the same in `up` and in its series. */
const scrapeLabels = ['job', 'instance', 'metrics_path', 'prometheus', 'prometheus_replica', 'replica', 'cluster'];

export interface Target {
  key: string;
  labels: Labels;
  /** Times at which Prometheus tried, whatever came of it. */
  listed: number[];
  /** Times of good scrapes, ascending. */
  good: number[];
  /** Usual time between scrapes, ms; undefined while fewer than two are known. */
  intervalMs: number | undefined;
  /** Known from its samples alone, `up` being stored nowhere: then nothing is known of it after the window. */
  inferred: boolean;
}

/** Finds the target of a series. */
export type TargetOf = (labels: Labels) => Target;

/**
 * The targets behind some series.
 * @param ups samples of `up`
 * @param shown series that were scraped, for targets without `up`
 */
export function targetsOf(ups: RawSeries[], shown: RawSeries[]): { targetOf: TargetOf; scraped: Target[] } {
  const scraped = gather(ups).map(targetOfUp);
  const found = new Map<string, Target>();
  const timesByKey = new Map<string, Set<number>>();
  for (const series of shown) {
    const key = targetKey(series.labels);
    const times = timesByKey.get(key) ?? new Set<number>();
    for (const t of series.times) times.add(t);
    timesByKey.set(key, times);
  }
  // Everything that `up` is told apart by may tell a series' targets apart.
  const names = [...new Set([...scrapeLabels, ...scraped.flatMap((t) => Object.keys(t.labels))])];
  const targetOf: TargetOf = (labels) => {
    const seen = JSON.stringify(names.map((name) => labels[name] ?? ''));
    const known = found.get(seen);
    if (known) return known;
    const key = targetKey(labels);
    const target = nearest(scraped, labels) ?? fromSamples(key, labels, timesByKey.get(key));
    found.set(seen, target);
    return target;
  };
  return { targetOf, scraped };
}

function targetOfUp(up: RawSeries): Target {
  const good = up.times.filter((_, i) => up.values[i] === 1);
  return {
    key: labelKey(up.labels),
    labels: up.labels,
    listed: up.times,
    good,
    intervalMs: median(spacings(up.times)),
    inferred: false,
  };
}

function fromSamples(key: string, labels: Labels, times: Set<number> | undefined): Target {
  const good = [...(times ?? [])].sort((a, b) => a - b);
  return { key, labels, listed: good, good, intervalMs: median(spacings(good)), inferred: true };
}

const targetKey = (labels: Labels): string => JSON.stringify(scrapeLabels.map((name) => labels[name] ?? ''));

// Both must name job and instance; a label that only one of them carries says nothing.
const sameTarget = (up: Labels, series: Labels): boolean =>
  Boolean(up['job'] && up['instance']) &&
  up['job'] === series['job'] &&
  up['instance'] === series['instance'] &&
  scrapeLabels.every((name) => !up[name] || !series[name] || up[name] === series[name]);

/** The target that shares most labels: replicas may be told apart by a label of any name. */
function nearest(scraped: Target[], series: Labels): Target | undefined {
  const shared = (t: Target): number =>
    Object.entries(t.labels).filter(([name, value]) => series[name] === value).length;
  const candidates = scraped.filter((t) => sameTarget(t.labels, series));
  return candidates.toSorted((a, b) => shared(b) - shared(a))[0];
}

// Used for a thing whose target was scraped only once ever, so that no interval is known.
const assumedIntervalMs = 30_000;

/** Usual time between a thing's samples, ms: its targets', or longer where the samples themselves come less often. */
export function intervalOf(targets: readonly Target[], series: readonly RawSeries[]): number {
  const scraped = targets.map((t) => t.intervalMs ?? 0);
  const own = series.map((s) => (s.times.length > 2 ? (median(spacings(s.times)) ?? 0) : 0));
  return Math.max(...scraped, ...own) || assumedIntervalMs;
}

/** Good scrapes of several targets together: a replica fills the other's gap. */
export function together(targets: Iterable<Target>): readonly number[] {
  const [first, ...others] = targets;
  if (first && others.length === 0) return first.good;
  const all = new Set<number>(first?.good);
  for (const target of others) for (const t of target.good) all.add(t);
  return [...all].sort((a, b) => a - b);
}

/** The last good scrape before `t`, strictly. */
export function scrapeBefore(good: readonly number[], t: number): number | undefined {
  let index = lastAtOrBefore(good, t);
  if (index >= 0 && good[index] === t) index--;
  return good[index];
}

/** The first good scrape after `t`. */
export const scrapeAfter = (good: readonly number[], t: number): number | undefined =>
  good[lastAtOrBefore(good, t) + 1];

/** Whether there was a good scrape in `(afterMs, untilMs]`. */
export function scrapedIn(good: readonly number[], afterMs: number, untilMs: number): boolean {
  const index = lastAtOrBefore(good, untilMs);
  return index >= 0 && (good[index] ?? 0) > afterMs;
}

/** A longer time without a good scrape is a gap: the limit, or more where scrapes are rarer and come a little late. */
export const lateMs = (target: Target, limitMs: number): number =>
  Math.max(limitMs, scrapesLate * (target.intervalMs ?? 0));

const scrapesLate = 1.5;

/**
 * The parts of the window inside gaps longer than the limit. A gap counts by its whole length, also when only a part
 * of it lies in the window; what lies before the first scrape ever is no gap of the target's.
 * @param untilMs the last edge: how far scrapes after the window are known, or earlier when nothing was left to scrape
 */
export function gapsIn(good: readonly number[], window: Span, limitMs: number, untilMs: number): Span[] {
  const first = Math.max(0, lastAtOrBefore(good, window.startMs));
  const edges = [...good.slice(first).filter((t) => t < untilMs), untilMs];
  const gaps: Span[] = [];
  for (let i = 1; i < edges.length; i++) {
    const from = edges[i - 1] ?? 0;
    const to = edges[i] ?? 0;
    const part = { startMs: Math.max(from, window.startMs), endMs: Math.min(to, window.endMs) };
    if (to - from > limitMs && part.endMs > part.startMs) gaps.push(part);
  }
  return gaps;
}
