/**
 * A meter that one series tells, in one window, from what was read of it: a counter's growth, a gauge's time integral in
 * unit-hours, its average over the window, or its highest sum over all instances. The operator's own meters, and those of
 * series-meters.ts. Pure.
 */
import { contradictingClusters } from './believed.ts';
import { processStart, type Start } from './births.ts';
import { type Carried, carriedKey, evidenceOf, type Look } from './evidence.ts';
import { holds, integralMs } from './gauge.ts';
import { grownBy } from './growth.ts';
import { believedOwn, countersOf, gaugesOf, identityOf, unbounded } from './own-things.ts';
import { Pods } from './pods.ts';
import { bounded, type MeterResult } from './result.ts';
import {
  gapsIn,
  intervalOf,
  lateMs,
  scrapeBefore,
  type Target,
  type TargetOf,
  targetsOf,
  together,
} from './scrapes.ts';
import { type Labels, lastAtOrBefore, livesIn, type RawSeries, type Span } from './series.ts';
import { isBeside, type SeriesMeter } from './series-meters.ts';
import { type Thing, thingsOf } from './things.ts';
import { type Believes, believer, type TargetSetting } from './trust.ts';
import { leastUnseenMs, type Unseen, worthTelling } from './unseen.ts';

/** What was read of one meter's series for a window. */
export interface OwnObserved {
  meter: SeriesMeter;
  window: Span;
  gapLimitMs: number;
  /** How far scrapes are known, at or after the window's end, ms. */
  horizonMs: number;
  /** The namespace's series; of a counter from the base on, of a gauge to the horizon. */
  samples: RawSeries[];
  /** Label sets that showed the namespace in the day before. */
  carried: Labels[];
  /** `up` of every target that showed such a series, for any namespace, in the window or the day before. */
  ups: RawSeries[];
  /** Whether any did. */
  showing: boolean;
  processes: RawSeries[];
  /** The namespace whose use is counted. */
  namespace: string;
  /** Which targets are believed, where the operator says so. */
  setting?: TargetSetting | undefined;
}

interface Seen extends OwnObserved {
  targetOf: TargetOf;
  scraped: Target[];
}

/** The meter's quantity in its unit; missing where nobody can tell it, which is not zero. */
export function meterOwn(observed: OwnObserved): MeterResult {
  const { meter, window, gapLimitMs } = observed;
  const { field } = meter;
  const { targetOf, scraped: known } = targetsOf(observed.ups, observed.samples);
  const believes = believerOf(observed, known);
  const scraped = known.filter(believes);
  const series = believedOwn(observed.samples, targetOf, known).filter((s) => believes(targetOf(s.labels)));
  const carried = observed.carried.filter((labels) => believes(targetOf(labels)));
  const showing = observed.showing && (meter.kind === undefined || scraped.length > 0);
  const seen: Seen = { ...observed, carried, showing, targetOf, scraped };
  if (contradictingClusters(series, window).length > 0) return { field, state: 'missing', unseen: [] };
  const evidence = lookFor(series, seen);
  const leastMs = leastUnseenMs(gapLimitMs);
  if (!evidence.seen) return { field, state: 'missing', unseen: worthTelling(evidence.gaps, leastMs) };
  // Who counts beside what uses it shows it or does not know it: nothing is no zero.
  if (isBeside(meter) && !series.some((s) => livesIn(s, window))) {
    return { field, state: 'missing', unseen: worthTelling(evidence.gaps, leastMs) };
  }
  const { quantity, unseen } = quantityOf(series, seen);
  const hidden = isBeside(meter) ? holesOf(series, seen) : [];
  const told = worthTelling([...evidence.gaps, ...unseen, ...hidden], leastMs);
  return bounded({ field, state: 'seen', quantity: meter.whole ? Math.round(quantity) : quantity, unseen: told });
}

function believerOf({ meter, setting, namespace }: OwnObserved, known: Target[]): Believes {
  return meter.kind === undefined ? () => true : believer(meter.kind, known, setting ?? {}, namespace);
}

/** When a target was scraped and showed none of the series, from its first sample on for as long as it was scraped. */
function holesOf(series: RawSeries[], { window, gapLimitMs, targetOf, carried, horizonMs }: Seen): Unseen[] {
  const byTarget = Map.groupBy(series, (s) => targetOf(s.labels));
  const carriedTo = new Set(carried.map((labels) => targetOf(labels)));
  return [...byTarget].flatMap(([target, shown]) => {
    const times = [...new Set(shown.flatMap((s) => s.times))].sort((a, b) => a - b);
    const untilMs = Math.min(target.good.at(-1) ?? window.endMs, Math.max(horizonMs, window.endMs));
    const before = carriedTo.has(target) && (times[0] ?? 0) > window.startMs ? [window.startMs] : [];
    const spans = gapsIn([...before, ...times], window, lateMs(target, gapLimitMs), untilMs);
    const thing = `target ${target.labels['instance'] ?? 'unknown'}`;
    return spans.length > 0 ? [{ thing, why: 'not_shown' as const, spans }] : [];
  });
}

/** Whether the targets that can show the namespace's series were scraped. */
function lookFor(series: RawSeries[], seen: Seen): ReturnType<typeof evidenceOf> {
  const { targetOf, scraped, showing } = seen;
  const identity = [...identityOf(series, targetOf), 'instance', 'pod'];
  const now = series.map(({ labels }): Carried => ({ labels, thing: carriedKey(labels, identity), recent: true }));
  const before = seen.carried.map(
    (labels): Carried => ({ labels, thing: carriedKey(labels, identity), recent: false }),
  );
  const exists = ({ labels }: Carried): boolean => scraped.length === 0 || !targetOf(labels).inferred;
  const look: Look = { ...seen, pods: new Pods([], [], new Set(), new Set()) };
  return evidenceOf(look, { onNodes: false, showing }, [...now, ...before].filter(exists), scraped);
}

function quantityOf(series: RawSeries[], seen: Seen): { quantity: number; unseen: Unseen[] } {
  const { meter, window, targetOf } = seen;
  const perUnit = scaleOf(meter.source.scale);
  if (meter.source.kind === 'counter') {
    const all = meter.identity ? thingsOf(series, meter.identity, []) : countersOf(series, targetOf, window.endMs);
    const things = all.filter((t) => t.series.some((s) => livesIn(s, window)));
    const grown = things.map((thing) => grownOf(thing, seen));
    const growth = grown.reduce((sum, g) => sum + g.growth, 0);
    return { quantity: growth * perUnit, unseen: grown.flatMap((g) => g.unseen) };
  }
  const things = meter.identity ? thingsOf(series, meter.identity, []) : gaugesOf(series, targetOf);
  const lives = things.map((thing) => lifeOf(thing, seen));
  if (meter.adds_up === 'level') return { quantity: highestOf(lives, window) * perUnit, unseen: [] };
  const unitMs = lives.reduce((sum, life) => sum + integralMs(life.spans), 0);
  const overMs = meter.adds_up === 'average' ? window.endMs - window.startMs : hourMs;
  return { quantity: (unitMs / overMs) * perUnit, unseen: [] };
}

const hourMs = 3_600_000;

function grownOf(thing: Thing, seen: Seen): ReturnType<typeof grownBy> {
  const targets = targetsOfThing(thing, seen);
  const good = together(targets);
  const others = seen.scraped.filter((t) => !targets.includes(t));
  const name = `${seen.meter.source.series} ${Object.values(thing.identity).filter(Boolean).join(' ')}`.trim();
  return grownBy(
    {
      thing,
      name,
      targets,
      // A process shows new counters long after its start: only one that is itself new proves anything.
      startOf: (one, atMs) => newStart(processStart(seen.processes, one, atMs), scrapeBefore(good, atMs)),
      bounds: { maxPerMs: unbounded, usualPerMs: 0 },
      watchedBefore: (atMs) => others.some((t) => (t.good[0] ?? atMs) < atMs),
    },
    seen.window,
  );
}

const newStart = (start: Start | undefined, lookedMs: number | undefined): Start | undefined =>
  start !== undefined && (lookedMs === undefined || start.startMs > lookedMs) ? start : undefined;

const targetsOfThing = (thing: Thing, { targetOf }: Seen): Target[] => [
  ...new Set(thing.series.map((s) => targetOf(s.labels))),
];

interface Life {
  series: RawSeries[];
  spans: ReturnType<typeof holds>;
}

function lifeOf(thing: Thing, seen: Seen): Life {
  const targets = targetsOfThing(thing, seen);
  const view = {
    series: thing.series,
    good: together(targets),
    intervalMs: intervalOf(targets, thing.series),
    gapLimitMs: seen.gapLimitMs,
  };
  return { series: thing.series, spans: holds(view, seen.window) };
}

/** The highest sum of what was sampled, over everything that lived at the moment of a sample. */
function highestOf(lives: Life[], window: Span): number {
  const moments = new Set(lives.flatMap(({ series }) => series.flatMap(({ times }) => times)));
  const sums = [...moments]
    .filter((t) => t > window.startMs && t <= window.endMs)
    .map((t) => lives.reduce((sum, life) => sum + heldAt(life, t), 0));
  return Math.max(0, ...sums);
}

/** What a thing showed last at a time, 0 where it did not live. */
function heldAt({ series, spans }: Life, t: number): number {
  if (!spans.some((s) => t >= s.startMs && t <= s.endMs)) return 0;
  const last = series
    .map(({ times, values }) => ({ at: lastAtOrBefore(times, t), times, values }))
    .filter(({ at }) => at >= 0)
    .map(({ at, times, values }) => ({ t: times[at] ?? 0, v: values[at] ?? 0 }))
    .sort((a, b) => b.t - a.t || b.v - a.v)[0];
  return last?.v ?? 0;
}

/** `1/3600` or `0.5`. */
function scaleOf(scale: string): number {
  const [over = '1', under = '1'] = scale.split('/');
  return Number(over) / Number(under);
}
