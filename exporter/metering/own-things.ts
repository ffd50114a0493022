/**
 * The things that an operator's own meter counts. Which series are meant, the operator's `match` says; what is believed is
 * still only what came with the scrapes of a target that Prometheus itself lists. Processes are told apart by their
 * targets, and what one of them shows by the labels that differ within a target: the others are the scrape's.
 */
import { isOfScrapes } from './believed.ts';
import { processesOf } from './processes.ts';
import { withoutRelabels } from './relabels.ts';
import type { Target, TargetOf } from './scrapes.ts';
import type { Labels, RawSeries } from './series.ts';
import { keyOf, type Thing, thingsOf } from './things.ts';

/** Labels that name a scrape or its server, never what was counted. */
const ofTheScrape = ['job', 'instance', 'metrics_path', 'prometheus', 'prometheus_replica', 'replica', 'cluster'];

/** Series of targets that exist: a pod that writes another's job into its series is none where `up` is stored. */
export function believedOwn(series: RawSeries[], targetOf: TargetOf, scraped: readonly Target[]): RawSeries[] {
  const jobs = new Set(scraped.map((t) => t.labels['job']));
  return series.filter((s) => {
    const target = targetOf(s.labels);
    return isOfScrapes(s, target) && !(target.inferred && jobs.has(target.labels['job']));
  });
}

/** The labels by which a target's own series differ. */
export function identityOf(series: RawSeries[], targetOf: TargetOf): string[] {
  const differing = new Set<string>();
  for (const alike of Map.groupBy(series, (s) => targetOf(s.labels).key).values()) {
    const [first] = alike;
    const names = new Set(alike.flatMap(({ labels }) => Object.keys(labels)));
    for (const name of names) {
      if (alike.some(({ labels }) => labels[name] !== first?.labels[name])) differing.add(name);
    }
  }
  return [...differing].filter((name) => !ofTheScrape.includes(name)).sort();
}

/** Each process' own counters, whatever a relabel called them in between. */
export function countersOf(series: RawSeries[], targetOf: TargetOf, endMs: number): Thing[] {
  const identity = identityOf(series, targetOf);
  return processesOf(series, targetOf, identity, unbounded).flatMap((process) =>
    withoutRelabels(thingsOf(process.series, identity, []), unbounded, endMs),
  );
}

/** How fast a counter of an unknown unit can grow, nobody says. */
export const unbounded = Number.POSITIVE_INFINITY;

/** Gauges by the pod or address that shows them: two jobs or servers that scrape one address show one thing. */
export function gaugesOf(series: RawSeries[], targetOf: TargetOf): Thing[] {
  const identity = identityOf(series, targetOf);
  const places = Map.groupBy(series, (s) => placeOf(targetOf(s.labels).labels));
  return [...places.values()].flatMap((own) => thingsOf(own, identity, []));
}

const placeOf = (target: Labels): string =>
  keyOf(target, target['pod'] ? ['namespace', 'pod', 'container'] : ['instance']);
