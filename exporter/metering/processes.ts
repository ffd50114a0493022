/**
 * Processes that count the same kind of thing (replicas of an ingress controller, sidecars), told apart by their targets
 * where their labels do not do so. One process seen twice (an HA pair, two scrape jobs, a relabel of `instance`) is one.
 * Cannot tell two replicas of one job apart that have counted exactly the same at every scrape.
 */
import { growthMax } from './falls.ts';
import type { Target, TargetOf } from './scrapes.ts';
import { lastAtOrBefore, type RawSeries } from './series.ts';
import { keyOf } from './things.ts';

interface Process {
  key: string;
  /** Named by its own pod: two pods are never one. */
  pod: string;
  jobs: Set<string>;
  series: RawSeries[];
  targets: Set<Target>;
}

/** @returns the processes behind some series of one source, each with its series and targets */
export function processesOf(
  all: RawSeries[],
  targetOf: TargetOf,
  identity: readonly string[],
  maxPerMs: number,
): { key: string; series: RawSeries[]; targets: Target[] }[] {
  const found: Process[] = [];
  for (const process of byPlace(all, targetOf).values()) {
    const same = found.find((other) => isSame(other, process, identity, maxPerMs));
    if (same) merge(same, process);
    else found.push(process);
  }
  return found.map(({ key, series, targets }) => ({
    key,
    series: fromOneJob(series, targetOf, identity),
    targets: [...targets],
  }));
}

/**
 * A second job that drops labels shows the same counters under fewer names, and adding both would bill them twice. The job
 * that tells most apart is taken; of another only what the first tells too, or what is from another time.
 */
function fromOneJob(series: RawSeries[], targetOf: TargetOf, identity: readonly string[]): RawSeries[] {
  const jobs = Map.groupBy(series, (s) => targetOf(s.labels).labels['job'] ?? '');
  if (jobs.size < 2) return series;
  const namesOf = (all: RawSeries[]): Set<string> => new Set(all.map((s) => keyOf(s.labels, identity)));
  const [first = []] = [...jobs.values()].sort((a, b) => namesOf(b).size - namesOf(a).size);
  const names = namesOf(first);
  const [fromMs, untilMs] = [
    Math.min(...first.map((s) => s.times[0] ?? 0)),
    Math.max(...first.map((s) => s.times.at(-1) ?? 0)),
  ];
  const fits = (s: RawSeries): boolean =>
    names.has(keyOf(s.labels, identity)) || (s.times[0] ?? 0) > untilMs || (s.times.at(-1) ?? 0) < fromMs;
  return series.filter((s) => first.includes(s) || fits(s));
}

/** By the pod that a target is, where its labels name one; else by job and instance. */
function byPlace(all: RawSeries[], targetOf: TargetOf): Map<string, Process> {
  const places = new Map<string, Process>();
  const podsAt = new Map<string, Set<string>>();
  const named = all.map((series) => {
    const target = targetOf(series.labels);
    const place = JSON.stringify([target.labels['job'] ?? '', target.labels['instance'] ?? '']);
    const pod = podOf(series, target);
    if (pod) podsAt.set(place, (podsAt.get(place) ?? new Set()).add(pod));
    return { series, target, place, pod };
  });
  for (const { series, target, place, pod } of named) {
    const known = podsAt.get(place);
    // A relabel that drops the pod leaves the address: it is the pod that was there, if there was one only.
    const owner = pod || (known?.size === 1 ? [...known][0] : '') || '';
    const key = owner ? `pod ${owner}` : place;
    const process = places.get(key) ?? { key, pod: owner, jobs: new Set(), series: [], targets: new Set() };
    process.series.push(series);
    process.targets.add(target);
    process.jobs.add(target.labels['job'] ?? '');
    places.set(key, process);
  }
  return places;
}

const podOf = ({ labels }: RawSeries, target: Target): string =>
  labels['controller_pod'] ||
  target.labels['pod'] ||
  target.labels['kubernetes_pod_name'] ||
  (target.inferred ? (labels['pod'] ?? '') : '') ||
  '';

function merge(into: Process, from: Process): void {
  into.series.push(...from.series);
  for (const target of from.targets) into.targets.add(target);
  for (const job of from.jobs) into.jobs.add(job);
  into.pod ||= from.pod;
}

function isSame(a: Process, b: Process, identity: readonly string[], maxPerMs: number): boolean {
  if (a.pod && b.pod) return false;
  const ofA = Map.groupBy(a.series, (s) => keyOf(s.labels, identity));
  const sameJob = [...a.jobs].some((job) => b.jobs.has(job));
  let compared = 0;
  for (const series of b.series) {
    const others = ofA.get(keyOf(series.labels, identity)) ?? [];
    for (const other of others) {
      const told = agree(other, series, sameJob, maxPerMs);
      if (told === false) return false;
      if (told === true) compared++;
    }
  }
  return compared > 0;
}

/** Another job, or replica, may be this much behind. */
const lagMs = 30_000;

/** Whether two series can show one counter; undefined when nothing can be compared. */
function agree(a: RawSeries, b: RawSeries, sameJob: boolean, maxPerMs: number): boolean | undefined {
  const [first, second] = (a.times[0] ?? 0) <= (b.times[0] ?? 0) ? [a, b] : [b, a];
  const [endMs, startMs] = [first.times.at(-1) ?? 0, second.times[0] ?? 0];
  const [ended, began] = [first.values.at(-1) ?? 0, second.values[0] ?? 0];
  if (startMs > endMs) {
    if (began < ended) return false;
    const grown = (ended - (first.values[0] ?? 0)) / Math.max(1, endMs - (first.times[0] ?? 0));
    const rules = {
      maxPerMs: Math.min(maxPerMs, Math.max(20 * grown, 0.001)),
      usualPerMs: 0,
      startAt: () => undefined,
    };
    return began - ended <= growthMax(rules, startMs - endMs);
  }
  let [told, contradicted] = [0, 0];
  second.times.forEach((t, i) => {
    const at = lastAtOrBefore(first.times, t);
    const [low, high] = [first.values[at], first.values[at + 1]];
    if (low === undefined || high === undefined || high < low) return;
    const value = second.values[i] ?? 0;
    const perMs = (high - low) / Math.max(1, (first.times[at + 1] ?? 0) - (first.times[at] ?? 0));
    const slack = sameJob ? 0 : perMs * lagMs + 1;
    told++;
    if (value < low - slack || value > high + slack) contradicted++;
  });
  return told === 0 ? undefined : contradicted <= told / 10;
}
