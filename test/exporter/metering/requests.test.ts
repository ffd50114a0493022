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
const requests = (nginx: RawSeries[], started: (t: number) => number | undefined) => {
  const pairs = throughout.flatMap((t): [number, number][] => (started(t) === undefined ? [] : [[t, started(t) ?? 0]]));
  return report({
    http: 'nginx',
    samples: { nginx },
    processes: pairs.length > 0 ? [series(controller, ...pairs)] : [],
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

describe('two processes behind one address', () => {
  const hours = 3600;
  const older = (t: number): number => 2 * (t + 480 * hours);
  const younger = (t: number): number => 2 * (t + 10 * hours);

  it.each<[string, (n: number) => boolean]>([
    ['every third', (n) => n % 3 === 0],
    ['every second', (n) => n % 2 === 0],
    ['two of three', (n) => n % 3 !== 0],
    ['runs of seven', (n) => n % 14 < 7],
  ])('are never added up, and are told, where %s scrape is of the younger', (_, isYounger) => {
    const count = (t: number): number => (isYounger(t / 30) ? younger(t) : older(t));
    const nginx = [counted({ status: '200' }, throughout, count)];
    for (const started of [(t: number) => (isYounger(t / 30) ? windowStart - 10 * hours : 1), () => undefined]) {
      const told = requests(nginx, started);
      expect(told.http_requests).toBeLessThanOrEqual(7200);
      expect(told.http_requests).toBeGreaterThan(6500);
      expect(told.gaps?.map(({ reason }) => reason)).toContain('unexplained_count');
    }
  });

  it('are one where one of them restarts again and again, and says so', () => {
    const restarted = (t: number): number => Math.floor(t / 900) * 900;
    const nginx = [counted({ status: '200' }, throughout, (t) => 2 * (t - restarted(t)) + 1)];
    const told = requests(nginx, restarted);
    expect(told.gaps).toBeUndefined();
    expect(told.http_requests).toBeGreaterThan(6900);
  });
});

describe('requests in a mesh', () => {
  const proxies = { job: 'envoy-stats', instance: '10.3.0.1:15090' };
  const reported = (reporter: string, perSecond: number, more: Record<string, string> = {}): RawSeries =>
    series(
      { ...proxies, pod: reporter, reporter, response_code: '200', destination_service_name: 'web', ...more },
      ...throughout.map((t): [number, number] => [t, perSecond * t]),
    );
  const requested = (istio: RawSeries[]): number | undefined =>
    report({ http: 'istio', samples: { istio }, ups: [up(throughout, [], proxies)] }).http_requests;
  const all = [reported('source', 4), reported('waypoint', 3), reported('destination', 2)];

  it('are counted once, by who is nearest to where they arrive', () => {
    expect(requested(all)).toBe(2 * 3600);
    expect(requested(all.slice(0, 2))).toBe(3 * 3600);
    expect(requested(all.slice(0, 1))).toBe(4 * 3600);
    expect(requested([...all, reported('waypoint', 5, { destination_service_name: 'other' })])).toBe(7 * 3600);
  });
});
