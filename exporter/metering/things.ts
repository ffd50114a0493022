/**
 * What is one thing: series of one identity, whatever scraped them (spec §3: job, instance, node, metrics path and
 * replica labels are ignored; an HA pair, two scrape jobs and a relabel in mid-flight are merged, not added).
 * Cannot tell two things apart that differ in scrape labels alone: their common identity then yields too little, never
 * too much (see counter.ts).
 */
import type { Labels, RawSeries } from './series.ts';

export interface Thing {
  key: string;
  /** The identity labels alone; a label that the thing has not is ''. */
  identity: Labels;
  /** The stored series that show it, in a fixed order. */
  series: RawSeries[];
}

/**
 * Groups series into things.
 * @param required labels that always tell things apart
 * @param optional labels that do so unless some series of the same required labels lack them: a second job that drops
 *   `id`, or a relabel that does, shows the same containers, and adding both would bill them twice. Then the whole
 *   group goes by its required labels.
 */
export function thingsOf(series: RawSeries[], required: readonly string[], optional: readonly string[]): Thing[] {
  const groups = groupBy(series, (s) => keyOf(s.labels, required));
  const found: Thing[] = [];
  for (const group of groups.values()) {
    const usable = optional.filter((name) =>
      group.every((s) => Boolean(s.labels[name]) === Boolean(group[0]?.labels[name])),
    );
    const names = [...required, ...usable];
    for (const [key, members] of groupBy(group, (s) => keyOf(s.labels, names))) {
      const labels = members[0]?.labels ?? {};
      const identity = Object.fromEntries(names.map((name) => [name, labels[name] ?? '']));
      found.push({ key, identity, series: members });
    }
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
const keyOf = (labels: Labels, names: readonly string[]): string =>
  JSON.stringify(names.map((n) => [n, labels[n] ?? '']));

function groupBy<T>(items: T[], key: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const k = key(item);
    const group = groups.get(k);
    if (group) group.push(item);
    else groups.set(k, [item]);
  }
  return groups;
}
