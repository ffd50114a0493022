/**
 * Reads from Prometheus what the metering core needs for one window, and nothing else. The order matters: first the
 * series, then the evidence about exactly the targets and births that they raise. Any failure means no window.
 */
import { ok, type Result } from '../../src/lib/result.ts';
import {
  claimCapacity,
  claimRequest,
  containerRunning,
  type HttpSource,
  meters,
  podInfo,
  podPhase,
  type SourceName,
  sourceOf,
  startTimes,
  type TargetKind,
} from '../metering/catalogue.ts';
import type { Observed } from '../metering/observed.ts';
import { type Labels, livesIn, type RawSeries, type Span } from '../metering/series.ts';
import type { TargetSettings } from '../metering/trust.ts';
import { boundsOf, coresOf, namesOf, processStarts } from './circumstances.ts';
import type { Prometheus } from './client.ts';
import { kindTargets, podsListed, showingKinds, targetsBehind } from './evidence.ts';
import type { PrometheusFailure } from './failure.ts';
import { historyOf, podsInQuestion } from './history.ts';
import { lookBackMs } from './look-back.ts';
import { anyOf, quote, type Scope } from './query.ts';
import { acrossTheEnd, select, selectorsOf, withBases } from './read.ts';

export interface CollectPlan extends Scope {
  window: Span;
  gapLimitMs: number;
  http: HttpSource;
  hostNetwork: 'detect' | 'none';
  targets: TargetSettings;
  nowMs: number;
}

type Read<T> = Promise<Result<T, PrometheusFailure>>;

/** How long before the window samples are read in full: twice a gap, so that what bridges the edge is there. */
const nearGaps = 2;

type Around = Pick<CollectPlan, 'window' | 'gapLimitMs' | 'nowMs'>;

/** Where samples are read in full: a little before the window, and it. */
export const nearOf = ({ window, gapLimitMs }: Around): Span => ({
  startMs: window.startMs - nearGaps * gapLimitMs,
  endMs: window.endMs,
});

/** How far beyond the window scrapes are known, ms. */
export const horizonOf = ({ window, gapLimitMs, nowMs }: Around): number =>
  Math.max(window.endMs, Math.min(nowMs, window.endMs + gapLimitMs));

/** A failed read, thrown to the one place that returns it: what follows needs what was read. */
class Unread extends Error {
  readonly failure: PrometheusFailure;
  constructor(failure: PrometheusFailure) {
    super(failure.message);
    this.failure = failure;
  }
}

async function need<T>(read: Read<T>): Promise<T> {
  const answer = await read;
  if (!answer.ok) throw new Unread(answer.error);
  return answer.value;
}

export async function collectWindow(prometheus: Prometheus, plan: CollectPlan): Read<Observed> {
  try {
    return ok(await readAll(prometheus, plan));
  } catch (cause) {
    if (cause instanceof Unread) return { ok: false, error: cause.failure };
    throw cause;
  }
}

async function readAll(prometheus: Prometheus, given: CollectPlan): Promise<Observed> {
  const plan = { ...given, exported: await isExported(prometheus, given) };
  const { window, gapLimitMs } = plan;
  const horizonMs = horizonOf(plan);
  const near = nearOf(plan);
  const beyond: Span = { startMs: near.startMs, endMs: horizonMs };
  const names = sourcesInUse(plan.http);

  const samples: Observed['samples'] = {};
  for (const name of names) {
    const source = sourceOf(name);
    samples[name] = await need(
      source.born
        ? withBases(prometheus, plan, source, near, window)
        : acrossTheEnd(prometheus, plan, source, beyond, window.endMs),
    );
  }
  const carried = await carriedByKind(prometheus, plan, names);
  const pods = await need(select(prometheus, plan, podInfo, beyond));
  const shown = names.flatMap((n) => samples[n] ?? []);
  const counted = names.filter((n) => sourceOf(n).born).flatMap((n) => samples[n] ?? []);
  const labels = [...shown, ...pods].map((s) => s.labels);
  const behind = [...labels, ...Object.values(carried).flat()];
  const question = { window, near, gapLimitMs };
  const questionable = podsInQuestion(pods, names, samples, question);
  const kinds = kindsInQuestion(names, samples, window, questionable.length > 0);
  const targets = await need(kindTargets(prometheus, kinds.named, plan.targets, window, horizonMs));
  return {
    namespace: plan.namespace,
    window,
    gapLimitMs,
    horizonMs,
    http: plan.http,
    hostNetwork: plan.hostNetwork,
    targets: plan.targets,
    samples,
    carried,
    ups: await need(targetsBehind(prometheus, behind, beyond, window.startMs)),
    kinds: targets,
    showing: await need(showingKinds(prometheus, kinds.empty, targets, window)),
    starts: await startsOfBirths(prometheus, plan, counted, near),
    processes: await need(processStarts(prometheus, samples[plan.http as SourceName] ?? [], near)),
    cores: await need(coresOf(prometheus, samples.cpu ?? [], window)),
    claims: await need(boundsOf(prometheus, plan, samples.volumes ?? [], window)),
    names: await need(namesOf(prometheus, plan, samples.traefik ?? [], pods, window)),
    pods,
    podsListed: pods.length > 0 || (await need(podsListed(prometheus, window))),
    history: await need(historyOf(prometheus, plan, questionable, question)),
  };
}

/** Whether some target's own labels took the names of the things' in the last day: that doubles the questions. */
async function isExported(prometheus: Prometheus, { http, namespace, window }: CollectPlan): Promise<boolean> {
  const evidence = [startTimes, podInfo, podPhase, containerRunning, claimCapacity, claimRequest];
  const metrics = new Set([...sourcesInUse(http).map(sourceOf), ...evidence].map(({ metric }) => metric));
  const selector = `{${anyOf('__name__', metrics)},exported_namespace=${quote(namespace)}}`;
  const day = { startMs: window.startMs - lookBackMs, endMs: window.endMs };
  return (await need(prometheus.over(selector, day, { by: [] }))).length > 0;
}

/** Sources that the meters in use read, each once. */
function sourcesInUse(http: HttpSource): SourceName[] {
  const named = meters.map((m) => (m.source === 'http' ? http : m.source)).filter((name) => name !== 'none');
  return [...new Set(named)];
}

/** Container starts of the pods that show a counter for the first time, under several names, or falling. */
async function startsOfBirths(
  prometheus: Prometheus,
  plan: CollectPlan,
  series: RawSeries[],
  near: Span,
): Promise<RawSeries[]> {
  const idsOf = Map.groupBy(series, (s) => `${s.labels['pod']} ${s.labels['container']} ${s.labels['interface']}`);
  const severalIds = [...idsOf.values()].filter((all) => new Set(all.map((s) => s.labels['id'] ?? '')).size > 1).flat();
  const falls = series.filter(({ values }) => values.some((v, i) => i > 0 && v < (values[i - 1] ?? 0)));
  const born = series.filter((s) => (s.times[0] ?? 0) > plan.window.startMs);
  const pods = new Set([...born, ...severalIds, ...falls].flatMap((s) => s.labels['pod'] || []));
  if (pods.size === 0) return [];
  return await need(select(prometheus, plan, startTimes, near, `,${anyOf('pod', pods)}`));
}

/** Which targets showed the namespace's things in the last day, by the first source of each kind. */
async function carriedByKind(
  prometheus: Prometheus,
  plan: CollectPlan,
  names: SourceName[],
): Promise<Observed['carried']> {
  const carried: Observed['carried'] = {};
  const day = { startMs: plan.window.startMs - lookBackMs, endMs: plan.window.startMs };
  for (const name of names) {
    const source = sourceOf(name);
    if (carried[source.targets]) continue;
    const found: Labels[] = [];
    for (const selector of selectorsOf(source, plan)) {
      const rows = await need(prometheus.over(selector, day, { pick: 'last' }));
      found.push(...rows.map((row) => row.labels).filter((l) => source.keeps?.(l) ?? true));
    }
    carried[source.targets] = found;
  }
  return carried;
}

/**
 * Kinds of which all targets must be known: those that show nothing, the nodes' when a pod is not shown throughout, and
 * who counts requests, of whom one that is not what it claims to be is told by the others.
 */
function kindsInQuestion(
  names: SourceName[],
  samples: Observed['samples'],
  window: Span,
  podsHidden: boolean,
): { named: TargetKind[]; empty: TargetKind[] } {
  const kinds = [...new Set(names.map((name) => sourceOf(name).targets))];
  const showing = new Set(
    names.filter((n) => (samples[n] ?? []).some((s) => livesIn(s, window))).map((n) => sourceOf(n).targets),
  );
  const empty = kinds.filter((kind) => !showing.has(kind));
  const onNodes = (kind: TargetKind): boolean => kind === 'cadvisor' || kind === 'kubelet';
  return { named: kinds.filter((kind) => !showing.has(kind) || podsHidden || !onNodes(kind)), empty };
}
