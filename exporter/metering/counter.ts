/**
 * What a counter grew by in a window, from raw samples: last sample at or before the start, then each to the end. A fall
 * is a reset and counts from zero. Never more than was seen: nothing is extrapolated.
 * Where several stored series show one thing (an HA pair, two scrape jobs, a relabel) one of them is followed for as long
 * as it goes on, and another only from where it ends. Mixing their samples would take the clock or the slow scrape of one
 * for a reset of the other, and bill months again.
 */
import { lastAtOrBefore, type RawSeries, type Span } from './series.ts';

export interface Growth {
  growth: number;
  /** From when to when growth could not be counted because the base was not proven, ms. */
  unproven: Span[];
}

/** Says whether a thing whose first sample is at `firstMs` started from zero since it could have been seen. */
export type Birth = (firstMs: number) => { proven: true } | { proven: false; unseenFromMs: number };

/** A series that shows nothing for longer has ended, for the while; one that comes back after it proves nothing alone. */
const patienceMs = 5 * 60_000;

interface Sample {
  series: RawSeries;
  t: number;
  v: number;
  /** The sample before it in its own series. */
  own: { t: number; v: number } | undefined;
}

/** The walk along the samples: where it is, and what has been counted so far. */
interface Walk {
  at: Sample | undefined;
  /** The value that has been counted up to since the last reset. */
  counted: number;
  resetMs: number;
}

interface Step {
  growth: number;
  unseenFromMs?: number;
}

/** @param series the stored series of one thing, with samples before the window as far as they are known */
export function counterGrowth(series: RawSeries[], window: Span, birth: Birth): Growth {
  const walk: Walk = { at: undefined, counted: 0, resetMs: Number.NEGATIVE_INFINITY };
  const total: Growth = { growth: 0, unproven: [] };
  // Up to the window's start first: where one window ends is where the next begins.
  for (const untilMs of [window.startMs, window.endMs]) {
    for (let next = nextOf(walk, series, untilMs); next; next = nextOf(walk, series, untilMs)) {
      const step = stepTo(walk, next, birth);
      walk.at = next;
      if (next.t <= window.startMs) continue;
      total.growth += step.growth;
      if (step.unseenFromMs !== undefined) {
        total.unproven.push({ startMs: Math.max(window.startMs, step.unseenFromMs), endMs: next.t });
      }
    }
  }
  return total;
}

/** The next sample of the series that is followed; when it ends or pauses, the earliest of any. */
function nextOf(walk: Walk, all: RawSeries[], untilMs: number): Sample | undefined {
  const { at } = walk;
  const own = at && sampleAfter(at.series, at.t, untilMs);
  if (own && own.t - at.t <= patienceMs) return own;
  let next = own;
  for (const series of all) {
    let other = sampleAfter(series, at?.t ?? Number.NEGATIVE_INFINITY, untilMs);
    // From before or after the reset? Its own next one will tell.
    while (other && at && series !== at.series && isAmbiguous(walk, other))
      other = sampleAfter(series, other.t, untilMs);
    if (other && (!next || other.t < next.t || (other.t === next.t && other.v < next.v))) next = other;
  }
  return next;
}

const isAmbiguous = (walk: Walk, { v, own }: Sample): boolean =>
  own !== undefined && own.t < walk.resetMs && v >= own.v;

function sampleAfter(series: RawSeries, t: number, untilMs: number): Sample | undefined {
  const { times, values } = series;
  const i = lastAtOrBefore(times, t) + 1;
  const time = times[i];
  if (time === undefined || time > untilMs) return undefined;
  const own = i > 0 ? { t: times[i - 1] ?? 0, v: values[i - 1] ?? 0 } : undefined;
  return { series, t: time, v: values[i] ?? 0, own };
}

function stepTo(walk: Walk, next: Sample, birth: Birth): Step {
  const { at } = walk;
  if (!at) return start(walk, next, birth, undefined);
  const { v, own } = next;
  const fell = own !== undefined && v < own.v;
  if (next.series === at.series) return fell ? reset(walk, next) : rise(walk, next);
  if (v >= walk.counted) return rise(walk, next);
  const away = own === undefined || at.t - own.t > patienceMs;
  // Its own fall is a reset, unless that is the one that has been counted.
  if (fell && own.t >= walk.resetMs) return reset(walk, next);
  // Little behind: another clock, or a slow scrape.
  return away ? start(walk, next, birth, at.t) : { growth: 0 };
}

/** A base that nothing precedes. */
function start(walk: Walk, next: Sample, birth: Birth, unseenFromMs: number | undefined): Step {
  const verdict = birth(next.t);
  if (verdict.proven) return reset(walk, next);
  walk.counted = next.v;
  return { growth: 0, unseenFromMs: unseenFromMs ?? verdict.unseenFromMs };
}

function reset(walk: Walk, { t, v }: Sample): Step {
  walk.resetMs = t;
  walk.counted = v;
  return { growth: v };
}

function rise(walk: Walk, { v, own }: Sample): Step {
  const from = own && own.v <= v ? Math.max(walk.counted, own.v) : walk.counted;
  walk.counted = Math.max(walk.counted, v);
  return { growth: Math.max(0, v - from) };
}
