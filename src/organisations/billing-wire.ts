/** What an organisation's projects cost, as the wire has it: dollars with two places, instants in ISO 8601. */
import type {
  Attribution as AttributionView,
  BillingProject,
  Granularity,
  LiveMessage,
  Overview,
  Summary,
  Trends,
} from '../contracts/organisation-billing.ts';
import { iso, isoOrNull } from '../lib/time.ts';
import type { ListedProject } from '../workflows/organisations/list-projects.ts';
import type { AttributionFigures } from '../workflows/organisations/read-attribution.ts';
import type { ProjectNow } from '../workflows/organisations/read-now.ts';
import type { OverviewFigures } from '../workflows/organisations/read-overview.ts';
import type { SummaryFigures } from '../workflows/organisations/read-summary.ts';
import type { TrendsFigures } from '../workflows/organisations/read-trends.ts';
import { monthName } from './month.ts';

const centsPerDollar = 100;

/** Whole cents as dollars: the nearest number, which prints as two places. */
export const dollars = (cents: number): number => cents / centsPerDollar;
const dollarsOrNull = (cents: number | null): number | null => (cents === null ? null : dollars(cents));

/** A number for reading, with at most so many places. */
const rounded = (value: number, places: number): number => Number(value.toFixed(places));
const averagePlaces = 3;
const quantityPlaces = 6;

const percentOf = (part: number, whole: number): number => (whole === 0 ? 0 : rounded((part / whole) * 100, 2));

export const toProject = ({ project, current, forecastCents }: ListedProject): BillingProject => ({
  namespace: project.namespace,
  cluster_id: project.clusterId,
  customer_id: project.customerId,
  labels: { ...project.labels },
  current_month_total: dollars(current.totalCents),
  last_day_spend: dollars(current.lastDayCents),
  forecast: dollarsOrNull(forecastCents),
  budget: null,
  complete: current.complete,
  as_of: isoOrNull(current.asOf),
});

export const toOverview = (figures: OverviewFigures): Overview => ({
  namespace: figures.namespace,
  billing_summary: {
    current_month_total: dollars(figures.totalCents),
    last_day_spend: dollars(figures.lastDayCents),
    billing_period: monthName(figures.month),
    total_cost_per_hour: dollars(figures.hourCents),
  },
  compute_instances: {
    running_pods: rounded(figures.runningPods, averagePlaces),
    running_vms: rounded(figures.runningVms, averagePlaces),
    cpu_cores: rounded(figures.cpuCores, averagePlaces),
    memory_gib: rounded(figures.memoryGib, averagePlaces),
    cost_per_hour: dollars(figures.computeHourCents),
  },
  cost_breakdown: {
    cpu_cost: dollars(figures.kinds.cpu),
    memory_cost: dollars(figures.kinds.memory),
    storage_cost: dollars(figures.kinds.storage),
    network_cost: dollars(figures.kinds.network),
    public_ip_cost: dollars(figures.kinds.public_ip),
    request_cost: dollars(figures.kinds.request),
    ...(figures.pricesOther ? { other_cost: dollars(figures.kinds.other) } : {}),
  },
  as_of: isoOrNull(figures.asOf),
  complete: figures.complete,
  forecast: dollarsOrNull(figures.forecastCents),
  previous_month_total: dollars(figures.previousCents),
});

export const toSummary = ({ month, previous, ...figures }: SummaryFigures): Summary => ({
  month: monthName(month),
  total: dollars(figures.totalCents),
  by_project: figures.byProject.map(({ project, cents }) => ({
    namespace: project.namespace,
    cluster_id: project.clusterId,
    customer_id: project.customerId,
    cost: dollars(cents),
  })),
  by_meter: figures.byMeter.map(({ rate, cents, quantity }) => ({
    meter: rate.meter,
    description: rate.description,
    unit: rate.unit,
    quantity: rounded(quantity, quantityPlaces),
    cost: dollars(cents),
  })),
  by_label: figures.byLabel.map(({ key, values, unlabelledCents }) => ({
    key,
    values: values.map(({ value, cents, projects }) => ({ value, cost: dollars(cents), projects })),
    unlabelled: dollars(unlabelledCents),
  })),
  previous: {
    month: monthName(previous.month),
    until: iso(previous.until),
    total: dollars(previous.totalCents),
  },
  change: {
    amount: dollars(figures.totalCents - previous.totalCents),
    percent:
      previous.totalCents === 0 ? null : percentOf(figures.totalCents - previous.totalCents, previous.totalCents),
  },
  complete: figures.complete,
  as_of: isoOrNull(figures.asOf),
});

export const toTrends = (figures: TrendsFigures, asked: { granularity: Granularity; by: string }): Trends => ({
  from: iso(figures.from),
  to: iso(figures.to),
  granularity: asked.granularity,
  by: asked.by,
  series: figures.series.map(({ key, kind, clusterId, unit, totalCents, points }) => ({
    key,
    kind,
    cluster_id: clusterId,
    unit,
    total: dollars(totalCents),
    points: points.map(({ start, cents, quantity, complete }) => ({
      start: iso(start),
      cost: dollars(cents),
      ...(quantity === null ? {} : { quantity: rounded(quantity, quantityPlaces) }),
      complete,
    })),
  })),
  total: dollars(figures.totalCents),
  as_of: isoOrNull(figures.asOf),
});

export function toAttribution({
  totalCents,
  shares,
  unlabelled,
  shared,
  ...figures
}: AttributionFigures): AttributionView {
  return {
    month: monthName(figures.month),
    by: `label:${figures.key}`,
    total: dollars(totalCents),
    shares: shares.map(({ value, ownCents, sharedCents, projects }) => ({
      value,
      own: dollars(ownCents),
      shared: dollars(sharedCents),
      cost: dollars(ownCents + sharedCents),
      percent: percentOf(ownCents + sharedCents, totalCents),
      projects,
    })),
    unlabelled: {
      cost: dollars(unlabelled.cents),
      percent: percentOf(unlabelled.cents, totalCents),
      projects: unlabelled.projects,
    },
    shared: {
      cost: dollars(shared.cents),
      rule: shared.rule,
      projects: shared.projects,
      left: dollars(shared.leftCents),
    },
    complete: figures.complete,
    as_of: isoOrNull(figures.asOf),
  };
}

/** What the sockets of an organisation are told of a project. */
export const toLive = ({ project, totalCents, hourCents, asOf }: ProjectNow): LiveMessage => ({
  type: 'cost',
  namespace: project.namespace,
  cluster_id: project.clusterId,
  current_month_total: dollars(totalCents),
  total_cost_per_hour: dollars(hourCents),
  as_of: isoOrNull(asOf),
});
