import { describe, expect, it } from 'vitest';
import { type CollectPlan, collectWindow } from '../../../exporter/prometheus/collect.ts';
import { at, nodeLabels, series, ticks, up, windowEnd, windowStart } from '../metering/series-kit.ts';
import { knownAnswers } from './known-answers.ts';

const plan: CollectPlan = {
  namespace: 'shop',
  excludePods: undefined,
  window: { startMs: at(windowStart), endMs: at(windowEnd) },
  gapLimitMs: at(300),
  http: 'none',
  hostNetwork: 'none',
  targets: {},
  nowMs: at(windowEnd + 120),
};
const memory = (pod: string, seconds: number[]) =>
  series(
    nodeLabels({ namespace: 'shop', pod, container: 'app' }),
    ...seconds.map((t): [number, number] => [t, 2 ** 30]),
  );

describe('what is read for a window', () => {
  it('has the samples of gauges beyond its end that its last ones lead to, but nothing that began after it', async () => {
    const prometheus = knownAnswers({
      up: [up(ticks(windowStart - 600, windowEnd + 120))],
      container_memory_working_set_bytes: [
        memory('api', [...ticks(windowStart - 600, windowEnd - 90), windowEnd + 60]),
        memory('next', [windowEnd + 30, windowEnd + 60]),
      ],
    });
    const read = await collectWindow(prometheus, plan);
    const shown = read.ok ? (read.value.samples.memory ?? []) : [];
    expect(shown.map((s) => s.labels['pod'])).toEqual(['api']);
    expect(shown[0]?.times.at(-1)).toBe(at(windowEnd + 60));
  });
});
