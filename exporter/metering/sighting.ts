/**
 * What was sighted in a window, worked out once for all meters: the things of each source, their targets, and the
 * evidence of each kind of target.
 */
import { type Source, type SourceName, sourceOf, sources, type TargetKind } from './catalogue.ts';
import { type Carried, carriedKey, type Evidence, evidenceOf, type Look } from './evidence.ts';
import type { Observed } from './observed.ts';
import { Pods } from './pods.ts';
import { type Target, type TargetOf, targetsOf, together } from './scrapes.ts';
import { type Labels, livesIn, type RawSeries } from './series.ts';
import { type Thing, thingsOf, withoutParts } from './things.ts';

export interface Sighting {
  /** Things of a source in and shortly before the window; `unknown` when it cannot be told which are the namespace's. */
  things(source: SourceName): Thing[] | 'unknown';
  /** The targets that show a thing. */
  targets(source: SourceName, thing: Thing): Target[];
  evidence(kind: TargetKind): Evidence;
  /** Whether pods run that must have shown something here, so that nothing is not zero. */
  shouldShow(source: SourceName): boolean;
  /** For how long something was left out because nobody could say whose it is, ms. */
  hiddenMs(source: SourceName): number;
}

const sourceNames = Object.keys(sources) as SourceName[];

export function sight(observed: Observed): Sighting {
  const { window } = observed;
  const samples = (name: SourceName): RawSeries[] => observed.samples[name] ?? [];
  const ups = [...observed.ups, ...Object.values(observed.kinds).flat()];
  const { scraped } = targetsOf(observed.ups, []);
  const podsOn = targetsOf(ups, observed.pods).targetOf;
  const pods = podsOf(observed, together(new Set(observed.pods.map((s) => podsOn(s.labels)))));
  const targetOf = findersByKind(observed, ups);

  const evidenceByKind = new Map<TargetKind, Evidence>();
  const evidence = (kind: TargetKind): Evidence => {
    const known = evidenceByKind.get(kind);
    if (known) return known;
    const all = targetsOf(observed.kinds[kind] ?? [], []).scraped;
    const look: Look = { ...observed, targetOf: targetOf(kind), scraped, pods };
    const verdict = evidenceOf(look, kind, carriedOf(observed, kind), all);
    evidenceByKind.set(kind, verdict);
    return verdict;
  };

  const network = observed.hostNetwork === 'none' ? () => 'own' as const : pods.network();
  const ownsNetwork = (source: Source, series: RawSeries): boolean =>
    !source.withoutHostNetwork || network?.(series.labels['pod'] ?? '') === 'own';

  const thingsBySource = new Map<SourceName, Thing[] | 'unknown'>();
  const things = (name: SourceName): Thing[] | 'unknown' => {
    const known = thingsBySource.get(name);
    if (known) return known;
    const source = sourceOf(name);
    const own = withoutParts(samples(name)).filter((s) => ownsNetwork(source, s));
    const blind = source.withoutHostNetwork && !network && samples(name).length > 0;
    const found = blind ? 'unknown' : thingsOf(own, source.identity.required, source.identity.optional);
    thingsBySource.set(name, found);
    return found;
  };

  const shouldShow = (name: SourceName): boolean => {
    const source = sourceOf(name);
    if (source.targets !== 'cadvisor') return false;
    return [...pods.shown].some((pod) => !source.withoutHostNetwork || network?.(pod) !== 'host');
  };

  const hiddenMs = (name: SourceName): number => {
    if (!sourceOf(name).withoutHostNetwork || !network) return 0;
    const unknown = samples(name).filter((s) => network(s.labels['pod'] ?? '') === 'unknown' && livesIn(s, window));
    return Math.max(0, ...unknown.map((s) => sampledMs(s, window.startMs)));
  };

  return {
    things,
    targets: (source, thing) => [...new Set(thing.series.map((s) => targetOf(sourceOf(source).targets)(s.labels)))],
    evidence,
    shouldShow,
    hiddenMs,
  };
}

/**
 * Finds targets kind by kind: where `up` is not stored, the samples of one kind say nothing of when another was scraped,
 * even if their labels do not tell them apart.
 */
function findersByKind(observed: Observed, ups: RawSeries[]): (kind: TargetKind) => TargetOf {
  const finders = new Map<TargetKind, TargetOf>();
  return (kind) => {
    const known = finders.get(kind);
    if (known) return known;
    const names = sourceNames.filter((name) => sourceOf(name).targets === kind);
    const shown = names.flatMap((name) => observed.samples[name] ?? []);
    const { targetOf } = targetsOf(ups, kind === 'cadvisor' ? [...shown, ...observed.starts] : shown);
    finders.set(kind, targetOf);
    return targetOf;
  };
}

/** From the first to the last sample in the window; at least a second, so that it is never taken for nothing. */
function sampledMs(series: RawSeries, startMs: number): number {
  const inside = series.times.filter((t) => t > startMs);
  return Math.max(1000, (inside.at(-1) ?? 0) - (inside[0] ?? 0));
}

function podsOf(observed: Observed, good: number[]): Pods {
  const onTargets = [...sourceNames.filter((n) => sourceOf(n).targets === 'cadvisor'), 'starts' as const];
  const shown = new Set<string>();
  for (const name of onTargets) {
    const series = name === 'starts' ? observed.starts : (observed.samples[name] ?? []);
    for (const s of series) if (livesIn(s, observed.window)) shown.add(s.labels['pod'] ?? '');
  }
  // With pods of others in the list and none of ours, the list itself was seen all the same.
  const looked = good.length === 0 && observed.podsListed ? [observed.window.endMs] : good;
  return new Pods(observed.pods, looked, shown, new Set(observed.neverRan), new Set(observed.ran));
}

/** What the kind's targets showed: now by every source of the kind, and earlier by the one that was asked back for. */
function carriedOf(observed: Observed, kind: TargetKind): Carried[] {
  const ofKind = sourceNames.filter((name) => sourceOf(name).targets === kind);
  const recent = ofKind.flatMap((name) =>
    carriedBy(
      name,
      (observed.samples[name] ?? []).map((s) => s.labels),
      true,
    ),
  );
  const asked = ofKind[0];
  return asked === undefined ? recent : [...recent, ...carriedBy(asked, observed.carried[kind] ?? [], false)];
}

function carriedBy(name: SourceName, labels: Labels[], recent: boolean): Carried[] {
  const { required, optional } = sourceOf(name).identity;
  const names = [...required, ...optional];
  return labels.map((one) => ({ labels: one, thing: name + carriedKey(one, names), recent }));
}
