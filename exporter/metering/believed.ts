/** What of the samples counts: of targets that are believed, of one cluster, and of the namespace by its whole name. */
import { type SourceName, sourceOf, type TargetKind } from './catalogue.ts';
import type { Observed } from './observed.ts';
import { type Target, type TargetOf, targetsOf } from './scrapes.ts';
import { livesIn, type RawSeries, type Span } from './series.ts';
import { ownerOf } from './services.ts';
import { type Believes, believer } from './trust.ts';

/** Labels by which servers of several clusters tell them apart. */
const clusterLabels = [
  'cluster',
  'cluster_name',
  'cluster_id',
  'clusterName',
  'k8s_cluster',
  'k8s_cluster_name',
  'kubernetes_cluster',
];

/** Who counts, for one kind of target. */
export function believerOf(observed: Observed, kind: TargetKind, targetOf: TargetOf, shown: RawSeries[]): Believes {
  const all = targetsOf(observed.kinds[kind] ?? [], []).scraped;
  const known = new Set<Target>([...all, ...shown.map((s) => targetOf(s.labels))]);
  return believer(kind, [...known], observed.targets[kind] ?? {}, observed.namespace);
}

/** Samples of a source that count, and those whose name may be another namespace's. */
export function believedSamples(
  observed: Observed,
  name: SourceName,
  targetOf: TargetOf,
  believes: Believes,
): { own: RawSeries[]; ambiguous: RawSeries[] } {
  const stamped = sourceOf(name).targets === 'cadvisor';
  const believed = (observed.samples[name] ?? []).filter((s) => {
    const target = targetOf(s.labels);
    return believes(target) && (stamped || isOfScrapes(s, target));
  });
  if (name === 'istio') return { own: atDestination(believed), ambiguous: [] };
  if (name !== 'traefik') return { own: believed, ambiguous: [] };
  const owners = Map.groupBy(believed, (s) => ownerOf(s.labels['service'] ?? '', observed.namespace, observed.names));
  return { own: owners.get('own') ?? [], ambiguous: owners.get('ambiguous') ?? [] };
}

/** Whether samples came with the target's scrapes; another's that bear its labels did not. */
export function isOfScrapes({ times }: RawSeries, { listed, inferred }: Target): boolean {
  if (inferred || listed.length === 0) return true;
  const [fromMs = 0, untilMs = 0] = [listed[0], listed.at(-1)];
  const scrapes = new Set(listed);
  const comparable = times.filter((t) => t >= fromMs && t <= untilMs);
  return comparable.filter((t) => scrapes.has(t)).length >= comparable.length / 2;
}

/** Who reports a request in a mesh, from where it arrives to where it came from. */
const reporters = ['destination', 'waypoint', 'source'];

/**
 * Requests in a mesh are counted where they arrive. Only what arrives at nobody who counts (a workload without a proxy) is taken
 * from the waypoint before it, and what no waypoint counts from the gateway that sent it.
 */
function atDestination(series: RawSeries[]): RawSeries[] {
  const rankOf = (s: RawSeries): number => Math.max(0, reporters.indexOf(s.labels['reporter'] ?? ''));
  const places = (s: RawSeries): string[] =>
    [s.labels['destination_workload'], s.labels['destination_service_name']].flatMap((name, i) =>
      name && name !== 'unknown' ? [`${i} ${name}`] : [],
    );
  const counted = new Set<string>();
  return reporters.flatMap((_, rank) => {
    const own = series.filter((s) => rankOf(s) === rank && !places(s).some((place) => counted.has(place)));
    for (const place of own.flatMap(places)) counted.add(place);
    return own;
  });
}

/** The names of clusters that show things of the namespace at the same time; none when it is one cluster. */
export function contradictingClusters(series: RawSeries[], window: Span): string[] {
  for (const label of clusterLabels) {
    const clusters = Map.groupBy(
      series.filter((s) => s.labels[label] && livesIn(s, window)),
      (s) => s.labels[label],
    );
    const all = [...clusters];
    for (const [i, [name, members]] of all.entries()) {
      const other = all.slice(i + 1).find(([, others]) => areApart(members, others, window));
      if (other) return [name ?? '', other[0] ?? ''];
    }
  }
  return [];
}

/** Whether two sets of series are of different places at one time. */
function areApart(a: RawSeries[], b: RawSeries[], window: Span): boolean {
  const instances = new Set(a.map((s) => s.labels['instance']));
  if (b.some((s) => instances.has(s.labels['instance']))) return false;
  const spanOf = (all: RawSeries[]): Span => ({
    startMs: Math.max(window.startMs, Math.min(...all.map((s) => s.times[0] ?? 0))),
    endMs: Math.min(window.endMs, Math.max(...all.map((s) => s.times.at(-1) ?? 0))),
  });
  const [one, other] = [spanOf(a), spanOf(b)];
  return Math.min(one.endMs, other.endMs) - Math.max(one.startMs, other.startMs) > togetherMs;
}

/** A relabel shows old and new for a scrape. */
const togetherMs = 5 * 60_000;
