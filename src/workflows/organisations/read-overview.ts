/** What a namespace costs now, by kind of resource; one of several clusters is added up. Reads only. */
import type { Failure } from '../../contracts/failures.ts';
import { ok, type Result } from '../../lib/result.ts';
import { breakdownOf, type CostKind, computeMeters, pricesOther } from '../../organisations/breakdown.ts';
import { hourCents } from '../../organisations/current.ts';
import type { Month } from '../../organisations/month.ts';
import { monthAt } from '../../organisations/month.ts';
import type { UsageReads } from '../metering/usage-reads.ts';
import { type Asker, findScope, narrowTo } from './find-scope.ts';
import { readFigures, readForecasts } from './read-figures.ts';

/** Cents. */
export interface OverviewFigures {
  namespace: string;
  month: Month;
  totalCents: number;
  lastDayCents: number;
  hourCents: number;
  computeHourCents: number;
  /** Averages of the last full hour. */
  runningPods: number;
  runningVms: number;
  cpuCores: number;
  memoryGib: number;
  kinds: Record<CostKind, number>;
  /** Whether the list asks money for what has no kind of its own. */
  pricesOther: boolean;
  asOf: number | null;
  complete: boolean;
  forecastCents: number | null;
  previousCents: number;
}

const hourSeconds = 3600;
/** Base units of the column that are one of what is shown, held for an hour. */
const shownIn = {
  pod_s: hourSeconds,
  vm_s: hourSeconds,
  cpu_core_ms: hourSeconds * 1000,
  memory_mib_s: hourSeconds * 1024,
};

/** Two steps: control database, then the shards. */
export async function readOverview(
  reads: UsageReads,
  asker: Asker,
  named: { namespace: string; cluster?: string | undefined },
): Promise<Result<OverviewFigures, Failure>> {
  const whole = await findScope(reads, asker);
  const narrowed = whole.ok ? narrowTo(whole.value, named) : whole;
  if (!narrowed.ok) return narrowed;
  const scope = narrowed.value;
  const reading = readFigures(reads, scope, { more: Object.keys(shownIn) });
  const [{ columns, current }, forecasts] = await Promise.all([reading, readForecasts(reads, scope, reading)]);
  const figures = [...current.values()];
  const sum = (of: (figure: (typeof figures)[number]) => number) => figures.reduce((total, f) => total + of(f), 0);
  const averageOf = (column: keyof typeof shownIn) =>
    sum(({ hourUnits }) => Number(hourUnits[columns.indexOf(column)] ?? 0n)) / shownIn[column];
  const hourUnits = columns.map((_, c) => figures.reduce((units, f) => units + (f.hourUnits[c] ?? 0n), 0n));
  const hourEnd = Math.max(...figures.map((figure) => figure.hourEnd));
  const meterCents = scope.rates.map((_, r) => sum((figure) => figure.meterCents[r] ?? 0));
  const ends = figures.flatMap(({ asOf }) => (asOf === null ? [] : [asOf]));
  const foretold = figures.map(({ projectSeq, totalCents }) => ({
    cents: forecasts.get(projectSeq) ?? null,
    totalCents,
  }));
  return ok({
    namespace: named.namespace,
    month: monthAt(reads.now),
    totalCents: sum((figure) => figure.totalCents),
    lastDayCents: sum((figure) => figure.lastDayCents),
    hourCents: hourCents(hourUnits, hourEnd, scope.rates, columns),
    computeHourCents: hourCents(
      hourUnits,
      hourEnd,
      scope.rates.filter(({ meter }) => computeMeters.includes(meter)),
      columns,
    ),
    runningPods: averageOf('pod_s'),
    runningVms: averageOf('vm_s'),
    cpuCores: averageOf('cpu_core_ms'),
    memoryGib: averageOf('memory_mib_s'),
    kinds: breakdownOf(scope.rates, meterCents),
    pricesOther: pricesOther(scope.rates),
    asOf: ends.length === 0 ? null : Math.max(...ends),
    complete: figures.every((figure) => figure.complete),
    forecastCents: foretold.every(({ cents }) => cents === null)
      ? null
      : foretold.reduce((total, { cents, totalCents }) => total + (cents ?? totalCents), 0),
    previousCents: sum((figure) => figure.previousCents),
  });
}
