/** One window, from Prometheus to the report: what the service and the dry run both do. */
import type { WindowReport } from '../src/contracts/usage.ts';
import { ok, type Result } from '../src/lib/result.ts';
import type { Clock } from './clock.ts';
import type { Config } from './config.ts';
import { reportOf } from './metering/report.ts';
import type { Span } from './metering/series.ts';
import type { Unseen } from './metering/unseen.ts';
import { meterWindow } from './metering/window.ts';
import type { Prometheus } from './prometheus/client.ts';
import { collectWindow } from './prometheus/collect.ts';
import type { PrometheusFailure } from './prometheus/failure.ts';

export type Measure = (window: Span) => Promise<Result<WindowReport, PrometheusFailure>>;

/** What was not seen of a window, meter by meter; told to people, because the report has only its seconds. */
export type Tell = (window: Span, unseen: { field: string; unseen: Unseen[] }[]) => void;

/** @returns a function that computes a closed window's report as of now, or says why Prometheus gave no answer */
export function measureWith(prometheus: Prometheus, config: Config, clock: Clock, tell?: Tell): Measure {
  return async (window) => {
    const observed = await collectWindow(prometheus, { ...config, window, nowMs: clock.now() });
    if (!observed.ok) return observed;
    const results = meterWindow(observed.value);
    const told = results.flatMap((r) => (r.state === 'seen' && r.unseen.length > 0 ? [r] : []));
    if (told.length > 0) tell?.(window, told);
    return ok(reportOf({ ...config, window, computedMs: clock.now() }, results));
  };
}
