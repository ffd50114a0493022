/** Reads the evidence of scrapes: `up` of the targets behind some series, of all targets of a kind, and pod phases. */
import { err, ok, type Result } from '../../src/lib/result.ts';
import { podInfo, podPhase, type TargetKind, targetKinds } from '../metering/catalogue.ts';
import type { Observed } from '../metering/observed.ts';
import { gather, type Labels, labelKey, type RawSeries, type Span } from '../metering/series.ts';
import type { Prometheus } from './client.ts';
import type { PrometheusFailure } from './failure.ts';
import { lastBefore, lookBackMs } from './look-back.ts';
import { anyOf, fill, quote, type Scope } from './query.ts';

type Read<T> = Promise<Result<T, PrometheusFailure>>;

const isGood = (value: number): boolean => value === 1;

/** `up` of the targets that some labels name; with its last good sample before `startMs` when that is further back. */
export async function targetsBehind(
  prometheus: Prometheus,
  labels: Labels[],
  span: Span,
  startMs: number,
): Read<RawSeries[]> {
  const named = labels.filter((l) => l['job'] && l['instance']);
  if (named.length === 0) return ok([]);
  const jobs = anyOf(
    'job',
    named.map((l) => l['job'] ?? ''),
  );
  const instances = anyOf(
    'instance',
    named.map((l) => l['instance'] ?? ''),
  );
  return await upsOf(prometheus, [`${jobs},${instances}`], span, startMs);
}

async function upsOf(prometheus: Prometheus, matchers: string[], span: Span, startMs: number): Read<RawSeries[]> {
  const parts: RawSeries[] = [];
  for (const matcher of matchers) {
    const selector = `up{${matcher}}`;
    const ups = await prometheus.raw(selector, span);
    if (!ups.ok) return ups;
    const known = gather(ups.value);
    parts.push(...known);
    const based = new Set(
      known.filter((s) => s.times.some((t, i) => t <= startMs && s.values[i] === 1)).map((s) => labelKey(s.labels)),
    );
    const earlier = await lastBefore(prometheus, {
      selector,
      beforeMs: span.startMs,
      sinceMs: startMs - lookBackMs,
      isWanted: (l) => !based.has(labelKey(l)),
      counts: isGood,
    });
    if (!earlier.ok) return earlier;
    parts.push(...earlier.value);
  }
  return ok(gather(parts));
}

/** `up` of every target of some kinds, known by name or by what else they show in the window. */
export async function kindTargets(
  prometheus: Prometheus,
  kinds: TargetKind[],
  window: Span,
  horizonMs: number,
): Read<Observed['kinds']> {
  const targets: Observed['kinds'] = {};
  for (const kind of kinds) {
    const { up, evidence, onNodes } = targetKinds[kind];
    const shown = `last_over_time({__name__=~${quote(evidence)}}[${window.endMs - window.startMs}ms])`;
    // A node that is dark shows nothing, so all of a nodes' job count; off the nodes a job may hold targets of any kind.
    const labels = onNodes ? ['job', 'metrics_path'] : ['job', 'metrics_path', 'instance'];
    const found = await prometheus.instant(`group by (${labels.join(', ')}) (${shown})`, window.endMs);
    if (!found.ok) return err(found.error);
    // A name alone (nginx-exporter, ingress-operator) makes no controller: without any that shows one, none was seen.
    if (!onNodes && found.value.length === 0) {
      targets[kind] = [];
      continue;
    }
    const byEvidence = found.value
      .filter((row) => row.labels['job'])
      .map((row) => labels.map((name) => `${name}=${quote(row.labels[name] ?? '')}`).join(','));
    const ups = await upsOf(
      prometheus,
      [...up, ...byEvidence],
      { startMs: window.startMs, endMs: horizonMs },
      window.startMs,
    );
    if (!ups.ok) return ups;
    targets[kind] = ups.value;
  }
  return ok(targets);
}

/** Whether kube-state-metrics lists any pods of any namespace in the window. */
export async function podsListed(prometheus: Prometheus, window: Span): Read<boolean> {
  const span = `${window.endMs - window.startMs}ms`;
  const rows = await prometheus.instant(`group(last_over_time(${podInfo.metric}[${span}]))`, window.endMs);
  return rows.ok ? ok(rows.value.length > 0) : err(rows.error);
}

/** Pods of the namespace whose phase is known: those never Running in the window, and those Running for longer than a gap. */
export async function ranOrNot(
  prometheus: Prometheus,
  scope: Scope,
  window: Span,
  gapLimitMs: number,
): Read<Pick<Observed, 'neverRan' | 'ran'>> {
  const runningMs = new Map<string, number>();
  for (const matchers of podPhase.selectors) {
    const selector = `${podPhase.metric}{${fill(matchers, scope)}`;
    const known = await prometheus.instant(
      `max_over_time(${selector}}[${window.endMs - window.startMs}ms])`,
      window.endMs,
    );
    if (!known.ok) return err(known.error);
    for (const { labels } of known.value) runningMs.set(labels['pod'] ?? '', runningMs.get(labels['pod'] ?? '') ?? -1);
    const running = await prometheus.raw(`${selector},phase="Running"}`, window);
    if (!running.ok) return running;
    for (const { labels, times, values } of running.value) {
      const at = times.filter((_, i) => values[i] === 1);
      const pod = labels['pod'] ?? '';
      if (at.length > 0) runningMs.set(pod, Math.max(runningMs.get(pod) ?? -1, (at.at(-1) ?? 0) - (at[0] ?? 0)));
    }
  }
  const pods = [...runningMs];
  return ok({
    neverRan: pods.filter(([, ms]) => ms < 0).map(([pod]) => pod),
    ran: pods.filter(([, ms]) => ms > gapLimitMs).map(([pod]) => pod),
  });
}
