/** One window, from Prometheus to the report: what the service and the dry run both do. */
import type { OwnField } from '../src/contracts/own-meters.ts';
import type { WindowReport } from '../src/contracts/usage.ts';
import { ok, type Result } from '../src/lib/result.ts';
import type { Clock } from './clock.ts';
import type { Config } from './config.ts';
import { meterOwn } from './metering/own.ts';
import { reportOf } from './metering/report.ts';
import type { MeterResult } from './metering/result.ts';
import type { Span } from './metering/series.ts';
import type { Unseen } from './metering/unseen.ts';
import { meterWindow } from './metering/window.ts';
import type { Prometheus } from './prometheus/client.ts';
import { collectWindow } from './prometheus/collect.ts';
import { isOfTheQuestion, type PrometheusFailure } from './prometheus/failure.ts';
import { collectOwn } from './prometheus/own.ts';
import { type Learned, nothingLearned } from './sending/learned.ts';

/** @param own the operator's own meters, as they are known now */
export type Measure = (window: Span, own?: Learned) => Promise<Result<WindowReport, PrometheusFailure>>;

/** What people are told of a window, because the report has only its seconds and fields. */
export interface Tell {
  /** What was not seen, meter by meter. */
  unseen(window: Span, unseen: { field: string; unseen: Unseen[] }[]): void;
  /** What Prometheus said to the question for one of the operator's own series. */
  refused(window: Span, field: OwnField, failure: PrometheusFailure): void;
}

/** @returns a function that computes a closed window's report as of now, or says why Prometheus gave no answer */
export function measureWith(prometheus: Prometheus, config: Config, clock: Clock, tell?: Tell): Measure {
  return async (window, own = nothingLearned) => {
    const observed = await collectWindow(prometheus, { ...config, window, nowMs: clock.now() });
    if (!observed.ok) return observed;
    const owns = await measureOwn(prometheus, { ...config, window, nowMs: clock.now() }, own, tell);
    if (!owns.ok) return owns;
    const results = [...meterWindow(observed.value), ...owns.value];
    const told = results.flatMap((r) => (r.state === 'seen' && r.unseen.length > 0 ? [r] : []));
    if (told.length > 0) tell?.unseen(window, told);
    return ok(reportOf({ ...config, window, computedMs: clock.now() }, results));
  };
}

/** One whose question Prometheus refuses is missing: it must not keep the others from being billed. */
async function measureOwn(
  prometheus: Prometheus,
  plan: Parameters<typeof collectOwn>[2],
  { measured, unknown }: Learned,
  tell: Tell | undefined,
): Promise<Result<MeterResult[], PrometheusFailure>> {
  const results: MeterResult[] = unknown.map((field) => ({ field, state: 'missing' }));
  for (const meter of measured) {
    const observed = await collectOwn(prometheus, meter, plan);
    if (observed.ok) results.push(meterOwn(observed.value));
    else if (!isOfTheQuestion(observed.error)) return observed;
    else {
      tell?.refused(plan.window, meter.field, observed.error);
      results.push({ field: meter.field, state: 'missing' });
    }
  }
  return ok(results);
}
