/** Reads one of the operator's own series for a window: the namespace's samples, who shows such series, when each was scraped. */
import type { MeasuredMeter } from '../../src/contracts/own-meters.ts';
import { ok, type Result } from '../../src/lib/result.ts';
import type { OwnObserved } from '../metering/own.ts';
import { gather, type Labels, labelKey, livesIn, type RawSeries, type Span } from '../metering/series.ts';
import { processStarts } from './circumstances.ts';
import type { Prometheus } from './client.ts';
import { horizonOf, nearOf } from './collect.ts';
import { targetsBehind } from './evidence.ts';
import type { PrometheusFailure } from './failure.ts';
import { lastBefore, lookBackMs } from './look-back.ts';
import { quote } from './query.ts';

type Read<T> = Promise<Result<T, PrometheusFailure>>;

export interface OwnPlan {
  namespace: string;
  window: Span;
  gapLimitMs: number;
  nowMs: number;
}

/** Everything that metering/own.ts needs of one meter. */
export async function collectOwn(prometheus: Prometheus, meter: MeasuredMeter, plan: OwnPlan): Read<OwnObserved> {
  const { window, gapLimitMs } = plan;
  const { source } = meter;
  const horizonMs = horizonOf(plan);
  const near = nearOf(plan);
  const day = { startMs: window.startMs - lookBackMs, endMs: window.endMs };
  const anybodys = selectorOf(meter);
  const own = selectorOf(meter, plan.namespace);
  const shown = await prometheus.over(anybodys, day, { by: ['job', 'instance'] });
  if (!shown.ok) return shown;
  const samples =
    source.kind === 'counter'
      ? await withBases(prometheus, own, near, window)
      : await acrossTheEnd(prometheus, own, { startMs: near.startMs, endMs: horizonMs }, window.endMs);
  if (!samples.ok) return samples;
  const carried = await prometheus.over(own, { startMs: day.startMs, endMs: window.startMs }, { pick: 'last' });
  if (!carried.ok) return carried;
  const labels: Labels[] = [...shown.value, ...samples.value, ...carried.value].map((one) => one.labels);
  const ups = await targetsBehind(prometheus, labels, { startMs: near.startMs, endMs: horizonMs }, window.startMs);
  if (!ups.ok) return ups;
  const processes = source.kind === 'counter' ? await processStarts(prometheus, samples.value, near) : ok([]);
  if (!processes.ok) return processes;
  return ok({
    meter,
    window,
    gapLimitMs,
    horizonMs,
    samples: samples.value,
    carried: carried.value.map((one) => one.labels),
    ups: ups.value,
    showing: shown.value.length > 0,
    processes: processes.value,
  });
}

/** The series of one namespace, or of all. */
export function selectorOf({ source }: MeasuredMeter, namespace?: string): string {
  const matchers = Object.entries(source.match).map(([label, pattern]) => `${label}=~${quote(pattern)}`);
  const of =
    namespace === undefined ? `${source.namespace_label}!=""` : `${source.namespace_label}=${quote(namespace)}`;
  return `${source.series}{${[...matchers, of].join(',')}}`;
}

/** A counter's samples; of those that are new in what was read, also the last of the day before. */
async function withBases(prometheus: Prometheus, selector: string, near: Span, window: Span): Read<RawSeries[]> {
  const read = await prometheus.raw(selector, near);
  if (!read.ok) return read;
  const fresh = read.value.filter((s) => livesIn(s, window) && (s.times[0] ?? 0) > window.startMs);
  const keys = new Set(fresh.map((s) => labelKey(s.labels)));
  if (keys.size === 0) return ok(gather(read.value));
  const bases = await lastBefore(prometheus, {
    selector,
    beforeMs: near.startMs,
    sinceMs: window.startMs - lookBackMs,
    isWanted: (labels) => keys.has(labelKey(labels)),
    counts: () => true,
  });
  return bases.ok ? ok(gather([...read.value, ...bases.value])) : bases;
}

/** A gauge's samples, with those beyond the window that its last ones lead to. */
async function acrossTheEnd(prometheus: Prometheus, selector: string, span: Span, endMs: number): Read<RawSeries[]> {
  const read = await prometheus.raw(selector, span);
  return read.ok ? ok(gather(read.value).filter((s) => (s.times[0] ?? span.endMs) <= endMs)) : read;
}
