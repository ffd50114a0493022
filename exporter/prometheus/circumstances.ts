/** Reads what bounds a quantity: cores of nodes, sizes of claims, starts of processes, names of other namespaces. */
import { ok, type Result } from '../../src/lib/result.ts';
import { claimCapacity, claimRequest, nodeCores, processStart } from '../metering/catalogue.ts';
import type { Observed } from '../metering/observed.ts';
import { type Labels, livesIn, type RawSeries, type Span } from '../metering/series.ts';
import type { Prometheus } from './client.ts';
import type { PrometheusFailure } from './failure.ts';
import { anyOf, quote, type Scope } from './query.ts';
import { type Selected, selectorsOf } from './read.ts';

type Read<T> = Promise<Result<T, PrometheusFailure>>;

const instancesOf = (series: RawSeries[]): string[] => [...new Set(series.flatMap((s) => s.labels['instance'] || []))];

/** Cores of the nodes that show some series; nodes that do not tell are not in the answer. */
export async function coresOf(prometheus: Prometheus, cpu: RawSeries[], window: Span): Read<Observed['cores']> {
  const instances = instancesOf(cpu);
  if (instances.length === 0) return ok([]);
  const rows = await prometheus.over(`${nodeCores}{${anyOf('instance', instances)}}`, window, { pick: 'max' });
  if (!rows.ok) return rows;
  return ok(rows.value.map(({ labels, value }) => ({ instance: labels['instance'] ?? '', cores: value })));
}

/**
 * When the processes started that first show a series in the window, or whose counters fell.
 * @param told the series that says so
 */
export async function processStarts(
  prometheus: Prometheus,
  requests: RawSeries[],
  near: Span,
  told: string = processStart,
): Read<RawSeries[]> {
  const asked = requests.filter(
    ({ times, values }) => (times[0] ?? 0) > near.startMs || values.some((v, i) => i > 0 && v < (values[i - 1] ?? 0)),
  );
  const instances = instancesOf(asked);
  if (instances.length === 0) return ok([]);
  return await prometheus.raw(`${told}{${anyOf('instance', instances)}}`, near);
}

/** The size of each claim's file system, and what it asked for. */
export async function boundsOf(
  prometheus: Prometheus,
  scope: Scope,
  volumes: RawSeries[],
  window: Span,
): Read<Observed['claims']> {
  const claims = new Set(volumes.filter((s) => livesIn(s, window)).map((s) => s.labels['persistentvolumeclaim'] ?? ''));
  if (claims.size === 0) return ok([]);
  const capacity = await largest(prometheus, scope, claimCapacity, window);
  if (!capacity.ok) return capacity;
  const request = await largest(prometheus, scope, claimRequest, window);
  if (!request.ok) return request;
  return ok(
    [...claims].map((claim) => {
      const [size, asked] = [capacity.value.get(claim), request.value.get(claim)];
      return {
        claim,
        ...(size === undefined ? {} : { capacity: size }),
        ...(asked === undefined ? {} : { request: asked }),
      };
    }),
  );
}

async function largest(
  prometheus: Prometheus,
  scope: Scope,
  selected: Selected,
  window: Span,
): Read<Map<string, number>> {
  const found = new Map<string, number>();
  for (const selector of selectorsOf(selected, scope)) {
    const rows = await prometheus.over(selector, window, { pick: 'max' });
    if (!rows.ok) return rows;
    for (const { labels, value } of rows.value) {
      const claim = labels['persistentvolumeclaim'] ?? '';
      if (value > 0) found.set(claim, Math.max(found.get(claim) ?? 0, value));
    }
  }
  return ok(found);
}

/** Names that tell whose a Traefik service is. Asked for only where there is one. */
export async function namesOf(
  prometheus: Prometheus,
  scope: Scope,
  requests: RawSeries[],
  pods: RawSeries[],
  window: Span,
): Read<Observed['names']> {
  if (requests.length === 0) return ok({ namespaces: [], own: [] });
  const listed = '__name__=~"kube_namespace_created|kube_namespace_status_phase|kube_pod_info|kube_service_info"';
  const namespaces: string[] = [];
  for (const label of ['namespace', 'exported_namespace']) {
    const others = `{${listed},${label}=~${quote(`${scope.namespace}-.+`)}}`;
    const rows = await prometheus.over(others, window, { by: [label] });
    if (!rows.ok) return rows;
    namespaces.push(...rows.value.map(({ labels }) => labels['namespace'] ?? ''));
  }
  const own: Labels[] = pods.map((s) => s.labels);
  const services = {
    metric: 'kube_service_info',
    selectors: ['namespace="$NS",exported_namespace=""', 'exported_namespace="$NS"'],
  };
  for (const selector of selectorsOf(services, scope)) {
    const rows = await prometheus.over(selector, window, { pick: 'last' });
    if (!rows.ok) return rows;
    own.push(...rows.value.map(({ labels }) => labels));
  }
  return ok({
    namespaces,
    own: [...new Set(own.flatMap((l) => [l['service'], l['pod']]).filter((n) => n !== undefined))],
  });
}
