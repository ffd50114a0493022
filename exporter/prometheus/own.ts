/** Reads the series of one meter that a series tells: the namespace's samples, who shows such series, when each was scraped. */
import { ok, type Result } from '../../src/lib/result.ts';
import type { OwnObserved } from '../metering/own.ts';
import { gather, type Labels, labelKey, livesIn, type RawSeries, type Span } from '../metering/series.ts';
import { isBeside, type SeriesMeter } from '../metering/series-meters.ts';
import type { TargetSettings } from '../metering/trust.ts';
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
  /** Which targets are believed, where the operator says so. */
  targets?: TargetSettings;
}

/** Everything that metering/own.ts needs of one meter. */
export async function collectOwn(prometheus: Prometheus, meter: SeriesMeter, plan: OwnPlan): Read<OwnObserved> {
  const { window, gapLimitMs } = plan;
  const { source } = meter;
  const horizonMs = horizonOf(plan);
  const near = nearOf(plan);
  const day = { startMs: window.startMs - lookBackMs, endMs: window.endMs };
  const shown = isBeside(meter) ? ok([]) : await shownToAnybody(prometheus, meter, day);
  if (!shown.ok) return shown;
  const samples: RawSeries[] = [];
  const carried: Labels[] = [];
  for (const own of selectorsOf(meter, plan.namespace)) {
    const read =
      source.kind === 'counter'
        ? await withBases(prometheus, own, near, window)
        : await acrossTheEnd(prometheus, own, { startMs: near.startMs, endMs: horizonMs }, window.endMs);
    if (!read.ok) return read;
    samples.push(...read.value);
    const before = await prometheus.over(own, { startMs: day.startMs, endMs: window.startMs }, { pick: 'last' });
    if (!before.ok) return before;
    carried.push(...before.value.map((one) => one.labels));
  }
  const labels: Labels[] = [...shown.value, ...carried, ...samples.map((one) => one.labels)];
  const ups = await targetsBehind(prometheus, labels, { startMs: near.startMs, endMs: horizonMs }, window.startMs);
  if (!ups.ok) return ups;
  const processes =
    source.kind === 'counter' && meter.startedBy !== null
      ? await processStarts(prometheus, samples, near, meter.startedBy)
      : ok([]);
  if (!processes.ok) return processes;
  return ok({
    meter,
    window,
    gapLimitMs,
    horizonMs,
    samples: gather(samples),
    carried,
    ups: ups.value,
    showing: shown.value.length > 0,
    processes: processes.value,
    namespace: plan.namespace,
    setting: meter.kind === undefined ? undefined : plan.targets?.[meter.kind],
  });
}

/** Who shows such series, for any namespace. */
async function shownToAnybody(prometheus: Prometheus, meter: SeriesMeter, day: Span): Read<Labels[]> {
  const found: Labels[] = [];
  for (const selector of selectorsOf(meter)) {
    const rows = await prometheus.over(selector, day, { by: ['job', 'instance'] });
    if (!rows.ok) return rows;
    found.push(...rows.value.map((one) => one.labels));
  }
  return ok(found);
}

/** The series of one namespace, or of all, each part once: where a target has a namespace of its own, the thing's is the exported one. */
export function selectorsOf(meter: SeriesMeter, namespace?: string): string[] {
  const { source, where, kind } = meter;
  const matchers = Object.entries(source.match).map(([label, pattern]) => `${label}=~${quote(pattern)}`);
  const named = (label: string): string => `${label}${namespace === undefined ? '!=""' : `=${quote(namespace)}`}`;
  const forms =
    kind === undefined
      ? [named(source.namespace_label)]
      : [`${named('namespace')},exported_namespace=""`, named('exported_namespace')];
  return forms.map((form) => `${source.series}{${[...matchers, ...(where ? [where] : []), form].join(',')}}`);
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
