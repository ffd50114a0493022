/**
 * When a counter may be counted from zero. Only a proven birth may: a naive "new series counts from zero" billed 24 %
 * more CPU in a day whose scrape gap crossed an hour edge, and 95 times the truth after a relabel.
 * Proven is: it started after the previous good scrape of its target; or, where no start is known or only that of an old
 * process that counts it, the target was scraped before and did not show it. A value that cannot have grown since then proves the contrary: the start is a false one, or
 * the series an old one under another name.
 */
import type { Birth } from './counter.ts';
import { type GrowthRules, growthMax, rateAfter } from './falls.ts';
import { scrapeBefore, scrapedIn } from './scrapes.ts';
import { lastAtOrBefore, type RawSeries, type Span } from './series.ts';

/** When something started, ms, and whether that is the thing's own start or one inferred from its pod's containers. */
export interface Start {
  startMs: number;
  own: boolean;
  /** Something else of the pod shows that it is a false one. */
  belied?: boolean;
  /** Of the process that counts: it shows new counters long after it started. */
  ofProcess?: boolean;
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

  /** Start of the container that a series showed at a time. */
  ofContainer({ labels }: RawSeries, atMs: number): Start | undefined {
    const candidates = (this.byPod.get(labels['pod'] ?? '') ?? []).filter(
      (s) => s.labels['container'] === labels['container'],
    );
    const startMs = latestStart(sameId(candidates, labels['id']), atMs);
    return startMs === undefined ? undefined : { startMs, own: true };
  }

  /** Start of a pod: its sandbox's, else that of its first container (which is no proof of its own). */
  ofPod({ labels }: RawSeries, atMs: number): Start | undefined {
    const all = this.byPod.get(labels['pod'] ?? '') ?? [];
    const sandboxes = all.filter((s) => !s.labels['container'] || s.labels['container'] === 'POD');
    const own = latestStart(sameId(sandboxes, labels['id']), atMs);
    if (own !== undefined) return { startMs: own, own: true };
    const starts = all.flatMap((s) => s.values.map((v) => v * 1000)).filter((ms) => ms > 0 && ms <= atMs + roundingMs);
    return starts.length > 0 ? { startMs: Math.min(...starts), own: false } : undefined;
  }
}

// Where no start carries the thing's id, the labels that are left have to do.
function sameId(series: RawSeries[], id = ''): RawSeries[] {
  const same = series.filter((s) => (s.labels['id'] ?? '') === id);
  return same.length > 0 ? same : series;
}

/** The latest start that is not after `atMs` (plus rounding), as told by then: restarts keep their labels in some setups. */
function latestStart(series: RawSeries[], atMs: number): number | undefined {
  let latest: number | undefined;
  for (const { times, values } of series) {
    const told = values[Math.max(0, lastAtOrBefore(times, atMs + roundingMs))] ?? 0;
    // 0 is what cAdvisor says when it does not know.
    if (told > 0 && told * 1000 <= atMs + roundingMs) latest = Math.max(latest ?? 0, told * 1000);
  }
  return latest;
}

/** When the process of a series' target started, by what it says of itself by a time. */
export function processStart(processes: RawSeries[], { labels }: RawSeries, atMs: number): Start | undefined {
  const own = processes.filter((p) => p.labels['job'] === labels['job'] && p.labels['instance'] === labels['instance']);
  const told = own.flatMap(({ times, values }) => values[Math.max(0, lastAtOrBefore(times, atMs))] ?? []);
  return told.length > 0 ? { startMs: Math.max(...told) * 1000, own: true, ofProcess: true } : undefined;
}

/** The last scrape that cannot be the one which showed it; undefined when none came before. */
function scrapeWithout(good: readonly number[], firstMs: number): number | undefined {
  // A time that is no scrape's is the node's own, whose clock may be ahead: of the scrapes before it some came after.
  const ownTime = !scrapedIn(good, firstMs - 1, firstMs);
  return scrapeBefore(good, ownTime ? firstMs - clockSkewMaxMs : firstMs);
}

// Nodes further off than that have other troubles first: certificates, leases.
const clockSkewMaxMs = 5 * 60_000;

// Start times are whole seconds in most runtimes.
const roundingMs = 1000;

/** How much faster than later something new may have worked before it was first seen. */
const burst = 20;
const burstOfProcess = 5;

export interface BirthEvidence {
  window: Span;
  /** Good scrapes of the thing's targets. */
  good: readonly number[];
  /** Usual time between them; a new container may take this long to show up. */
  intervalMs: number;
  /** Its start, when first seen at `firstMs`. */
  startOf: (series: RawSeries, firstMs: number) => Start | undefined;
  rules: Pick<GrowthRules, 'maxPerMs' | 'usualPerMs'>;
  /** Whether others that do the same were scraped before, so that a target of its own must be new. */
  watchedBefore?: (firstMs: number) => boolean;
}

/** The rule above as the question that counters ask. */
export function birthOf(evidence: BirthEvidence): Birth {
  const { window } = evidence;
  return (series, firstMs, value) => {
    const start = telling(evidence, firstMs, evidence.startOf(series, firstMs));
    const isProven = start
      ? provesStart(evidence, start, firstMs, value)
      : provesAbsence(evidence, series, firstMs, value);
    if (isProven) return { proven: true };
    // A start that the value belies says nothing of when it was unseen.
    const isFalse = start !== undefined && !canHaveGrown(evidence, start, firstMs, value);
    const unseenFromMs = isFalse ? window.startMs : Math.max(start?.startMs ?? window.startMs, window.startMs);
    return { proven: false, unseenFromMs };
  };
}

/** A start that says something of what was first seen at a time: an old process' says nothing of what it counts anew. */
function telling(evidence: BirthEvidence, firstMs: number, start: Start | undefined): Start | undefined {
  const previousMs = scrapeBefore(evidence.good, firstMs);
  const isOld = start && previousMs !== undefined && !isSince(evidence, start, previousMs);
  return isOld && start.ofProcess ? undefined : start;
}

/** Whether it started after a scrape, or so shortly before that this one need not have shown it. */
const isSince = ({ intervalMs }: BirthEvidence, { startMs }: Start, previousMs: number): boolean =>
  startMs + Math.max(roundingMs, intervalMs) > previousMs;

const canHaveGrown = ({ rules }: BirthEvidence, start: Start, firstMs: number, value: number): boolean =>
  !start.belied && value <= growthMax(rules, firstMs - start.startMs);

function provesStart(evidence: BirthEvidence, start: Start, firstMs: number, value: number): boolean {
  const { window, good } = evidence;
  if (!canHaveGrown(evidence, start, firstMs, value)) return false;
  const previousMs = scrapeBefore(good, firstMs);
  // Nobody looked before: only what itself started inside this window began at zero in it.
  if (previousMs === undefined) return start.own && start.startMs >= window.startMs;
  return isSince(evidence, start, previousMs);
}

function provesAbsence(evidence: BirthEvidence, series: RawSeries, firstMs: number, value: number): boolean {
  const { good, intervalMs, rules } = evidence;
  const later = rateAfter(series, firstMs);
  const without = scrapeWithout(good, firstMs);
  if (without !== undefined) {
    return value <= Math.max(burst * later, rules.usualPerMs) * (firstMs - without + intervalMs);
  }
  const young = burstOfProcess * later * 2 * intervalMs;
  return value <= young && Boolean(evidence.watchedBefore?.(firstMs));
}
