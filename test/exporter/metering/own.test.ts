/** The operator's own meters in one window: counters by growth, gauges by time or height, and what is absent instead of zero. */
import { describe, expect, it } from 'vitest';
import { meterOwn, type OwnObserved } from '../../../exporter/metering/own.ts';
import type { RawSeries } from '../../../exporter/metering/series.ts';
import type { MeasuredMeter } from '../../../src/contracts/own-meters.ts';
import { at, series, ticks, up, windowEnd, windowStart } from './series-kit.ts';

const target = { job: 'gpu-exporter', instance: '10.0.0.5:9400' };
const other = { ...target, instance: '10.0.0.6:9400' };
const before = windowStart - 600;
const steady = ticks(before, windowEnd);

const meterOf = (more: Partial<MeasuredMeter> = {}, source: Partial<MeasuredMeter['source']> = {}): MeasuredMeter => ({
  field: 'custom_1',
  meter: 'gpu_time',
  title: 'GPU time',
  unit: 'GPU-hour',
  adds_up: 'sum',
  ...more,
  source: {
    series: 'gpu_seconds_total',
    kind: 'counter',
    match: { job: 'gpu-exporter' },
    namespace_label: 'namespace',
    scale: '1/3600',
    ...source,
  },
});

const counter = (meter: Partial<OwnObserved> = {}): OwnObserved => ({
  meter: meterOf(),
  window: { startMs: at(windowStart), endMs: at(windowEnd) },
  gapLimitMs: at(300),
  horizonMs: at(windowEnd),
  samples: [],
  carried: [],
  ups: [up(steady, [], target)],
  showing: true,
  processes: [],
  namespace: 'n',
  ...meter,
});
const gauge = (adds_up: 'sum' | 'level', more: Partial<OwnObserved>): OwnObserved =>
  counter({ meter: meterOf({ adds_up }, { kind: 'gauge', scale: '1' }), ...more });

/** A second of GPU a second from `from` on, with what was on it before. */
const counted = (times: number[], base = 0, labels = {}): RawSeries =>
  series(
    { ...target, namespace: 'n', ...labels },
    ...times.map((t): [number, number] => [t, base + t - (times[0] ?? 0)]),
  );
const held = (times: number[], value: number, labels = {}): RawSeries =>
  series({ ...target, namespace: 'n', ...labels }, ...times.map((t): [number, number] => [t, value]));

const seen = (quantity: number) => ({ field: 'custom_1', state: 'seen', quantity: expect.closeTo(quantity, 9) });
const missing = { field: 'custom_1', state: 'missing', unseen: expect.anything() as unknown };

describe('a counter of the operator’s own', () => {
  it('is its growth in the window, in the meter’s unit, however much it counted before', () => {
    expect(meterOwn(counter({ samples: [counted(steady, 1e6)] }))).toEqual({ ...seen(1), unseen: [] });
  });

  it('adds its series and its processes, and counts a process once that two servers scrape', () => {
    const replica = { ...target, prometheus_replica: 'b' };
    const samples = [
      counted(steady, 5, { gpu: '0' }),
      counted(steady, 9, { gpu: '1' }),
      counted(steady, 5, { ...replica, gpu: '0' }),
      counted(steady, 9, { ...replica, gpu: '1' }),
      counted(steady, 70, { ...other, gpu: '0' }),
    ];
    const ups = [up(steady, [], target), up(steady, [], replica), up(steady, [], other)];
    expect(meterOwn(counter({ samples, ups }))).toMatchObject(seen(3));
  });

  it('counts from zero what is proven to be new, also on a process that runs for long', () => {
    const late = ticks(windowStart + 1800, windowEnd);
    const samples = [counted(steady, 5, { gpu: '0' }), counted(late, 1, { gpu: '1' })];
    const processes = [series(target, [before, 1000])];
    expect(meterOwn(counter({ samples, processes }))).toMatchObject(seen((3600 + 1801) / 3600));
  });

  it('takes what was counted before anybody looked for a base, and says so', () => {
    const kept = counted(ticks(windowStart + 1800, windowEnd), 1e6, { gpu: '1' });
    expect(meterOwn(counter({ samples: [kept] }))).toMatchObject({
      ...seen(0.5),
      unseen: [{ why: 'unproven_birth', thing: expect.stringContaining('gpu_seconds_total') }],
    });
  });

  it('goes on after a reset', () => {
    const fallen = series(
      { ...target, namespace: 'n' },
      ...steady.map((t): [number, number] => [t, t < windowStart + 1800 ? t : t - windowStart - 1800]),
    );
    const processes = [series(target, [before, 1], [windowStart + 1800, windowStart + 1800])];
    expect(meterOwn(counter({ samples: [fallen], processes }))).toMatchObject(seen(3570 / 3600));
  });

  it('is not what a pod writes under another job’s name, nor what did not come with its scrapes', () => {
    const forged = { ...target, instance: 'forged:1' };
    const between = counted(ticks(before + 7, windowEnd), 0, { gpu: 'x' });
    const samples = [counted(steady, 5), counted(steady, 1e9, forged), between];
    expect(meterOwn(counter({ samples }))).toMatchObject(seen(1));
  });

  it('is zero where its targets show such series for others, and missing where nobody ever did', () => {
    expect(meterOwn(counter())).toEqual({ ...seen(0), unseen: [] });
    expect(meterOwn(counter({ ups: [], showing: false }))).toEqual(missing);
  });

  it('is a gap while its target is not scraped, and missing when it never was', () => {
    const holed = steady.filter((t) => t < windowStart + 600 || t > windowStart + 1200);
    expect(meterOwn(counter({ samples: [counted(holed)], ups: [up(holed, [], target)] }))).toMatchObject({
      unseen: [{ why: 'not_scraped' }],
    });
    const carried = [{ ...target, namespace: 'n' }];
    expect(meterOwn(counter({ carried, ups: [up([before], ticks(windowStart, windowEnd), target)] }))).toEqual(missing);
  });

  it('above a billion units is missing: no window holds as much', () => {
    const wild = series({ ...target, namespace: 'n' }, [before, 0], [windowStart, 0], [windowEnd, 4e12]);
    const times = [before, windowStart, windowEnd];
    expect(meterOwn(counter({ samples: [wild], ups: [up(times, [], target)] }))).toEqual(missing);
  });
});

describe('a gauge of the operator’s own', () => {
  it('that adds up is its time integral in unit-hours, for as long as each instance lived', () => {
    const half = ticks(windowStart, windowStart + 1800 - 30);
    const samples = [held(steady, 3), held(half, 2, other)];
    const ups = [up(steady, [], target), up(half, [], other)];
    expect(meterOwn(gauge('sum', { samples, ups }))).toMatchObject(seen(4));
  });

  it('that is a level is its highest, added up over the instances of one moment', () => {
    const jump = series(
      { ...target, namespace: 'n' },
      ...steady.map((t): [number, number] => [t, t === windowStart + 900 ? 10 : 4]),
    );
    const early = held(ticks(before, windowStart + 600), 7, other);
    const ups = [up(steady, [], target), up(ticks(before, windowStart + 600), [], other)];
    expect(meterOwn(gauge('level', { samples: [jump, early], ups }))).toMatchObject(seen(11));
    expect(meterOwn(gauge('level', { samples: [jump] }))).toMatchObject(seen(10));
  });

  it('is counted once where two jobs scrape one address, and for each pod that shows the same number', () => {
    const twice = { ...target, job: 'gpu-exporter-2' };
    const samples = [held(steady, 1), held(steady, 1, twice), held(steady, 1, other)];
    const ups = [target, twice, other].map((labels) => up(steady, [], labels));
    expect(meterOwn(gauge('sum', { samples, ups }))).toMatchObject(seen(2));
  });
});
