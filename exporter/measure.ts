/** One window, from Prometheus to the report: what the service and the dry run both do. */
import type { QuantityField, ReportGap, WindowReport } from '../src/contracts/usage.ts';
import { ok, type Result } from '../src/lib/result.ts';
import type { Clock } from './clock.ts';
import type { Config } from './config.ts';
import { type CostFailure, costFields } from './costs/allocation.ts';
import type { OpenCost } from './costs/client.ts';
import { meterOwn } from './metering/own.ts';
import { reportOf } from './metering/report.ts';
import type { MeterResult } from './metering/result.ts';
import type { Span } from './metering/series.ts';
import { type SeriesMeter, seriesMeters } from './metering/series-meters.ts';
import { meterWindow } from './metering/window.ts';
import type { Prometheus } from './prometheus/client.ts';
import { collectWindow } from './prometheus/collect.ts';
import { isOfTheQuestion, type PrometheusFailure } from './prometheus/failure.ts';
import { collectOwn, type OwnPlan } from './prometheus/own.ts';
import { type Learned, nothingLearned } from './sending/learned.ts';

/** @param own the operator's own meters, as they are known now */
export type Measure = (window: Span, own?: Learned) => Promise<Result<WindowReport, PrometheusFailure>>;

/** What people are told of a window in the exporter's own log. */
export interface Tell {
  /** What was not seen, as the window's report has it. */
  gaps(window: Span, gaps: ReportGap[]): void;
  /** What Prometheus said to the question for a meter that one series tells. */
  refused(window: Span, field: QuantityField, failure: PrometheusFailure): void;
  /** Why the window has no costs. */
  noCosts(window: Span, failure: CostFailure): void;
}

/** @returns a function that computes a closed window's report as of now, or says why Prometheus gave no answer */
export function measureWith(
  prometheus: Prometheus,
  config: Config,
  clock: Clock,
  tell?: Tell,
  costs?: OpenCost,
): Measure {
  return async (window, own = nothingLearned) => {
    const observed = await collectWindow(prometheus, { ...config, window, nowMs: clock.now() });
    if (!observed.ok) return observed;
    const plan = { ...config, window, nowMs: clock.now() };
    const owns = await measureSeries(
      prometheus,
      plan,
      { ...own, measured: [...seriesMeters(config.meters), ...own.measured] },
      tell,
    );
    if (!owns.ok) return owns;
    const results = [...meterWindow(observed.value), ...owns.value, ...(await costsOf(costs, plan, tell))];
    const report = reportOf({ ...config, window, computedMs: clock.now() }, results);
    if (report.gaps) tell?.gaps(window, report.gaps);
    return ok(report);
  };
}

/** Nobody is billed by them: a window without them is complete, and the second look asks again. */
async function costsOf(costs: OpenCost | undefined, plan: OwnPlan, tell: Tell | undefined): Promise<MeterResult[]> {
  if (!costs) return [];
  const told = await costs.costs(plan.namespace, plan.window);
  if (told.ok) return costFields.map((field) => ({ field, state: 'seen', quantity: told.value[field], unseen: [] }));
  tell?.noCosts(plan.window, told.error);
  return [];
}

/** One whose question Prometheus refuses is missing: it must not keep the others from being billed. */
async function measureSeries(
  prometheus: Prometheus,
  plan: OwnPlan,
  { measured, unknown }: { measured: readonly SeriesMeter[]; unknown: Learned['unknown'] },
  tell: Tell | undefined,
): Promise<Result<MeterResult[], PrometheusFailure>> {
  const results: MeterResult[] = unknown.map((field) => ({ field, state: 'missing', unseen: [] }));
  for (const meter of measured) {
    const observed = await collectOwn(prometheus, meter, plan);
    if (observed.ok) results.push(meterOwn(observed.value));
    else if (!isOfTheQuestion(observed.error)) return observed;
    else {
      tell?.refused(plan.window, meter.field, observed.error);
      results.push({ field: meter.field, state: 'missing', unseen: [] });
    }
  }
  return ok(results);
}
