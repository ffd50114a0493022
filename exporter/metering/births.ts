/**
 * When a counter may be counted from zero. Only a proven birth may: a naive "new series counts from zero" billed 24 %
 * more CPU in a day whose scrape gap crossed an hour edge, and 95 times the truth after a relabel.
 * Proven is: the container started after the previous good scrape of its target; or, where no start is known, the
 * target was scraped successfully before and did not show it.
 */
import type { Birth } from './counter.ts';
import { scrapeBefore, scrapedIn } from './scrapes.ts';
import type { RawSeries, Span } from './series.ts';
import type { Thing } from './things.ts';

/** When something started, ms, and whether that is the thing's own start or one inferred from its pod's containers. */
export interface Start {
  startMs: number;
  own: boolean;
}

/** `container_start_time_seconds` of a namespace, by pod. */
export class Starts {
  private readonly byPod = new Map<string, RawSeries[]>();

  constructor(series: RawSeries[]) {
    for (const one of series) {
      const pod = one.labels['pod'] ?? '';
      this.byPod.set(pod, [...(this.byPod.get(pod) ?? []), one]);
    }
  }

  /** Start of a container that was first seen at `firstMs`. */
  ofContainer(thing: Thing, firstMs: number): Start | undefined {
    const { pod = '', container = '', id } = thing.identity;
    const candidates = (this.byPod.get(pod) ?? []).filter((s) => s.labels['container'] === container);
    const startMs = latestStart(sameId(candidates, id), firstMs);
    return startMs === undefined ? undefined : { startMs, own: true };
  }

  /** Start of a pod: its sandbox's, else that of its first container (which is no proof of its own). */
  ofPod(thing: Thing, firstMs: number): Start | undefined {
    const all = this.byPod.get(thing.identity['pod'] ?? '') ?? [];
    const sandboxes = all.filter((s) => !s.labels['container'] || s.labels['container'] === 'POD');
    const own = latestStart(sameId(sandboxes, thing.identity['id']), firstMs);
    if (own !== undefined) return { startMs: own, own: true };
    const starts = all.flatMap((s) => s.values.map((v) => v * 1000));
    return starts.length > 0 ? { startMs: Math.min(...starts), own: false } : undefined;
  }
}

// Where no start carries the thing's id, the labels that are left have to do.
function sameId(series: RawSeries[], id: string | undefined): RawSeries[] {
  const same = id ? series.filter((s) => s.labels['id'] === id) : [];
  return same.length > 0 ? same : series;
}

/** The latest start that is not after `firstMs` (plus rounding): a container that restarts keeps its labels in some setups. */
function latestStart(series: RawSeries[], firstMs: number): number | undefined {
  const starts = series.flatMap((s) => s.values.map((v) => v * 1000)).filter((ms) => ms <= firstMs + roundingMs);
  return starts.length > 0 ? Math.max(...starts) : undefined;
}

/** Whether a scrape that cannot be the one which showed it came before. */
function wasAbsent(good: readonly number[], firstMs: number): boolean {
  // A time that is no scrape's is the node's own, whose clock may be ahead: of the scrapes before it some came after.
  const ownTime = !scrapedIn(good, firstMs - 1, firstMs);
  return scrapeBefore(good, ownTime ? firstMs - clockSkewMaxMs : firstMs) !== undefined;
}

// Nodes further off than that have other troubles first: certificates, leases.
const clockSkewMaxMs = 5 * 60_000;

// Start times are whole seconds in most runtimes.
const roundingMs = 1000;

export interface BirthEvidence {
  window: Span;
  /** Good scrapes of the thing's targets. */
  good: readonly number[];
  /** Usual time between them; a new container may take this long to show up. */
  intervalMs: number;
  /** Its start, when first seen at `firstMs`. */
  startOf: (firstMs: number) => Start | undefined;
}

/** The rule above as the question that counters ask. */
export function birthOf(evidence: BirthEvidence): Birth {
  return (firstMs) => {
    const previousMs = scrapeBefore(evidence.good, firstMs);
    const start = evidence.startOf(firstMs);
    const unseenFromMs = Math.max(start?.startMs ?? evidence.window.startMs, evidence.window.startMs);
    if (!start) return wasAbsent(evidence.good, firstMs) ? { proven: true } : { proven: false, unseenFromMs };
    if (previousMs === undefined) {
      // Nobody looked before: only what itself started inside this window began at zero in it.
      const bornHere = start.own && start.startMs >= evidence.window.startMs;
      return bornHere ? { proven: true } : { proven: false, unseenFromMs };
    }
    const slackMs = Math.max(roundingMs, evidence.intervalMs);
    return start.startMs + slackMs > previousMs ? { proven: true } : { proven: false, unseenFromMs };
  };
}
