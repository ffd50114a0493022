import { describe, expect, it } from 'vitest';
import type { TargetKind } from '../../../exporter/metering/catalogue.ts';
import type { Labels } from '../../../exporter/metering/series.ts';
import { kindTargets, showingKinds } from '../../../exporter/prometheus/evidence.ts';
import { historyOf } from '../../../exporter/prometheus/history.ts';
import { at, series, ticks } from '../metering/series-kit.ts';
import { knownAnswers } from './known-answers.ts';

const scope = { namespace: 'shop', excludePods: undefined };
const window = { startMs: 0, endMs: at(3600) };
const phase = (pod: string, name: string, seconds: number[], value = 1) =>
  series({ namespace: 'shop', pod, phase: name }, ...seconds.map((t): [number, number] => [t, value]));

describe('the ingress controllers', () => {
  const every = ticks(30, 3600).map((t): [number, number] => [t, 1]);
  const namesake = { job: 'nginx-exporter', instance: 'web:9113' };
  const controller = { job: 'ingress-nginx', instance: 'c:10254' };

  it('are not known by what merely has a similar name', async () => {
    const prometheus = knownAnswers({ up: [series(namesake, ...every)], nginx_up: [series(namesake, ...every)] });
    expect(await kindTargets(prometheus, ['nginx'], {}, window, window.endMs)).toEqual({
      ok: true,
      value: { nginx: [] },
    });
  });

  it('are all of that name once one shows what controllers show', async () => {
    const dark = { job: 'ingress-nginx', instance: 'd:10254' };
    const prometheus = knownAnswers({
      up: [series(controller, ...every), series(dark, [30, 0])],
      nginx_ingress_controller_build_info: [series(controller, ...every)],
    });
    const told = await kindTargets(prometheus, ['nginx'], {}, window, window.endMs);
    expect(told.ok && told.value.nginx?.map((t) => t.labels['instance'])).toEqual(['c:10254', 'd:10254']);
  });
});

describe('zero of a namespace', () => {
  const every = ticks(30, 3600).map((t): [number, number] => [t, 1]);
  const proves = async (kind: TargetKind, home: Labels, shown: Record<string, Labels>): Promise<boolean> => {
    const target = series({ job: kind, instance: 'a:1', ...home }, ...every);
    const answers = Object.entries(shown).map(([name, labels]) => [
      name,
      [series({ ...target.labels, ...labels }, ...every)],
    ]);
    const told = await showingKinds(knownAnswers(Object.fromEntries(answers)), [kind], { [kind]: [target] }, window);
    return told.ok && told.value.includes(kind);
  };
  const requests = 'nginx_ingress_controller_requests';
  const volumes = 'kubelet_volume_stats_used_bytes';
  const cpu = 'container_cpu_usage_seconds_total';

  it.each<[TargetKind, Labels, Record<string, Labels>]>([
    ['nginx', { namespace: 'edge' }, { [requests]: { ingress: 'web', namespace: 'other' } }],
    ['nginx', {}, { [requests]: { ingress: 'web', namespace: 'other' } }],
    // Nobody's: it fits no ingress.
    ['nginx', { namespace: 'edge' }, { [requests]: { ingress: '' } }],
    ['kubelet', { namespace: 'kube-system' }, { kubelet_running_pods: {} }],
    ['kubelet', { namespace: 'kube-system' }, { [volumes]: { persistentvolumeclaim: 'data', namespace: 'other' } }],
    ['cadvisor', { namespace: 'kube-system' }, { [cpu]: { namespace: 'other', pod: 'p', container: 'c' } }],
    ['istio', {}, { istio_requests_total: { destination_service_namespace: 'other' } }],
    ['traefik', {}, { traefik_service_requests_total: { service: 'other-web-80@kubernetes' } }],
    [
      'traefik',
      { service: 'traefik' },
      { traefik_service_requests_total: { exported_service: 'other-web-80@kubernetes' } },
    ],
  ])('is proven by %s in %j that show %j', async (kind, home, shown) => {
    expect(await proves(kind, home, shown)).toBe(true);
  });

  it.each<[TargetKind, Labels, Record<string, Labels>]>([
    ['nginx', { namespace: 'edge' }, { [requests]: { ingress: 'web' } }],
    ['nginx', {}, { [requests]: { ingress: 'web' } }],
    [
      'kubelet',
      { namespace: 'kube-system' },
      { kubelet_running_pods: {}, [volumes]: { persistentvolumeclaim: 'data' } },
    ],
    [
      'cadvisor',
      { namespace: 'monitoring', pod: 'cadvisor-x', container: 'cadvisor' },
      { [cpu]: { id: '/kubepods/x' } },
    ],
    ['istio', {}, { istio_requests_total: { reporter: 'source', destination_service_namespace: 'unknown' } }],
    ['traefik', { service: 'traefik' }, { traefik_service_requests_total: { code: '200' } }],
  ])('is not proven by %s in %j that show only what the scrape is called: %j', async (kind, home, shown) => {
    expect(await proves(kind, home, shown)).toBe(false);
  });
});

describe('pods that no node shows', () => {
  it('ran when they were Running, and never did when no sample says so', async () => {
    const prometheus = knownAnswers({
      kube_pod_status_phase: [
        phase('api', 'Running', ticks(30, 3600)),
        phase('job', 'Running', [300, 330]),
        phase('job', 'Succeeded', ticks(360, 3600)),
        phase('waiting', 'Pending', ticks(30, 3600)),
        phase('waiting', 'Running', ticks(30, 3600), 0),
      ],
    });
    const question = { window, near: window, gapLimitMs: at(300) };
    const told = await historyOf(prometheus, scope, ['api', 'job', 'waiting', 'unknown'], question);
    const spans = told.ok ? told.value.map(({ running }) => running?.map((s) => (s.endMs - s.startMs) / 1000)) : [];
    expect(spans.map((all) => all?.reduce((sum, s) => sum + s, 0))).toEqual([3570, 30, 0, undefined]);
  });
});
