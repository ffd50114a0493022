/**
 * What a counter's falls and leaps mean. A fall is a reset only where the start changed or, with no start known, where
 * the new value could have grown since; one scrape of nothing, or two agents that write one series, is none. A leap that
 * no machine could do is no growth. What is neither stays out of the bill and is told.
 */
import { median, type RawSeries, type Span } from './series.ts';
import { untwisted } from './strands.ts';

export interface GrowthRules {
  /** The most that one thing can grow by, per ms. */
  maxPerMs: number;
  /** What is always believed of something new, per ms. */
  usualPerMs: number;
  /** When what a series shows at a time had started, ms; undefined when nobody says so. */
  startAt: (series: RawSeries, atMs: number) => number | undefined;
}

export interface Straight {
  /** Falls only where the counter was reset. */
  series: RawSeries;
  /** Where growth could not be told. */
  doubtful: Span[];
}

// A sample tells what was some seconds before its scrape: cAdvisor looks every 10 to 60 s.
const lagMs = 60_000;
const startRoundingMs = 1500;
/** How soon a counter must be back on its line for a fall to have been none. */
const backWithinMs = 10 * 60_000;
const backWithinSamples = 5;
const neighbours = 10;
/** A restart may work harder than what came before. */
const burst = 20;

/** The most that can have been added in some time. */
export const growthMax = ({ maxPerMs }: Pick<GrowthRules, 'maxPerMs'>, ms: number): number => maxPerMs * (ms + lagMs);

export function straighten(series: RawSeries, rules: GrowthRules): Straight {
  const { values } = series;
  const isTold = values.every((v, i) => i === 0 || v >= (values[i - 1] ?? 0) || isRestart(series, rules, i - 1, i));
  const twisted = isTold ? undefined : untwisted(series, { nearMs: backWithinMs, burst });
  if (!twisted) return straightenOne(series, rules);
  const maxPerMs = Math.min(rules.maxPerMs, burst * twisted.perMs);
  const one = straightenOne(twisted.series, { ...rules, maxPerMs });
  return { series: one.series, doubtful: [...one.doubtful, twisted.span] };
}

function straightenOne(series: RawSeries, rules: GrowthRules): Straight {
  const { times, values } = series;
  if (!isUnruly(series, rules)) return { series, doubtful: [] };
  const out: RawSeries = { labels: series.labels, times: [], values: [] };
  const doubtful: Span[] = [];
  let last = 0;
  let offset = 0;
  const keep = (i: number): void => {
    out.times.push(times[i] ?? 0);
    out.values.push((values[i] ?? 0) + offset);
    last = i;
  };
  const rebase = (i: number): void => {
    doubtful.push({ startMs: times[last] ?? 0, endMs: times[i] ?? 0 });
    offset = (out.values.at(-1) ?? 0) - (values[i] ?? 0);
    keep(i);
  };
  keep(0);
  for (let i = 1; i < times.length; i++) {
    const t = times[i] ?? 0;
    const [value, before] = [values[i] ?? 0, values[last] ?? 0];
    const sinceMs = t - (times[last] ?? t);
    // What the last two samples show, only later ones can tell.
    if (value < before) {
      if (isReset(series, rules, last, i)) {
        offset = 0;
        keep(i);
      } else if (i + 1 < times.length - 1 && !isSoon(series, i, (v) => v >= before)) rebase(i);
    } else if (value - before <= growthMax(boundAt(series, rules, i, doubtful), sinceMs)) keep(i);
    else if (!isSoon(series, i, (v, ms) => v >= before && v - before <= growthMax(rules, sinceMs + ms))) rebase(i);
  }
  return { series: out, doubtful };
}

/** How fast it may have grown to a sample: once another count was shown, a leap may be the way back from it. */
function boundAt(series: RawSeries, rules: GrowthRules, i: number, doubtful: Span[]): Pick<GrowthRules, 'maxPerMs'> {
  if (doubtful.length === 0) return rules;
  return { maxPerMs: Math.min(rules.maxPerMs, Math.max(burst * usualRate(series, i), rules.usualPerMs)) };
}

function isUnruly({ times, values }: RawSeries, rules: GrowthRules): boolean {
  for (let i = 1; i < times.length; i++) {
    const grown = (values[i] ?? 0) - (values[i - 1] ?? 0);
    if (grown < 0 || grown > growthMax(rules, (times[i] ?? 0) - (times[i - 1] ?? 0))) return true;
  }
  return false;
}

/** Whether one of the next samples fits; it is told how long after sample `i` it came. */
function isSoon({ times, values }: RawSeries, i: number, fits: (value: number, ms: number) => boolean): boolean {
  for (let j = i + 1; j < times.length && j <= i + backWithinSamples; j++) {
    const ms = (times[j] ?? 0) - (times[i] ?? 0);
    if (ms > backWithinMs) return false;
    if (fits(values[j] ?? 0, ms)) return true;
  }
  return false;
}

function isReset(series: RawSeries, rules: GrowthRules, before: number, after: number): boolean {
  const restarted = isRestart(series, rules, before, after);
  if (restarted !== undefined) return restarted;
  const [from, to] = [series.times[before] ?? 0, series.times[after] ?? 0];
  const [old, value] = [series.values[before] ?? 0, series.values[after] ?? 0];
  const rate = usualRate(series, after);
  // Back above the old value, faster than it ever grew or nearer to where it would have been than to where a new one would be:
  // it had never left. Something young is back soon either way.
  const nearer = (v: number, ms: number): boolean =>
    Math.abs(v - (old + rate * (ms + to - from))) < Math.abs(v - (value + rate * ms));
  const wasDip = isSoon(series, after, (v, ms) => v >= old && (v - value > burst * rate * ms || nearer(v, ms)));
  const believed = value > old / 2 ? 3 * rate : Math.max(burst * rate, rules.usualPerMs);
  return !wasDip && value <= Math.min(growthMax(rules, to - from), believed * (to - from));
}

/** Whether the start changed between two samples, by what is told of it; undefined when nobody says so. */
function isRestart(series: RawSeries, rules: GrowthRules, before: number, after: number): boolean | undefined {
  const [from, to] = [series.times[before] ?? 0, series.times[after] ?? 0];
  const [oldStart, newStart] = [rules.startAt(series, from), rules.startAt(series, to)];
  if (oldStart === undefined || newStart === undefined) return undefined;
  // What had started before the last sample of the other ran beside it, and was not counted from zero since.
  const isSince = newStart > Math.max(oldStart + startRoundingMs, from - 2 * lagMs);
  return isSince && (series.values[after] ?? 0) <= growthMax(rules, to - newStart);
}

/** The middle of the rates around a sample, per ms. */
function usualRate({ times, values }: RawSeries, around: number): number {
  const rates: number[] = [];
  for (let i = Math.max(1, around - neighbours); i < Math.min(times.length, around + neighbours); i++) {
    const grown = (values[i] ?? 0) - (values[i - 1] ?? 0);
    const ms = (times[i] ?? 0) - (times[i - 1] ?? 0);
    if (i !== around && grown >= 0 && ms > 0) rates.push(grown / ms);
  }
  return median(rates) ?? 0;
}

/** What a series grew by per ms from one of its samples on; 0 when nothing came after. */
export function rateAfter({ times, values }: RawSeries, fromMs: number): number {
  const first = times.findIndex((t) => t >= fromMs);
  const end = times.length - 1;
  if (first < 0 || end <= first) return 0;
  return Math.max(0, (values[end] ?? 0) - (values[first] ?? 0)) / Math.max(1, (times[end] ?? 0) - (times[first] ?? 0));
}
