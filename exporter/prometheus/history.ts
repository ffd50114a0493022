/** Reads what kube-state-metrics and the nodes tell of pods that are not shown by all that should show them. */
import { ok, type Result } from '../../src/lib/result.ts';
import { containerRunning, podCpu, podPhase, type SourceName, sourceOf } from '../metering/catalogue.ts';
import { type PodHistory, shownIn } from '../metering/coverage.ts';
import type { Observed } from '../metering/observed.ts';
import { livesIn, type RawSeries, type Span } from '../metering/series.ts';
import { inside, lengthMs, minus } from '../metering/unseen.ts';
import type { Prometheus } from './client.ts';
import type { PrometheusFailure } from './failure.ts';
import { anyOf, type Scope } from './query.ts';
import { select } from './read.ts';

type Read<T> = Promise<Result<T, PrometheusFailure>>;

export interface Question {
  window: Span;
  near: Span;
  gapLimitMs: number;
}

const noticeableMs = 60_000;

/** Pods that were listed, or shown by one source of the nodes, while another showed nothing of them. */
export function podsInQuestion(
  pods: RawSeries[],
  names: SourceName[],
  samples: Observed['samples'],
  { window, gapLimitMs }: Question,
): string[] {
  const onNodes = names.filter((name) => sourceOf(name).targets === 'cadvisor');
  const listed = Map.groupBy(pods, (s) => s.labels['pod'] ?? '');
  const bySource = onNodes.map((name) => Map.groupBy(samples[name] ?? [], (s) => s.labels['pod'] ?? ''));
  const all = new Set([...listed.keys(), ...bySource.flatMap((shown) => [...shown.keys()])]);
  return [...all].filter((pod) => {
    const witnesses = [listed.get(pod) ?? [], ...bySource.map((shown) => shown.get(pod) ?? [])];
    // A minute may pass between the list's scrape and the node's.
    const spans = witnesses.map((series) => inside(shownIn(series, noticeableMs, gapLimitMs), window));
    const seen = spans.flat();
    return spans.slice(1).some((own) => lengthMs(minus(seen, own)) > noticeableMs);
  });
}

/** When those pods ran, by what is known of it. */
export async function historyOf(
  prometheus: Prometheus,
  scope: Scope,
  pods: string[],
  { window, near, gapLimitMs }: Question,
): Read<PodHistory[]> {
  if (pods.length === 0) return ok([]);
  const these = `,${anyOf('pod', pods)}`;
  const phases = await select(prometheus, scope, podPhase, near, these);
  if (!phases.ok) return phases;
  const containers = await select(prometheus, scope, containerRunning, near, these);
  if (!containers.ok) return containers;
  const cgroups = await select(prometheus, scope, podCpu, near, these);
  if (!cgroups.ok) return cgroups;
  return ok(
    pods.map((pod): PodHistory => {
      const of = (series: RawSeries[]): RawSeries[] => series.filter((s) => s.labels['pod'] === pod);
      const told = of(phases.value).filter((s) => livesIn(s, window));
      const running = told.filter((s) => s.labels['phase'] === 'Running');
      const states = of(containers.value).filter((s) => livesIn(s, window));
      return {
        pod,
        running: told.length > 0 ? trueIn(running, gapLimitMs) : undefined,
        containers: states.length > 0 ? trueIn(states, gapLimitMs) : undefined,
        cgroup: of(cgroups.value),
      };
    }),
  );
}

/** From a sample of 1 to the next sample, unless a gap lies between; nothing is known beyond the last. */
function trueIn(series: RawSeries[], gapLimitMs: number): Span[] {
  return series.flatMap(({ times, values }) =>
    times.flatMap((t, i) => {
      const next = times[i + 1];
      return values[i] === 1 && next !== undefined && next - t <= gapLimitMs ? [{ startMs: t, endMs: next }] : [];
    }),
  );
}
