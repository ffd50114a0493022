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

/** A sample, by its place in its series. */
interface Place {
  series: RawSeries;
  index: number;
}

const timeAt = ({ series, index }: Place): number => series.times[index] ?? Number.NEGATIVE_INFINITY;
const valueAt = ({ series, index }: Place): number => series.values[index] ?? 0;

/** The walk along the samples: where it is, and what has been counted so far. */
interface Walk {
  at: Place | undefined;
  /** The value that has been counted up to since the last reset. */
  counted: number;
  resetMs: number;
}

/** @param series the stored series of one thing, with samples before the window as far as they are known */
export function counterGrowth(series: RawSeries[], window: Span, birth: Birth): Growth {
  const walk: Walk = { at: undefined, counted: 0, resetMs: Number.NEGATIVE_INFINITY };
  const total: Growth = { growth: 0, unproven: [] };
  // Up to the window's start first: where one window ends is where the next begins.
  for (const untilMs of [window.startMs, window.endMs]) {
    for (let next = nextOf(walk, series, untilMs); next; next = nextOf(walk, series, untilMs)) {
      const before = walk.at;
      const proof = needsProof(walk, next) ? birth(timeAt(next)) : undefined;
      const growth = stepTo(walk, next, proof);
      if (timeAt(next) <= window.startMs) continue;
      total.growth += growth;
      if (proof?.proven !== false) continue;
      const unseenFromMs = before ? timeAt(before) : proof.unseenFromMs;
      total.unproven.push({ startMs: Math.max(window.startMs, unseenFromMs), endMs: timeAt(next) });
    }
  }
  return total;
}

/** The next sample of the series that is followed; when it ends or pauses, the earliest of any. */
function nextOf(walk: Walk, all: RawSeries[], untilMs: number): Place | undefined {
  const { at } = walk;
  const own = at && within({ series: at.series, index: at.index + 1 }, untilMs);
  if (at && own && timeAt(own) - timeAt(at) <= patienceMs) return own;
  let next = own;
  for (const series of all) {
    if (series === at?.series) continue;
    const other = firstUsable(walk, series, untilMs);
    if (other && (!next || timeAt(other) < timeAt(next))) next = other;
  }
  return next;
}

const within = (place: Place, untilMs: number): Place | undefined =>
  place.index < place.series.times.length && timeAt(place) <= untilMs ? place : undefined;

/** A series' first sample after where the walk is, of which can be told whether it is from before or after the reset. */
function firstUsable(walk: Walk, series: RawSeries, untilMs: number): Place | undefined {
  const index = walk.at ? lastAtOrBefore(series.times, timeAt(walk.at)) + 1 : 0;
  const place = within({ series, index }, untilMs);
  // Looked at before the reset and not fallen since: its next one will tell.
  const ambiguous = place && index > 0 && (series.times[index - 1] ?? 0) < walk.resetMs && !hasFallen(place);
  return ambiguous ? within({ series, index: index + 1 }, untilMs) : place;
}

const hasFallen = ({ series: { values }, index }: Place): boolean =>
  index > 0 && (values[index] ?? 0) < (values[index - 1] ?? 0);

/** When a series was last looked at before the sample; undefined for its first. */
const lookedMs = ({ series, index }: Place): number | undefined => series.times[index - 1];

/** Whether only a proven birth may be counted from zero here: nothing precedes it, or only more of another series. */
function needsProof(walk: Walk, next: Place): boolean {
  if (!walk.at) return true;
  if (next.series === walk.at.series || valueAt(next) >= walk.counted || isOwnReset(walk, next)) return false;
  return timeAt(walk.at) - (lookedMs(next) ?? Number.NEGATIVE_INFINITY) > patienceMs;
}

/** Its own fall is a reset, unless that is the one that has been counted. */
const isOwnReset = (walk: Walk, next: Place): boolean =>
  hasFallen(next) && (next.series === walk.at?.series || (lookedMs(next) ?? 0) >= walk.resetMs);

/** Moves the walk to the sample and says what that adds. */
function stepTo(walk: Walk, next: Place, proof: ReturnType<Birth> | undefined): number {
  const value = valueAt(next);
  const other = walk.at !== undefined && walk.at.series !== next.series;
  const fell = isOwnReset(walk, next) && !(other && value >= walk.counted);
  const last = hasFallen(next) ? 0 : (next.series.values[next.index - 1] ?? 0);
  const from = Math.max(walk.counted, last);
  walk.at = next;
  if (proof?.proven || fell) {
    walk.resetMs = timeAt(next);
    walk.counted = value;
    return value;
  }
  // Without proof it is the base. Little behind another series it is another clock, or a slow scrape: nothing was added.
  walk.counted = proof ? value : Math.max(walk.counted, value);
  return proof ? 0 : Math.max(0, value - from);
}
