/** Reads the evidence of scrapes: `up` of the targets behind some series, and of all targets of a kind. */
import { err, ok, type Result } from '../../src/lib/result.ts';
import { podInfo, type TargetKind, targetKinds } from '../metering/catalogue.ts';
import type { Observed } from '../metering/observed.ts';
import { gather, type Labels, labelKey, type RawSeries, type Span } from '../metering/series.ts';
import { homeOf, type TargetSettings } from '../metering/trust.ts';
import type { Prometheus } from './client.ts';
import type { PrometheusFailure } from './failure.ts';
import { lastBefore, lookBackMs } from './look-back.ts';
import { anyOf, quote } from './query.ts';

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
  settings: TargetSettings,
  window: Span,
  horizonMs: number,
): Read<Observed['kinds']> {
  const targets: Observed['kinds'] = {};
  for (const kind of kinds) {
    const { up, evidence, onNodes } = targetKinds[kind];
    // A node that is dark shows nothing, so all of a nodes' job count; off the nodes a job may hold targets of any kind.
    const labels = onNodes ? ['job', 'metrics_path'] : ['job', 'metrics_path', 'instance'];
    const found: Labels[] = [];
    for (const selector of evidence) {
      const rows = await prometheus.over(selector, window, { by: labels });
      if (!rows.ok) return err(rows.error);
      found.push(...rows.value.map((row) => row.labels));
    }
    // A name alone (nginx-exporter, ingress-operator) makes no controller: without any that shows one, none was seen.
    if (!onNodes && found.length === 0) {
      targets[kind] = [];
      continue;
    }
    const told = found.filter((row) => row['job']);
    // One question for all of them: what it finds beside them is judged like the rest.
    const byEvidence = labels
      .map((name) =>
        anyOf(
          name,
          told.map((row) => row[name] ?? ''),
        ),
      )
      .join(',');
    const job = settings[kind]?.job;
    const byName = job ? [`job=~${quote(job.source)}`] : up;
    const span = { startMs: window.startMs, endMs: horizonMs };
    const ups = await upsOf(prometheus, told.length > 0 ? [...byName, byEvidence] : byName, span, window.startMs);
    if (!ups.ok) return ups;
    targets[kind] = ups.value;
  }
  return ok(targets);
}

/**
 * Which kinds show things of their sort for somebody, in the window or the day before it.
 * @param targets `up` of the kinds' targets
 */
export async function showingKinds(
  prometheus: Prometheus,
  kinds: TargetKind[],
  targets: Observed['kinds'],
  window: Span,
): Read<TargetKind[]> {
  const showing: TargetKind[] = [];
  const day = { startMs: window.startMs - lookBackMs, endMs: window.endMs };
  for (const kind of kinds) {
    const { shows, byNamespace = [] } = targetKinds[kind];
    const found = await namespacesOf(prometheus, shows, ['job'], day);
    if (!found.ok) return found;
    const named = await namespacesOf(prometheus, byNamespace, ['namespace', 'exported_namespace'], day);
    if (!named.ok) return named;
    const homes = new Set(['', ...(targets[kind] ?? []).map(homeOf)]);
    const isHidden = named.value.length > 0 && named.value.every((namespace) => homes.has(namespace));
    if (found.value.length > 0 && !isHidden) showing.push(kind);
  }
  return ok(showing);
}

/** The namespaces of what some selectors find, the things' own where they have one; '' where they have none. */
async function namespacesOf(prometheus: Prometheus, selectors: string[], by: string[], span: Span): Read<string[]> {
  const found: string[] = [];
  for (const selector of selectors) {
    const rows = await prometheus.over(selector, span, { by });
    if (!rows.ok) return rows;
    found.push(...rows.value.map(({ labels }) => labels['namespace'] ?? ''));
  }
  return ok(found);
}

/** Whether kube-state-metrics lists any pods of any namespace in the window. */
export async function podsListed(prometheus: Prometheus, window: Span): Read<boolean> {
  const rows = await prometheus.over(podInfo.metric, window, { by: [] });
  return rows.ok ? ok(rows.value.length > 0) : err(rows.error);
}
