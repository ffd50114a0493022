/**
 * What a counter grew by in a window, from raw samples: last sample at or before the start, then each to the end. A fall
 * is a reset and counts from zero. Never more than was seen: nothing is extrapolated, and where two stored series of one
 * thing contradict each other the smaller growth stands.
 */
import type { RawSeries, Span } from './series.ts';

export interface Growth {
  growth: number;
  /** From when to when growth could not be counted because the base was not proven, ms. */
  unproven: Span[];
}

/** Says whether a thing whose first sample is at `firstMs` started from zero since it could have been seen. */
export type Birth = (firstMs: number) => { proven: true } | { proven: false; unseenFromMs: number };

interface Sample {
  series: number;
  index: number;
  t: number;
  v: number;
}

/** State of the walk over all samples of the thing in time order. */
interface Walk {
  /** The value that has been counted up to, and when it was read. */
  counted: { v: number; t: number } | undefined;
  resetAt: number;
  growth: number;
  unproven: Span[];
}

/** @param series the stored series of one thing, with samples before the window as far as they are known */
export function counterGrowth(series: RawSeries[], window: Span, birth: Birth): Growth {
  const walk: Walk = { counted: undefined, resetAt: Number.NEGATIVE_INFINITY, growth: 0, unproven: [] };
  for (const sample of inTimeOrder(series, window.endMs)) {
    const step = stepOf(walk, sample, series, birth);
    if (sample.t <= window.startMs) continue;
    walk.growth += step.growth;
    if (step.unseenFromMs !== undefined) {
      walk.unproven.push({ startMs: Math.max(window.startMs, step.unseenFromMs), endMs: sample.t });
    }
  }
  return { growth: walk.growth, unproven: walk.unproven };
}

function inTimeOrder(series: RawSeries[], endMs: number): Sample[] {
  const samples: Sample[] = [];
  series.forEach((one, s) => {
    for (let i = 0; i < one.times.length; i++) {
      const t = one.times[i] ?? 0;
      if (t <= endMs) samples.push({ series: s, index: i, t, v: one.values[i] ?? 0 });
    }
  });
  if (series.length === 1) return samples;
  return samples.sort((a, b) => a.t - b.t || a.v - b.v || a.series - b.series);
}

interface Step {
  growth: number;
  unseenFromMs?: number;
}

/** Moves the walk to the sample and says what it adds. */
function stepOf(walk: Walk, sample: Sample, series: RawSeries[], birth: Birth): Step {
  const { counted } = walk;
  if (!counted) return firstStep(walk, sample, birth);
  const own = series[sample.series];
  const ownTime = own?.times[sample.index - 1];
  if (ownTime === undefined) return joiningStep(walk, counted, sample, series, birth);
  const ownValue = own?.values[sample.index - 1] ?? 0;
  const resetSince = walk.resetAt > ownTime;
  if (sample.v < ownValue && !resetSince) return reset(walk, sample);
  // A reset that another replica showed first has already been counted; after it the own last value means nothing.
  return rise(walk, sample, resetSince ? counted.v : Math.max(counted.v, ownValue));
}

function firstStep(walk: Walk, sample: Sample, birth: Birth): Step {
  walk.counted = { v: sample.v, t: sample.t };
  const verdict = birth(sample.t);
  return verdict.proven ? { growth: sample.v } : { growth: 0, unseenFromMs: verdict.unseenFromMs };
}

/** A stored series that was not there before: another replica, a second job, or the same target under new labels. */
function joiningStep(
  walk: Walk,
  counted: { v: number; t: number },
  sample: Sample,
  series: RawSeries[],
  birth: Birth,
): Step {
  const ceiling = ceilingOfOthers(sample, series);
  if (ceiling !== undefined) {
    // Others live on. What lies between their samples fits; anything else is another clock or another thing.
    return sample.v <= ceiling ? rise(walk, sample, counted.v) : { growth: 0 };
  }
  if (sample.v >= counted.v) return rise(walk, sample, counted.v);
  const verdict = birth(sample.t);
  if (verdict.proven) return reset(walk, sample);
  const unseenFromMs = counted.t;
  walk.counted = { v: sample.v, t: sample.t };
  return { growth: 0, unseenFromMs };
}

/**
 * The least that another series of the thing, alive before and after the sample, shows next; infinite when it falls
 * there or another one shows a fall in between (then nothing contradicts the sample). Undefined when none lives on.
 */
function ceilingOfOthers(sample: Sample, series: RawSeries[]): number | undefined {
  let ceiling: number | undefined;
  series.forEach((other, s) => {
    if (s === sample.series) return;
    const next = other.times.findIndex((t) => t >= sample.t);
    if (next < 1) return;
    const before = other.values[next - 1] ?? 0;
    const after = other.values[next] ?? 0;
    const fell = after < before || series.some((one) => fallsIn(one, sample.t, other.times[next] ?? sample.t));
    ceiling = Math.min(ceiling ?? Number.POSITIVE_INFINITY, fell ? Number.POSITIVE_INFINITY : after);
  });
  return ceiling;
}

/** Whether the series falls at a sample in `(fromMs, toMs]`. */
const fallsIn = (series: RawSeries, fromMs: number, toMs: number): boolean =>
  series.times.some(
    (t, i) => i > 0 && t > fromMs && t <= toMs && (series.values[i] ?? 0) < (series.values[i - 1] ?? 0),
  );

function reset(walk: Walk, sample: Sample): Step {
  walk.resetAt = sample.t;
  walk.counted = { v: sample.v, t: sample.t };
  return { growth: sample.v };
}

function rise(walk: Walk, sample: Sample, from: number): Step {
  const counted = walk.counted?.v ?? 0;
  if (sample.v >= counted) walk.counted = { v: sample.v, t: sample.t };
  return { growth: Math.max(0, sample.v - from) };
}
