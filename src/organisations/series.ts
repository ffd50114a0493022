/** Costs as series of points: by project, by meter or by the values of a label, the dearest first. Pure. */
import { seriesMax } from '../contracts/organisation-billing.ts';
import type { ListRate } from '../pricing/list-rates.ts';
import type { Bucket } from '../usage/cut.ts';
import type { ProjectCost } from './cost.ts';
import { monthAt, secondsOfMonth } from './month.ts';
import { labelOf, type ProjectRow } from './project.ts';

/** What a range is cut by. */
export type By = { kind: 'project' } | { kind: 'meter' } | { kind: 'label'; key: string };

/** What `project`, `meter` or `label:team` means. */
export const byOf = (text: string): By =>
  text === 'project' || text === 'meter' ? { kind: text } : { kind: 'label', key: text.slice('label:'.length) };

export interface Point {
  start: number;
  cents: number;
  /** In the series' unit; null where it has none. */
  quantity: number | null;
  complete: boolean;
}

export interface Series {
  key: string;
  kind: 'project' | 'meter' | 'label' | 'unlabelled' | 'other';
  clusterId: string | null;
  /** What `quantity` counts: of one meter only. */
  unit: string | null;
  totalCents: number;
  points: Point[];
}

export interface SeriesInput {
  by: By;
  projects: readonly ProjectRow[];
  /** In the order of `projects`. */
  costs: readonly ProjectCost[];
  buckets: readonly Bucket[];
  /** Where the points begin, ms; earlier buckets are left out. */
  from: number;
  rates: readonly ListRate[];
  columns: readonly string[];
  /** The one meter that is asked for; all of them where there is none. */
  meter?: string | undefined;
}

/** A series before its points: which projects and rates are in it. */
interface Group extends Pick<Series, 'key' | 'kind' | 'clusterId'> {
  costs: readonly ProjectCost[];
  places: readonly number[];
}

/** Every series, the dearest first; above the most that an answer has, the rest is added up into the last. */
export function seriesOf(input: SeriesInput): Series[] {
  const first = input.buckets.findIndex(({ start }) => start >= input.from);
  const costed = groupsOf(input).map((group) => ({ group, cents: totalOf(group, first) }));
  const sorted = costed.toSorted((a, b) => b.cents - a.cents).map(({ group }) => group);
  if (sorted.length <= seriesMax) return sorted.map((group) => drawn(group, input));
  const shown = sorted.slice(0, seriesMax - 1);
  const rest = sorted.slice(seriesMax - 1);
  // More series than that are of projects or labels: they share no project, and each is of the same meters.
  const other: Group = {
    key: 'other',
    kind: 'other',
    clusterId: null,
    costs: rest.flatMap(({ costs }) => costs),
    places: rest[0]?.places ?? [],
  };
  return [...shown, other].map((group) => drawn(group, input));
}

/** Cents of a group from a bucket on. */
function totalOf({ costs, places }: Group, first: number): number {
  let cents = 0;
  for (const cost of costs) {
    for (const place of places) {
      const cells = cost.cents[place] ?? [];
      for (let b = first; b < cells.length; b++) cents += cells[b] ?? 0;
    }
  }
  return cents;
}

function groupsOf({ by, projects, costs, rates, meter }: SeriesInput): Group[] {
  const places = rates.flatMap((rate, r) => (meter === undefined || rate.meter === meter ? [r] : []));
  switch (by.kind) {
    case 'meter':
      return places.map((r) => ({
        key: rates[r]?.meter ?? '',
        kind: 'meter',
        clusterId: null,
        costs,
        places: [r],
      }));
    case 'project':
      return projects.map(({ namespace, clusterId }, p) => ({
        key: namespace,
        kind: 'project',
        clusterId,
        costs: costs.slice(p, p + 1),
        places,
      }));
    case 'label': {
      const placed = projects.map((project, p) => ({ value: labelOf(project, by.key), costs: costs.slice(p, p + 1) }));
      const valued = Map.groupBy(placed, ({ value }) => value);
      return [...valued].map(([value, members]) => ({
        key: value ?? 'unlabelled',
        kind: value === null ? 'unlabelled' : 'label',
        clusterId: null,
        costs: members.flatMap((member) => member.costs),
        places,
      }));
    }
  }
}

function drawn(group: Group, { buckets, from, rates, columns }: SeriesInput): Series {
  const [only, ...others] = group.places.map((place) => rates[place]);
  const one = others.length === 0 ? only : undefined;
  const points = buckets.flatMap((bucket, b): Point[] => {
    if (bucket.start < from) return [];
    return [
      {
        start: bucket.start,
        cents: sum(group.costs, (cost) => sum(group.places, (place) => cost.cents[place]?.[b] ?? 0)),
        quantity: one ? quantityIn(one, group.costs, columns, b) / perMonthSeconds(one, bucket) : null,
        complete: group.costs.every((cost) => cost.complete[b] ?? true),
      },
    ];
  });
  const { key, kind, clusterId } = group;
  return { key, kind, clusterId, unit: one?.unit ?? null, totalCents: sum(points, (p) => p.cents), points };
}

const sum = <T>(items: readonly T[], of: (item: T) => number): number =>
  items.reduce((total, item) => total + of(item), 0);

/** Units of the meter in a bucket, for showing. */
function quantityIn(rate: ListRate, costs: readonly ProjectCost[], columns: readonly string[], b: number): number {
  const places = rate.columns.map((column) => columns.indexOf(column));
  const base = costs.reduce((all, cost) => places.reduce((t, place) => t + (cost.units[place]?.[b] ?? 0n), all), 0n);
  return Number(base) / rate.baseUnits;
}

const perMonthSeconds = ({ perMonth }: ListRate, { start }: Bucket): number =>
  perMonth ? secondsOfMonth(monthAt(start)) : 1;
