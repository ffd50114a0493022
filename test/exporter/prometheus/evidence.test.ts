import { describe, expect, it } from 'vitest';
import { kindTargets } from '../../../exporter/prometheus/evidence.ts';
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
