/**
 * What was sighted in a window, worked out once for all meters: the things of each source, their targets, and the
 * evidence of each kind of target.
 */
import { believedSamples, believerOf, contradictingClusters } from './believed.ts';
import { type Source, type SourceName, sourceOf, sources, type TargetKind, targetKinds } from './catalogue.ts';
import { shownIn, unshown } from './coverage.ts';
import { type Carried, carriedKey, type Evidence, evidenceOf, type Look } from './evidence.ts';
import type { Observed } from './observed.ts';
import { Pods } from './pods.ts';
import { processesOf } from './processes.ts';
import { withoutRelabels } from './relabels.ts';
import { type Target, type TargetOf, targetsOf, together } from './scrapes.ts';
import { type Labels, livesIn, median, type RawSeries, type Span } from './series.ts';
import { byNode, type Thing, thingsOf, withoutParts } from './things.ts';
import type { Believes } from './trust.ts';
import { inside, type Unseen } from './unseen.ts';

export interface Sighting {
  pods: Pods;
  /** Things of a source in and shortly before the window; `unknown` when it cannot be told which are the namespace's. */
  things(source: SourceName): Thing[] | 'unknown';
  /** The targets that show a thing. */
  targets(source: SourceName, thing: Thing): Target[];
  evidence(kind: TargetKind): Evidence;
  /** Whether pods run that must have shown something here, so that nothing is not zero. */
  shouldShow(source: SourceName): boolean;
  /** What ran without being shown, or is left out because nobody can say whose it is. */
  unseen(source: SourceName): Unseen[];
  /** Whether others of the jobs of some targets were scraped before a time. */
  watchedBefore(targets: Target[], atMs: number): boolean;
}

const sourceNames = Object.keys(sources) as SourceName[];
const usualIntervalMs = 30_000;

export function sight(observed: Observed): Sighting {
  const { window } = observed;
  const ups = [...observed.ups, ...Object.values(observed.kinds).flat()];
  const finders = memo((kind: TargetKind): TargetOf => finderOf(observed, ups, kind));
  const believers = memo((kind: TargetKind): Believes => {
    const shown = sourceNames.filter((n) => sourceOf(n).targets === kind).flatMap((n) => observed.samples[n] ?? []);
    return believerOf(observed, kind, finders(kind), kind === 'podlist' ? observed.pods : shown);
  });
  const samples = memo((name: SourceName) => {
    const { targets } = sourceOf(name);
    return believedSamples(observed, name, finders(targets), believers(targets));
  });
  const { scraped } = targetsOf(ups, []);
  const pods = podsOf(observed, finders('podlist'), believers('podlist'), (name) => samples(name).own);
  const network = observed.hostNetwork === 'none' ? () => 'own' as const : pods.network();
  const networkOf = (source: Source, series: RawSeries) =>
    source.withoutHostNetwork ? network?.(series) : ('own' as const);

  const evidence = memo((kind: TargetKind): Evidence => {
    const all = targetsOf(observed.kinds[kind] ?? [], []).scraped.filter(believers(kind));
    const look: Look = {
      ...observed,
      targetOf: finders(kind),
      scraped,
      pods,
    };
    const shower = { onNodes: targetKinds[kind].onNodes, showing: observed.showing.includes(kind) };
    const carried = carriedOf(observed, kind, (name) => samples(name).own);
    return evidenceOf(
      look,
      shower,
      carried.filter((c) => believers(kind)(finders(kind)(c.labels))),
      all,
    );
  });

  const things = memo((name: SourceName): Thing[] | 'unknown' => {
    const source = sourceOf(name);
    const { own } = samples(name);
    if (contradictingClusters(own, window).length > 0) return 'unknown';
    if (source.withoutHostNetwork && !network && own.length > 0) return 'unknown';
    const counted = withoutParts(own).filter((s) => networkOf(source, s) === 'own');
    if (source.born === 'process') return requestsOf(counted, source, finders(source.targets), window.endMs);
    const found = thingsOf(counted, source.identity.required, source.identity.optional);
    return source.targets === 'cadvisor' ? found.flatMap(byNode) : found;
  });

  const shouldShow = (name: SourceName): boolean => {
    const source = sourceOf(name);
    if (source.targets !== 'cadvisor') return samples(name).ambiguous.length > 0;
    return [...pods.shown].some((pod) => networkOf(source, { labels: { pod }, times: [], values: [] }) !== 'host');
  };

  const unseen = memo((name: SourceName): Unseen[] => {
    const source = sourceOf(name);
    const { ambiguous } = samples(name);
    const found: Unseen[] = ambiguous
      .filter((s) => livesIn(s, window))
      .map((s) => ({ thing: `service ${s.labels['service']}`, why: 'ambiguous_name', spans: sampledIn(s, window) }));
    if (source.targets !== 'cadvisor') return found;
    const unknown = samples(name).own.filter((s) => networkOf(source, s) === 'unknown' && livesIn(s, window));
    if (source.withoutHostNetwork && network) {
      for (const s of unknown) {
        found.push({ thing: `pod ${s.labels['pod']}`, why: 'network_unknown', spans: sampledIn(s, window) });
      }
    }
    return [...found, ...unshownOf(name)];
  });

  const byPod = memo((name: SourceName) => Map.groupBy(samples(name).own, (s) => s.labels['pod'] ?? ''));
  const startsByPod = Map.groupBy(observed.starts, (s) => s.labels['pod'] ?? '');
  const onNodes = sourceNames.filter((name) => sourceOf(name).targets === 'cadvisor');
  const nodesInterval = memo((_: 'nodes'): number => {
    const some = onNodes.flatMap((name) => samples(name).own.slice(0, 20));
    return median(some.map((s) => finders('cadvisor')(s.labels).intervalMs ?? usualIntervalMs)) ?? usualIntervalMs;
  });
  const spansOf = memo((name: SourceName) =>
    memo((pod: string): Span[] => shownIn(byPod(name).get(pod) ?? [], nodesInterval('nodes'), observed.gapLimitMs)),
  );
  const unshownOf = (name: SourceName): Unseen[] => {
    const others = onNodes.filter((other) => other !== name);
    const seriesOf = (pod: string): RawSeries[] => onNodes.flatMap((one) => byPod(one).get(pod) ?? []);
    const view = {
      window,
      gapLimitMs: observed.gapLimitMs,
      intervalMs: nodesInterval('nodes'),
      pods,
      history: new Map(observed.history.map((h) => [h.pod, h])),
      strangers: new Set((observed.samples[name] ?? []).map((s) => s.labels['pod'] ?? '')),
      targetsOf: (pod: string): Target[] => [...new Set(seriesOf(pod).map((s) => finders('cadvisor')(s.labels)))],
      startsOf: (pod: string): number[] => (startsByPod.get(pod) ?? []).flatMap((s) => s.values.map((v) => v * 1000)),
      all: targetsOf(observed.kinds.cadvisor ?? [], []).scraped.filter(believers('cadvisor')),
    };
    const isExpected = (pod: string): boolean => {
      const [first] = [...(byPod(name).get(pod) ?? []), ...seriesOf(pod), ...pods.infoOf(pod)];
      return networkOf(sourceOf(name), first ?? { labels: { pod }, times: [], values: [] }) === 'own';
    };
    const known = new Set(onNodes.flatMap((one) => [...byPod(one).keys()]));
    const beside = (pod: string): Span[] => others.flatMap((other) => spansOf(other)(pod));
    return unshown(view, known, spansOf(name), beside, isExpected);
  };

  const watchedBefore = (targets: Target[], atMs: number): boolean => {
    const jobs = new Set(targets.map((t) => t.labels['job']));
    return scraped.some((t) => jobs.has(t.labels['job']) && !targets.includes(t) && (t.good[0] ?? atMs) < atMs);
  };

  return {
    pods,
    things,
    targets: (source, thing) => [...new Set(thing.series.map((s) => finders(sourceOf(source).targets)(s.labels)))],
    evidence,
    shouldShow,
    unseen,
    watchedBefore,
  };
}

function memo<K, V>(make: (key: K) => V): (key: K) => V {
  const known = new Map<K, V>();
  return (key) => {
    const value = known.has(key) ? (known.get(key) as V) : make(key);
    known.set(key, value);
    return value;
  };
}

/** Things of processes that count requests: each process' own counters, whatever a relabel called them in between. */
function requestsOf(series: RawSeries[], source: Source, targetOf: TargetOf, endMs: number): Thing[] {
  const { required, optional } = source.identity;
  const maxPerMs = Number(source.growthMax ?? 0) / 1000;
  return processesOf(series, targetOf, required, maxPerMs).flatMap((process) => {
    const things = thingsOf(process.series, required, optional);
    return withoutRelabels(things, maxPerMs, endMs).map((t) => ({ ...t, key: `${process.key} ${t.key}` }));
  });
}

/**
 * Finds targets kind by kind: where `up` is not stored, the samples of one kind say nothing of when another was scraped,
 * even if their labels do not tell them apart.
 */
function finderOf(observed: Observed, ups: RawSeries[], kind: TargetKind): TargetOf {
  if (kind === 'podlist') return targetsOf(ups, observed.pods).targetOf;
  const names = sourceNames.filter((name) => sourceOf(name).targets === kind);
  const shown = names.flatMap((name) => observed.samples[name] ?? []);
  return targetsOf(ups, kind === 'cadvisor' ? [...shown, ...observed.starts] : shown).targetOf;
}

/** From the first to the last sample in the window; at least a second, so that it is never taken for nothing. */
function sampledIn(series: RawSeries, window: Span): Span[] {
  const times = series.times.filter((t) => t > window.startMs && t <= window.endMs);
  const startMs = times[0] ?? window.startMs;
  return inside([{ startMs, endMs: Math.max(startMs + 1000, times.at(-1) ?? 0) }], window);
}

function podsOf(
  observed: Observed,
  targetOf: TargetOf,
  believes: Believes,
  samples: (name: SourceName) => RawSeries[],
): Pods {
  const shown = new Set<string>();
  const onTargets = sourceNames.filter((n) => sourceOf(n).targets === 'cadvisor');
  for (const series of [...onTargets.map(samples), observed.starts]) {
    for (const s of series) if (livesIn(s, observed.window)) shown.add(s.labels['pod'] ?? '');
  }
  const info = observed.pods.filter((s) => believes(targetOf(s.labels)));
  const good = together(new Set(info.map((s) => targetOf(s.labels))));
  // With pods of others in the list and none of ours, the list itself was seen all the same.
  const looked = good.length === 0 && observed.podsListed ? [observed.window.endMs] : good;
  const neverRan = observed.history.filter((h) => h.running?.length === 0).map((h) => h.pod);
  return new Pods(info, looked, shown, new Set(neverRan));
}

/** What the kind's targets showed: now by every source of the kind, and earlier by the one that was asked back for. */
function carriedOf(observed: Observed, kind: TargetKind, samples: (name: SourceName) => RawSeries[]): Carried[] {
  const ofKind = sourceNames.filter((name) => sourceOf(name).targets === kind);
  const recent = ofKind.flatMap((name) =>
    carriedBy(
      name,
      samples(name).map((s) => s.labels),
      true,
    ),
  );
  const asked = ofKind[0];
  return asked === undefined ? recent : [...recent, ...carriedBy(asked, observed.carried[kind] ?? [], false)];
}

function carriedBy(name: SourceName, labels: Labels[], recent: boolean): Carried[] {
  const { required, optional } = sourceOf(name).identity;
  const more = sourceOf(name).targets === 'cadvisor' ? ['id'] : ['controller_pod', 'pod'];
  const names = [...required, ...optional, ...more];
  return labels.map((one) => ({ labels: one, thing: name + carriedKey(one, names), recent }));
}
