import { describe, expect, it } from 'vitest';
import type { RawSeries } from '../../../exporter/metering/series.ts';
import { report, series, ticks, up, windowEnd, windowStart } from './series-kit.ts';

const from = windowStart - 600;

describe('storage', () => {
  const gigabyte = 2 ** 30;
  const claim = (seconds: number[], labels = {}): RawSeries =>
    series(
      { job: 'kubelet', instance: 'node-1:10250', persistentvolumeclaim: 'data', ...labels },
      ...seconds.map((t): [number, number] => [t, 2 * gigabyte]),
    );
  const kubelet = up(ticks(from, windowEnd), [], { job: 'kubelet', instance: 'node-1:10250' });

  it('is the average over the whole window, with zero where the claim did not live', () => {
    expect(report({ samples: { volumes: [claim(ticks(from, windowEnd))] }, ups: [kubelet] }).storage_used_gb).toBe(2);
    const half = ticks(windowStart + 1800, windowEnd);
    expect(report({ samples: { volumes: [claim(half)] }, ups: [kubelet] }).storage_used_gb).toBe(1);
  });

  it('counts a claim once that two nodes show', () => {
    const seconds = ticks(from, windowEnd);
    const both = [claim(seconds), claim(seconds, { instance: 'node-2:10250' })];
    expect(report({ samples: { volumes: both }, ups: [kubelet] }).storage_used_gb).toBe(2);
  });

  describe('on a file system that holds more than the claim', () => {
    const shows = (name: string, used: number, node = 'node-1'): RawSeries =>
      claimOf(name, node, (t) => used * gigabyte + t);
    const claimOf = (name: string, node: string, used: (t: number) => number): RawSeries =>
      series(
        { job: 'kubelet', instance: 'node-1:10250', node, persistentvolumeclaim: name },
        ...ticks(from, windowEnd).map((t): [number, number] => [t, used(t)]),
      );
    const bounds = (claim: string, capacity?: number, request?: number) => ({
      claim,
      ...(capacity === undefined ? {} : { capacity: capacity * gigabyte }),
      ...(request === undefined ? {} : { request: request * gigabyte }),
    });
    const stored = (volumes: RawSeries[], claims: ReturnType<typeof bounds>[]) =>
      report({ samples: { volumes }, ups: [kubelet], claims });

    it('is at most what was asked for, and told', () => {
      const told = stored([shows('data', 180), shows('wal', 180)], [bounds('data', 500, 10), bounds('wal', 500, 10)]);
      expect(told).toMatchObject({ storage_used_gb: 20, complete: false });
      expect(stored([shows('data', 180)], [bounds('data', 500, 10)])).toMatchObject({
        storage_used_gb: 10,
        complete: false,
      });
    });

    it('is left out where nobody knows what was asked for', () => {
      const told = stored([shows('data', 180), shows('wal', 180)], [bounds('data', 500), bounds('wal', 500)]);
      expect(told).toMatchObject({ storage_used_gb: 0, complete: false });
    });

    it.each<[string, (t: number) => number | undefined]>([
      ['was looked at a minute later', (t) => 6 * gigabyte + 5000 * (t - 60)],
      ['is mounted later', (t) => (t > windowStart + 1200 ? 6 * gigabyte + 5000 * t : undefined)],
    ])('is one disk where the second claim %s', (_, used) => {
      const disk = (t: number): number => 6 * gigabyte + 5000 * t;
      const second = claimOf('wal', 'node-1', (t) => used(t) ?? 0);
      const kept = second.times.filter((t) => used(t / 1000) !== undefined);
      const volumes = [
        claimOf('data', 'node-1', disk),
        { ...second, times: kept, values: kept.map((t) => used(t / 1000) ?? 0) },
      ];
      const gaps = (claims: ReturnType<typeof bounds>[]) =>
        stored(volumes, claims).gaps?.map(({ thing, reason }) => `${thing} ${reason}`);
      const both = ['claim data shared_file_system', 'claim wal shared_file_system'];
      expect(gaps([bounds('data', 100, 10), bounds('wal', 100, 10)])).toEqual(both);
      expect(gaps([bounds('data', 100), bounds('wal', 100)])).toEqual(both);
      const unknown = stored(volumes, [bounds('data', 100), bounds('wal', 100)]);
      expect(unknown.storage_used_gb).toBe(0);
    });

    it('is not suspected of copies that grow alike on disks of their own', () => {
      const volumes = [
        claimOf('data', 'node-1', (t) => 6 * gigabyte + 5000 * t),
        claimOf('copy', 'node-1', (t) => 6 * gigabyte + 5000 * (t - 20)),
      ];
      expect(stored(volumes, [bounds('data', 9.8, 10), bounds('copy', 9.8, 10)]).gaps).toBeUndefined();
    });

    it('is never more than the volume can hold', () => {
      expect(stored([shows('data', 12)], [bounds('data', 10, 10)]).storage_used_gb).toBe(10);
    });

    it('is not suspected of volumes that are as large as each other, on one node or several, or new and empty', () => {
      const ten = ['data', 'wal', 'logs'].map((name) => bounds(name, 9.8, 10));
      const used = [shows('data', 3), shows('wal', 4), shows('logs', 4, 'node-2')];
      expect(stored(used, ten)).toMatchObject({ complete: false, missing: expect.anything() });
      expect(stored(used, ten).storage_used_gb).toBeCloseTo(11, 3);
      const empty = [claimOf('data', 'node-1', () => 1e6), claimOf('wal', 'node-1', () => 1e6)];
      expect(stored(empty, ten).storage_used_gb).toBeCloseTo(2e6 / gigabyte, 6);
    });
  });
});
