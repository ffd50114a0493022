/**
 * What a counter grew by in a window, from raw samples: last sample at or before the start, then each to the end. A reset
 * (falls.ts) counts from zero. Never more than was seen: nothing is extrapolated.
 * Where several stored series show one thing (an HA pair, two scrape jobs, a relabel, nested cgroups) one of them is
 * followed for as long as it goes on, and another only from where it ends. Mixing their samples would take the clock or
 * the slow scrape of one for a reset of the other, and bill months again. A dead container may be shown for minutes: the
 * newer one is followed from where it starts, unless the older one still grows.
 */
import { type GrowthRules, growthMax, straighten } from './falls.ts';
import { lastAtOrBefore, type RawSeries, type Span } from './series.ts';

export interface Growth {
  growth: number;
  /** From when to when growth could not be counted because the base was not proven, ms. */
  unproven: Span[];
  /** Where a fall or a leap could not be explained, ms. */
  doubtful: Span[];
}

/** Says whether a thing that a series first showed at `firstMs` started from zero since it could have been seen. */
export type Birth = (
  series: RawSeries,
  firstMs: number,
  value: number,
) => { proven: true } | { proven: false; unseenFromMs: number };

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
  rules: GrowthRules;
  at: Place | undefined;
  /** The value that has been counted up to since the last reset. */
  counted: number;
  resetMs: number;
  /** Ids of containers that have had their time. */
  left: Set<string>;
}

/** @param all the stored series of one thing, with samples before the window as far as they are known */
export function counterGrowth(all: RawSeries[], window: Span, birth: Birth, rules: GrowthRules): Growth {
  const straight = all.map((one) => straighten(one, rules));
  const series = straight.map((one) => one.series);
  const walk: Walk = { rules, at: undefined, counted: 0, resetMs: Number.NEGATIVE_INFINITY, left: new Set() };
  const doubtful = straight.flatMap((one) => one.doubtful).filter((d) => d.endMs > window.startMs);
  const total: Growth = { growth: 0, unproven: [], doubtful };
  // Up to the window's start first: where one window ends is where the next begins.
  for (const untilMs of [window.startMs, window.endMs]) {
    for (let next = nextOf(walk, series, untilMs); next; next = nextOf(walk, series, untilMs)) {
      const before = walk.at;
      const proof = proofFor(walk, next, birth);
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
  if (at && own && timeAt(own) - timeAt(at) <= patienceMs) return successor(walk, at, own, all) ?? own;
  let next = own;
  for (const series of all) {
    if (series === at?.series || walk.left.has(series.labels['id'] ?? '')) continue;
    const other = firstUsable(walk, series, untilMs);
    if (!other || (next && timeAt(other) >= timeAt(next))) continue;
    if (!at || relation(walk, at, other) !== 'older') next = other;
  }
  return next;
}

/** A newer container's first sample, by when the one that is followed has stopped growing. */
function successor(walk: Walk, at: Place, own: Place, all: RawSeries[]): Place | undefined {
  if (all.length === 1 || valueAt(own) !== valueAt(at)) return undefined;
  const stillMs = lastGrowthMs(at.series);
  return all
    .filter((s) => !walk.left.has(s.labels['id'] ?? ''))
    .map((series) => ({ series, index: lastAtOrBefore(series.times, timeAt(at)) + 1 }))
    .filter((place) => within(place, timeAt(own)) && (place.series.times[0] ?? 0) >= stillMs)
    .filter((place) => isSuccessor(walk, at, place))
    .sort((a, b) => timeAt(a) - timeAt(b))[0];
}

/** When a counter last grew: its first sample's time when it never did. */
export function lastGrowthMs({ times, values }: RawSeries): number {
  for (let i = times.length - 1; i > 0; i--) if (values[i] !== values[i - 1]) return times[i] ?? 0;
  return times[0] ?? 0;
}

const startSlackMs = 2000;

/** Which of two samples' containers started later, the second seen from the first; undefined when nobody says so. */
function relation({ rules }: Walk, first: Place, second: Place): 'newer' | 'same' | 'older' | undefined {
  const one = rules.startAt(first.series, timeAt(first));
  const other = rules.startAt(second.series, timeAt(second));
  if (one === undefined || other === undefined) return undefined;
  if (Math.abs(other - one) <= startSlackMs) return 'same';
  if (other < one) return 'older';
  return valueAt(second) <= growthMax(rules, timeAt(second) - other) ? 'newer' : undefined;
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

/** What is known of the birth of what a sample shows; undefined when it goes on from what was counted. */
function proofFor(walk: Walk, next: Place, birth: Birth): ReturnType<Birth> | undefined {
  const { at } = walk;
  // A newer container may have been shown for some time beside the older one.
  const first = { series: next.series, index: 0 };
  if (at && timeAt(first) > lastGrowthMs(at.series) - 1 && isSuccessor(walk, at, next)) {
    return birth(next.series, timeAt(first), valueAt(first));
  }
  return needsProof(walk, next) ? birth(next.series, timeAt(next), valueAt(next)) : undefined;
}

/** Whether another id's sample is a newer container's. */
function isSuccessor(walk: Walk, at: Place, next: Place): boolean {
  const [id, nextId] = [at.series.labels['id'], next.series.labels['id']];
  if (!id || !nextId || id === nextId) return false;
  const told = relation(walk, at, next);
  return told === undefined ? valueAt(next) < walk.counted : told === 'newer';
}

/** Whether only a proven birth may be counted from zero here: nothing precedes it, or only more of another series. */
function needsProof(walk: Walk, next: Place): boolean {
  const { at } = walk;
  if (!at) return true;
  if (next.series === at.series || isOwnReset(walk, next)) return false;
  const told = relation(walk, at, next);
  if (told !== undefined) return told !== 'same';
  const firstLook = lookedMs(next) === undefined;
  if (valueAt(next) >= walk.counted) {
    return firstLook && valueAt(next) - walk.counted > growthMax(walk.rules, timeAt(next) - timeAt(at));
  }
  return timeAt(at) - (lookedMs(next) ?? Number.NEGATIVE_INFINITY) > patienceMs;
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
  if (proof && walk.at) leave(walk, walk.at, next);
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

function leave(walk: Walk, { series }: Place, next: Place): void {
  const id = series.labels['id'];
  if (id && id !== next.series.labels['id']) walk.left.add(id);
}
