import { describe, expect, it } from 'vitest';
import { ranOrNot } from '../../../exporter/prometheus/evidence.ts';
import { at, series, ticks } from '../metering/series-kit.ts';
import { knownAnswers } from './known-answers.ts';

const scope = { namespace: 'shop', excludePods: undefined };
const window = { startMs: 0, endMs: at(3600) };
const phase = (pod: string, name: string, seconds: number[], value = 1) =>
  series({ namespace: 'shop', pod, phase: name }, ...seconds.map((t): [number, number] => [t, value]));

describe('pods that no node shows', () => {
  it('ran when they were Running for longer than a gap, and never did when no sample says so', async () => {
    const prometheus = knownAnswers({
      kube_pod_status_phase: [
        phase('api', 'Running', ticks(30, 3600)),
        phase('job', 'Running', [300, 330]),
        phase('job', 'Succeeded', ticks(360, 3600)),
        phase('waiting', 'Pending', ticks(30, 3600)),
        phase('waiting', 'Running', ticks(30, 3600), 0),
      ],
    });
    const told = await ranOrNot(prometheus, scope, window, at(300));
    expect(told).toEqual({ ok: true, value: { neverRan: ['waiting'], ran: ['api'] } });
  });
});
