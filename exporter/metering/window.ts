/**
 * One window's quantities from what was read: the story that the other files of this folder tell together.
 * Pure: no clock, no network. Says of each meter what was seen, and of what was not, for how long.
 */
import { type QuantityField, quantityBounds } from '../../src/contracts/usage.ts';
import { birthOf, type Start, Starts } from './births.ts';
import { type Meter, meters, type SourceName, sourceOf } from './catalogue.ts';
import { counterGrowth } from './counter.ts';
import { type Hold, holds, integralMs } from './gauge.ts';
import type { Observed } from './observed.ts';
import { peakOf } from './peak.ts';
import { together } from './scrapes.ts';
import { livesIn, median, spacings } from './series.ts';
import { type Sighting, sight } from './sighting.ts';
import type { Thing } from './things.ts';

/** What one meter came to. `off` is switched off on purpose: absent and complete. */
export type MeterResult =
  | { field: QuantityField; state: 'seen'; quantity: number; gapMs: number; unprovenBirths: number }
  | { field: QuantityField; state: 'missing' }
  | { field: QuantityField; state: 'off' };

const hourMs = 3_600_000;
// Used for a thing whose target was scraped only once ever, so that no interval is known.
const assumedIntervalMs = 30_000;

/** All meters of the catalogue for the window. */
export function meterWindow(observed: Observed): MeterResult[] {
  const sighting = sight(observed);
  const starts = new Starts(observed.starts);
  return meters.map((meter) => bounded(meterOne(meter, observed, sighting, starts)));
}

function meterOne(meter: Meter, observed: Observed, sighting: Sighting, starts: Starts): MeterResult {
  const { field } = meter;
  const source = meter.source === 'http' ? httpSource(observed) : meter.source;
  if (source === undefined) return { field, state: 'off' };
  const things = sighting.things(source);
  const evidence = sighting.evidence(sourceOf(source).targets);
  if (things === 'unknown' || !evidence.seen) return { field, state: 'missing' };
  const present = things.filter((t) => t.series.some((s) => livesIn(s, observed.window)));
  if (present.length === 0 && sighting.shouldShow(source)) return { field, state: 'missing' };
  const hiddenMs = sighting.hiddenMs(source);
  const base = { field, state: 'seen' as const, unprovenBirths: 0, gapMs: Math.max(hiddenMs, evidence.gapMs) };
  switch (meter.kind) {
    case 'counter': {
      const growth = growthOf(present, source, observed, sighting, starts);
      const quantity = growth.growth * meter.scale;
      const gapMs = Math.max(base.gapMs, growth.unseenMs);
      return {
        ...base,
        quantity: meter.whole ? Math.round(quantity) : quantity,
        gapMs,
        unprovenBirths: growth.unproven,
      };
    }
    case 'gauge': {
      const integral = things.reduce((sum, thing) => sum + integralMs(livesOf(thing, source, observed, sighting)), 0);
      const divisorMs = meter.per === 'hour' ? hourMs : observed.window.endMs - observed.window.startMs;
      return { ...base, quantity: (integral * meter.scale) / divisorMs };
    }
    case 'peak': {
      const lives = things.flatMap((thing) =>
        livesOf(thing, source, observed, sighting).map((span) => ({
          owner: thing.identity[meter.countedBy] ?? '',
          span,
        })),
      );
      return { ...base, quantity: peakOf(lives) };
    }
  }
}

const httpSource = (observed: Observed): SourceName | undefined =>
  observed.http === 'none' ? undefined : observed.http;

function growthOf(things: Thing[], source: SourceName, observed: Observed, sighting: Sighting, starts: Starts) {
  const total = { growth: 0, unproven: 0, unseenMs: 0 };
  const { born } = sourceOf(source);
  for (const thing of things) {
    const startOf = (firstMs: number): Start | undefined => {
      if (born === 'container') return starts.ofContainer(thing, firstMs);
      return born === 'pod' ? starts.ofPod(thing, firstMs) : undefined;
    };
    const good = together(sighting.targets(source, thing));
    const intervalMs = intervalOf(thing, source, sighting);
    const birth = birthOf({ window: observed.window, good, intervalMs, startOf });
    const { growth, unproven } = counterGrowth(thing.series, observed.window, birth);
    total.growth += growth;
    total.unproven += unproven.length;
    total.unseenMs = Math.max(total.unseenMs, ...unproven.map((s) => s.endMs - s.startMs));
  }
  return total;
}

function livesOf(thing: Thing, source: SourceName, observed: Observed, sighting: Sighting): Hold[] {
  const good = together(sighting.targets(source, thing));
  const view = {
    series: thing.series,
    good,
    intervalMs: intervalOf(thing, source, sighting),
    gapLimitMs: observed.gapLimitMs,
  };
  return holds(view, observed.window);
}

/** Usual time between a thing's samples: its target's, or longer where the samples themselves come less often. */
function intervalOf(thing: Thing, source: SourceName, sighting: Sighting): number {
  const scraped = sighting.targets(source, thing).map((t) => t.intervalMs ?? 0);
  const own = thing.series.map((s) => (s.times.length > 2 ? (median(spacings(s.times)) ?? 0) : 0));
  return Math.max(...scraped, ...own) || assumedIntervalMs;
}

/** A sum above the wire's bound is nothing that one window can have used: it is not sent as if it were. */
function bounded(result: MeterResult): MeterResult {
  if (result.state !== 'seen') return result;
  const sane =
    Number.isFinite(result.quantity) && result.quantity >= 0 && result.quantity <= quantityBounds[result.field];
  return sane ? result : { field: result.field, state: 'missing' };
}
