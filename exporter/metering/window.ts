/**
 * One window's quantities from what was read: the story that the other files of this folder tell together.
 * Pure: no clock, no network. Says of each meter what was seen, and of what was not: which thing, which seconds, why.
 */
import { processStart, type Start, Starts } from './births.ts';
import { type Meter, meters, type SourceName, sourceOf } from './catalogue.ts';
import { growthMax } from './falls.ts';
import { type Hold, integralMs } from './gauge.ts';
import { grownBy } from './growth.ts';
import { livesOf } from './lives.ts';
import type { Observed } from './observed.ts';
import { peakOf } from './peak.ts';
import { bounded, type MeterResult } from './result.ts';
import { intervalOf, together } from './scrapes.ts';
import { livesIn, type RawSeries } from './series.ts';
import { type Sighting, sight } from './sighting.ts';
import type { Thing } from './things.ts';
import { leastUnseenMs, merged, type Unseen, worthTelling } from './unseen.ts';
import { limitsOf } from './volumes.ts';

const hourMs = 3_600_000;
/** A large machine, where nobody says how many cores there are. */
const assumedCores = 256;

interface Seen {
  observed: Observed;
  sighting: Sighting;
  starts: Starts;
  /** CPU by pod and container. */
  counters: Map<string, RawSeries[]>;
  /** What was worked out for one meter serves another. */
  holds: Map<Thing, Hold[]>;
  /** Pods of which a container has used more than it can have since it says that it started. */
  belied: Set<string>;
}

/** All meters of the catalogue for the window. */
export function meterWindow(observed: Observed): MeterResult[] {
  const starts = new Starts(observed.starts);
  const counters = Map.groupBy(observed.samples.cpu ?? [], (s) => `${s.labels['pod']} ${s.labels['container']}`);
  const seen = {
    observed,
    sighting: sight(observed),
    starts,
    belied: beliedPods(observed, starts),
    counters,
    holds: new Map(),
  };
  return meters.map((meter) => bounded(meterOne(meter, seen)));
}

function meterOne(meter: Meter, seen: Seen): MeterResult {
  const { field } = meter;
  const { observed, sighting } = seen;
  const source = meter.source === 'http' ? httpSource(observed) : meter.source;
  if (source === undefined) return { field, state: 'off' };
  const evidence = sighting.evidence(sourceOf(source).targets);
  const things = sighting.things(source);
  const leastMs = leastUnseenMs(observed.gapLimitMs);
  const hidden = sighting.unseen(source);
  const unseen = [...evidence.gaps, ...hidden];
  const missing: MeterResult = { field, state: 'missing', unseen: worthTelling(unseen, leastMs) };
  if (things === 'unknown' || !evidence.seen) return missing;
  const present = things.filter((t) => t.series.some((s) => livesIn(s, observed.window)));
  // Nothing is no zero while something must have shown.
  const shouldShow = sighting.shouldShow(source) || worthTelling(hidden, leastMs).length > 0;
  if (present.length === 0 && shouldShow) return missing;
  const told = (quantity: number, more: Unseen[] = []): MeterResult => ({
    field,
    state: 'seen',
    quantity,
    unseen: worthTelling([...unseen, ...more], leastMs),
  });
  switch (meter.kind) {
    case 'counter': {
      const { growth, unseen } = growthOf(present, source, seen);
      return told(meter.whole ? Math.round(growth * meter.scale) : growth * meter.scale, unseen);
    }
    case 'gauge': {
      const { byteMs, unseen } = source === 'volumes' ? storageOf(things, seen) : levelOf(things, source, seen);
      const divisorMs = meter.per === 'hour' ? hourMs : observed.window.endMs - observed.window.startMs;
      return told((byteMs * meter.scale) / divisorMs, unseen);
    }
    case 'peak': {
      const lives = things.flatMap((thing) =>
        merged(holdsOf(thing, source, seen)).map((span) => ({ owner: thing.identity[meter.countedBy] ?? '', span })),
      );
      return told(peakOf(lives));
    }
  }
}

const httpSource = (observed: Observed): SourceName | undefined =>
  observed.http === 'none' ? undefined : observed.http;

/** What people know a thing by. */
function nameOf({ identity }: Thing): string {
  const { pod, container, persistentvolumeclaim: claim } = identity;
  if (pod) return container ? `pod ${pod}, container ${container}` : `pod ${pod}`;
  if (claim) return `claim ${claim}`;
  return Object.values(identity)
    .filter((value) => value)
    .join(' ');
}

function growthOf(things: Thing[], source: SourceName, seen: Seen): { growth: number; unseen: Unseen[] } {
  const { observed, sighting } = seen;
  const grown = things.map((thing) => {
    const targets = sighting.targets(source, thing);
    const usualPerMs = (sourceOf(source).growthUsual ?? 0) / 1000;
    return grownBy(
      {
        thing,
        name: nameOf(thing),
        targets,
        startOf: startsOf(source, seen),
        bounds: { maxPerMs: maxPerMs(thing.series, source, observed), usualPerMs },
        watchedBefore: (atMs) => sighting.watchedBefore(targets, atMs),
      },
      observed.window,
    );
  });
  return { growth: grown.reduce((sum, g) => sum + g.growth, 0), unseen: grown.flatMap((g) => g.unseen) };
}

/** How a source's things tell when they started. */
function startsOf(source: SourceName, { observed, sighting, starts, belied }: Seen) {
  return (series: RawSeries, atMs: number): Start | undefined => {
    switch (sourceOf(source).born) {
      case 'container':
        return starts.ofContainer(series, atMs);
      case 'pod': {
        const start = starts.ofPod(series, atMs);
        if (start?.own) return { ...start, belied: belied.has(series.labels['pod'] ?? '') };
        // A pod that was not in the list of pods yet began no earlier.
        const absentMs = sighting.pods.absentMs(series, atMs);
        return absentMs === undefined ? start : { startMs: absentMs, own: true };
      }
      default:
        return processStart(observed.processes, series, atMs);
    }
  };
}

function beliedPods(observed: Observed, starts: Starts): Set<string> {
  const belied = (observed.samples.cpu ?? []).filter((series) => {
    const [firstMs = 0, value = 0] = [series.times[0], series.values[0]];
    const start = starts.ofContainer(series, firstMs);
    return start && value > growthMax({ maxPerMs: maxPerMs([series], 'cpu', observed) }, firstMs - start.startMs);
  });
  return new Set(belied.map((s) => s.labels['pod'] ?? ''));
}

/** The most that a thing can grow by, per ms. */
function maxPerMs(series: RawSeries[], source: SourceName, { cores }: Observed): number {
  const { growthMax = 0 } = sourceOf(source);
  if (growthMax !== 'cores') return growthMax / 1000;
  const instances = new Set(series.map((s) => s.labels['instance']));
  const own = cores.filter((c) => instances.has(c.instance));
  const known = own.length > 0 ? own : cores;
  return Math.max(...known.map((c) => c.cores), known.length > 0 ? 0 : assumedCores) / 1000;
}

function levelOf(things: Thing[], source: SourceName, seen: Seen): { byteMs: number; unseen: Unseen[] } {
  return { byteMs: things.reduce((sum, t) => sum + integralMs(holdsOf(t, source, seen)), 0), unseen: [] };
}

/** Claims' bytes, none above what it can hold. */
function storageOf(things: Thing[], seen: Seen): { byteMs: number; unseen: Unseen[] } {
  const { claims, window } = seen.observed;
  const claimOf = (thing: Thing): string => thing.identity['persistentvolumeclaim'] ?? '';
  const present = things.filter((t) => t.series.some((s) => livesIn(s, window)));
  const limits = limitsOf(
    present.map((thing) => ({
      claim: claimOf(thing),
      series: thing.series,
      bounds: claims.find((c) => c.claim === claimOf(thing)) ?? {},
    })),
  );
  let byteMs = 0;
  const unseen: Unseen[] = [];
  for (const thing of things) {
    const limit = limits.get(claimOf(thing));
    const maxBytes = limit?.maxBytes ?? Number.POSITIVE_INFINITY;
    const lived = holdsOf(thing, 'volumes', seen);
    byteMs += integralMs(lived.map((h) => ({ ...h, value: Math.min(h.value, maxBytes) })));
    if (limit?.shared) unseen.push({ thing: nameOf(thing), why: 'shared_file_system', spans: lived });
  }
  return { byteMs, unseen };
}

function holdsOf(thing: Thing, source: SourceName, { observed, sighting, counters, holds }: Seen): Hold[] {
  const { pod, container } = thing.identity;
  const known = holds.get(thing);
  if (known) return known;
  const targets = sighting.targets(source, thing);
  const lived = livesOf(thing.series, {
    window: observed.window,
    good: together(targets),
    intervalMs: intervalOf(targets, thing.series),
    gapLimitMs: observed.gapLimitMs,
    counters: source === 'memory' ? (counters.get(`${pod} ${container}`) ?? []) : [],
    lasting: source === 'volumes',
  });
  holds.set(thing, lived);
  return lived;
}
