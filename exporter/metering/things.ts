/**
 * What is one thing (spec §3): at one moment a (node, pod, container) or (pod, interface) is one, whatever cgroup ids,
 * jobs, replicas or relabels show it. Who counts requests is told apart by processes.ts, what a relabel renamed is joined
 * by relabels.ts.
 */
import type { Labels, RawSeries } from './series.ts';

export interface Thing {
  key: string;
  /** The identity labels alone; a label that the thing has not is ''. */
  identity: Labels;
  /** The stored series that show it, in a fixed order. */
  series: RawSeries[];
  /** It began under this name only; nothing proves where it began. */
  renamed?: boolean;
}

/**
 * Groups series into things.
 * @param required labels that always tell things apart
 * @param optional labels that do so unless some series of the same required labels lack them: a second job that drops
 *   one, or a relabel that does, shows the same things, and adding both would bill them twice. Then the whole group goes
 *   by its required labels.
 */
export function thingsOf(series: RawSeries[], required: readonly string[], optional: readonly string[]): Thing[] {
  const groups = Map.groupBy(series, (s) => keyOf(s.labels, required));
  const found: Thing[] = [];
  for (const group of groups.values()) {
    const usable = optional.filter((name) =>
      group.every((s) => Boolean(s.labels[name]) === Boolean(group[0]?.labels[name])),
    );
    const names = [...required, ...usable];
    for (const [key, members] of Map.groupBy(group, (s) => keyOf(s.labels, names))) {
      const labels = members[0]?.labels ?? {};
      const identity = Object.fromEntries(names.map((name) => [name, labels[name] ?? '']));
      found.push({ key, identity, series: members });
    }
  }
  return found;
}

/** The node that a series names, by any of the labels in use for that. */
export const nodeOf = (labels: Labels): string =>
  labels['node'] || labels['kubernetes_io_hostname'] || labels['node_name'] || '';

/**
 * Two pods of one name on two nodes are two; one id that two names of a node show is one. A job names nodes in one way: where
 * another names them otherwise and shows no ids, the names tell nothing apart.
 */
export function byNode(thing: Thing): Thing[] {
  const nodes = Map.groupBy(thing.series, (s) => nodeOf(s.labels));
  if (nodes.size < 2 || nodes.has('')) return [thing];
  const placeOfId = new Map<string, RawSeries[]>();
  const places: RawSeries[][] = [];
  for (const series of nodes.values()) {
    const ids = series.flatMap((s) => s.labels['id'] ?? []);
    const place = ids.map((id) => placeOfId.get(id)).find((known) => known !== undefined) ?? [];
    if (place.length === 0) places.push(place);
    place.push(...series);
    for (const id of ids) placeOfId.set(id, place);
  }
  return oneOfJobs(places).map((series, i) => ({ ...thing, key: `${thing.key}@${i}`, series }));
}

/** Joins a place without ids to one that only other jobs show. */
function oneOfJobs(places: RawSeries[][]): RawSeries[][] {
  const jobsOf = (place: RawSeries[]): Set<string> => new Set(place.map((s) => s.labels['job'] ?? ''));
  const hasIds = (place: RawSeries[]): boolean => place.some((s) => Boolean(s.labels['id']));
  const found = places.filter(hasIds).map((place) => [...place]);
  for (const place of places.filter((one) => !hasIds(one))) {
    const jobs = jobsOf(place);
    const same = found.find((other) => ![...jobsOf(other)].some((job) => jobs.has(job)));
    if (same) same.push(...place);
    else found.push([...place]);
  }
  return found;
}

/** Leaves out a container's CPU by processor where another target shows its total: both would bill it twice. */
export function withoutParts(series: RawSeries[]): RawSeries[] {
  const container = ['pod', 'container'];
  const totals = new Set(series.filter((s) => s.labels['cpu'] === 'total').map((s) => keyOf(s.labels, container)));
  if (totals.size === 0) return series;
  return series.filter(
    ({ labels }) => labels['cpu'] === 'total' || !labels['cpu'] || !totals.has(keyOf(labels, container)),
  );
}

// A JSON array, because a label value may hold any separator.
export const keyOf = (labels: Labels, names: readonly string[]): string =>
  JSON.stringify(names.map((n) => [n, labels[n] ?? '']));
