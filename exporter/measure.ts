/** One window, from Prometheus to the report: what the service and the dry run both do. */
import type { ReportGap, WindowReport } from '../src/contracts/usage.ts';
import { ok, type Result } from '../src/lib/result.ts';
import type { Clock } from './clock.ts';
import type { Config } from './config.ts';
import { reportOf } from './metering/report.ts';
import type { Span } from './metering/series.ts';
import { meterWindow } from './metering/window.ts';
import type { Prometheus } from './prometheus/client.ts';
import { collectWindow } from './prometheus/collect.ts';
import type { PrometheusFailure } from './prometheus/failure.ts';

export type Measure = (window: Span) => Promise<Result<WindowReport, PrometheusFailure>>;

/** Told what was not seen of a window, as its report has it, so that it is in the exporter's own log too. */
export type Tell = (window: Span, gaps: ReportGap[]) => void;

/** @returns a function that computes a closed window's report as of now, or says why Prometheus gave no answer */
export function measureWith(prometheus: Prometheus, config: Config, clock: Clock, tell?: Tell): Measure {
  return async (window) => {
    const observed = await collectWindow(prometheus, { ...config, window, nowMs: clock.now() });
    if (!observed.ok) return observed;
    const report = reportOf({ ...config, window, computedMs: clock.now() }, meterWindow(observed.value));
    if (report.gaps) tell?.(window, report.gaps);
    return ok(report);
  };
}
