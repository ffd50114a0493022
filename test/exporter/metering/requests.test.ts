import { describe, expect, it } from 'vitest';
import type { RawSeries } from '../../../exporter/metering/series.ts';
import { report, series, ticks, up, windowEnd, windowStart } from './series-kit.ts';

const from = windowStart - 600;
const throughout = ticks(from, windowEnd);
const controller = { job: 'ingress-nginx', instance: '10.4.0.1:10254' };
const counted = (labels: Record<string, string>, seconds: number[], count: (t: number) => number): RawSeries =>
  series(
    { ...controller, controller_pod: 'nginx-a', ingress: 'web', service: 'web', method: 'GET', ...labels },
    ...seconds.map((t): [number, number] => [t, count(t)]),
  );
/** What a controller of one address shows, and what it says of its own start. */
const requests = (nginx: RawSeries[], started: (t: number) => number) => {
  const process = series(controller, ...throughout.map((t): [number, number] => [t, started(t)]));
  return report({
    http: 'nginx',
    samples: { nginx },
    processes: [process],
    ups: [up(throughout, [], controller)],
  });
};

describe('requests of an old process that says when it started', () => {
  const always = counted({ status: '200' }, throughout, (t) => 2 * t);

  it('count from zero under a status that it had not shown before', () => {
    const first = windowStart + 1200;
    const failed = counted({ status: '404' }, ticks(first, windowEnd), (t) => 1 + (t - first) / 10);
    const told = requests([always, failed], () => 100);
    expect(told.http_requests).toBe(7200 + 1 + 240);
    expect(told.gaps).toBeUndefined();
  });

  it('do not count from zero where the count is one of months', () => {
    const failed = counted({ status: '404' }, ticks(windowStart + 1200, windowEnd), (t) => 5_000_000 + t);
    const told = requests([always, failed], () => 100);
    expect(told.http_requests).toBe(7200 + 2400);
    expect(told.gaps?.map(({ reason }) => reason)).toEqual(['unproven_birth']);
  });
});
