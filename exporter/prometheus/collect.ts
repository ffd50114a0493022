/**
 * Reads from Prometheus what the metering core needs for one window, and nothing else. The order matters: first the
 * series, then the evidence about exactly the targets and births that they raise. Any failure means no window.
 */
import { err, ok, type Result } from '../../src/lib/result.ts';
import {
  type HttpSource,
  meters,
  podInfo,
  type Source,
  type SourceName,
  sourceOf,
  startTimes,
  type TargetKind,
} from '../metering/catalogue.ts';
import type { Observed } from '../metering/observed.ts';
import { gather, type Labels, livesIn, type RawSeries, type Span } from '../metering/series.ts';
import type { Prometheus } from './client.ts';
import { kindTargets, podsListed, ranOrNot, targetsBehind } from './evidence.ts';
import type { PrometheusFailure } from './failure.ts';
import { lastBefore, lookBackMs } from './look-back.ts';
import { anyOf, fill, type Scope } from './query.ts';

export interface CollectPlan extends Scope {
  window: Span;
  gapLimitMs: number;
  http: HttpSource;
  hostNetwork: 'detect' | 'none';
  nowMs: number;
}

type Read<T> = Promise<Result<T, PrometheusFailure>>;

/** How long before the window samples are read in full: twice a gap, so that what bridges the edge is there. */
const nearGaps = 2;

export async function collectWindow(prometheus: Prometheus, plan: CollectPlan): Read<Observed> {
  const { window, gapLimitMs } = plan;
  const horizonMs = Math.max(window.endMs, Math.min(plan.nowMs, window.endMs + gapLimitMs));
  const near: Span = { startMs: window.startMs - nearGaps * gapLimitMs, endMs: window.endMs };
  const names = sourcesInUse(plan.http);

  const samples: Observed['samples'] = {};
  for (const name of names) {
    const source = sourceOf(name);
    const series = source.born
      ? await withBases(prometheus, plan, source, near)
      : await acrossTheEnd(prometheus, plan, source, { startMs: near.startMs, endMs: horizonMs });
    if (!series.ok) return series;
    samples[name] = series.value;
  }
  const carried = await carriedByKind(prometheus, plan, names);
  if (!carried.ok) return carried;
  const pods = await select(prometheus, plan, podInfo, { startMs: near.startMs, endMs: horizonMs });
  if (!pods.ok) return pods;
  const listed = pods.value.length > 0 ? ok(true) : await podsListed(prometheus, window);
  if (!listed.ok) return listed;
  const starts = await startsOfBirths(
    prometheus,
    plan,
    names.flatMap((n) => samples[n] ?? []),
    near,
  );
  if (!starts.ok) return starts;

  const shown = [...names.flatMap((n) => samples[n] ?? []), ...pods.value].map((s) => s.labels);
  const labels = [...shown, ...Object.values(carried.value).flat()];
  const ups = await targetsBehind(prometheus, labels, { startMs: near.startMs, endMs: horizonMs }, window.startMs);
  if (!ups.ok) return ups;
  const hidden = hiddenPods(pods.value, names, samples, window);
  const idle = hidden.length > 0 ? await ranOrNot(prometheus, plan, window, gapLimitMs) : ok({ neverRan: [], ran: [] });
  if (!idle.ok) return idle;
  const kinds = await kindTargets(
    prometheus,
    kindsInQuestion(names, samples, window, hidden.length > 0),
    window,
    horizonMs,
  );
  if (!kinds.ok) return kinds;
  return ok({
    window,
    gapLimitMs,
    horizonMs,
    http: plan.http,
    hostNetwork: plan.hostNetwork,
    samples,
    carried: carried.value,
    ups: ups.value,
    kinds: kinds.value,
    starts: starts.value,
    pods: pods.value,
    podsListed: listed.value,
    neverRan: idle.value.neverRan,
    ran: idle.value.ran.filter((pod) => hidden.includes(pod)),
  });
}

/** Sources that the meters in use read, each once. */
function sourcesInUse(http: HttpSource): SourceName[] {
  const named = meters.map((m) => (m.source === 'http' ? http : m.source)).filter((name) => name !== 'none');
  return [...new Set(named)];
}

/** All samples of a metric's selectors in the span. */
async function select(
  prometheus: Prometheus,
  scope: Scope,
  source: { metric: string; selectors: readonly string[] },
  span: Span,
  more = '',
): Read<RawSeries[]> {
  const parts: RawSeries[] = [];
  for (const matchers of source.selectors) {
    const part = await prometheus.raw(`${source.metric}{${fill(matchers, scope)}${more}}`, span);
    if (!part.ok) return part;
    parts.push(...part.value);
  }
  return ok(gather(parts));
}

/** A gauge's samples with those beyond the window that its last ones lead to. */
async function acrossTheEnd(prometheus: Prometheus, plan: CollectPlan, source: Source, span: Span): Read<RawSeries[]> {
  const read = await select(prometheus, plan, source, span);
  if (!read.ok) return read;
  return ok(read.value.filter((series) => (series.times[0] ?? span.endMs) <= plan.window.endMs));
}

/** A counter's samples; for series that are new in what was read, also their last sample of the day before. */
async function withBases(prometheus: Prometheus, plan: CollectPlan, source: Source, near: Span): Read<RawSeries[]> {
  const read = await select(prometheus, plan, source, near);
  if (!read.ok) return read;
  const fresh = withoutBase(read.value, source, plan.window);
  if (fresh.length === 0) return read;
  const key = identityKey(source);
  const wantedKeys = new Set(fresh.map((s) => key(s.labels)));
  const pods =
    source.targets === 'cadvisor'
      ? `,${anyOf(
          'pod',
          fresh.map((s) => s.labels['pod'] ?? ''),
        )}`
      : '';
  const parts = [...read.value];
  for (const matchers of source.selectors) {
    const bases = await lastBefore(prometheus, {
      selector: `${source.metric}{${fill(matchers, plan)}${pods}}`,
      beforeMs: near.startMs,
      sinceMs: plan.window.startMs - lookBackMs,
      isWanted: (labels) => wantedKeys.has(key(labels)),
      counts: () => true,
    });
    if (!bases.ok) return bases;
    parts.push(...bases.value);
  }
  return ok(gather(parts));
}

/** Series of the window whose identity has no sample at or before its start. */
function withoutBase(series: RawSeries[], source: Source, window: Span): RawSeries[] {
  const key = identityKey(source);
  const based = new Set(series.filter((s) => (s.times[0] ?? 0) <= window.startMs).map((s) => key(s.labels)));
  return series.filter((s) => livesIn(s, window) && !based.has(key(s.labels)));
}

// Optional labels too: a base under another id is another container's.
const identityKey =
  ({ identity }: Source) =>
  (labels: Labels): string =>
    JSON.stringify([...identity.required, ...identity.optional].map((name) => labels[name] ?? ''));

/** Container starts of the pods that show a counter for the first time. */
async function startsOfBirths(
  prometheus: Prometheus,
  plan: CollectPlan,
  series: RawSeries[],
  near: Span,
): Read<RawSeries[]> {
  const born = series.filter((s) => s.labels['pod'] && (s.times[0] ?? 0) > plan.window.startMs);
  if (born.length === 0) return ok([]);
  const pods = anyOf(
    'pod',
    born.map((s) => s.labels['pod'] ?? ''),
  );
  return await select(prometheus, plan, startTimes, near, `,${pods}`);
}

/** Which targets showed the namespace's things in the last day, by the first source of each kind. */
async function carriedByKind(
  prometheus: Prometheus,
  plan: CollectPlan,
  names: SourceName[],
): Read<Observed['carried']> {
  const carried: Observed['carried'] = {};
  for (const name of names) {
    const source = sourceOf(name);
    if (carried[source.targets]) continue;
    const found: Labels[] = [];
    for (const matchers of source.selectors) {
      const selector = `${source.metric}{${fill(matchers, plan)}}`;
      const rows = await prometheus.instant(`last_over_time(${selector}[${lookBackMs}ms])`, plan.window.startMs);
      if (!rows.ok) return err(rows.error);
      found.push(...rows.value.map((row) => row.labels));
    }
    carried[source.targets] = found;
  }
  return ok(carried);
}

/** Pods that kube-state-metrics lists in the window and of which no node's target shows anything. */
function hiddenPods(pods: RawSeries[], names: SourceName[], samples: Observed['samples'], window: Span): string[] {
  const shown = new Set(
    names
      .filter((name) => sourceOf(name).targets === 'cadvisor')
      .flatMap((name) => samples[name] ?? [])
      .filter((s) => livesIn(s, window))
      .map((s) => s.labels['pod'] ?? ''),
  );
  const listed = pods.filter((s) => livesIn(s, window)).map((s) => s.labels['pod'] ?? '');
  return [...new Set(listed)].filter((pod) => !shown.has(pod));
}

/** Kinds of which all targets must be known: those that show nothing, and the nodes' when a pod is hidden. */
function kindsInQuestion(
  names: SourceName[],
  samples: Observed['samples'],
  window: Span,
  podsHidden: boolean,
): TargetKind[] {
  const kinds = new Set(names.map((name) => sourceOf(name).targets));
  const showing = new Set(
    names.filter((n) => (samples[n] ?? []).some((s) => livesIn(s, window))).map((n) => sourceOf(n).targets),
  );
  return [...kinds].filter((kind) => !showing.has(kind) || (podsHidden && (kind === 'cadvisor' || kind === 'kubelet')));
}
