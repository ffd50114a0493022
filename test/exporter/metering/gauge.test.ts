import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { holds, integralMs } from '../../../exporter/metering/gauge.ts';
import { peakOf } from '../../../exporter/metering/peak.ts';
import { gather, type RawSeries } from '../../../exporter/metering/series.ts';
import { at, series, ticks } from './series-kit.ts';

const window = { startMs: at(3600), endMs: at(7200) };
const always = ticks(0, 10_000).map(at);
const area = (all: RawSeries[], good = always): number =>
  integralMs(holds({ series: all, good, intervalMs: at(30), gapLimitMs: at(300) }, window)) / 1000;
const level = (from: number, to: number, value: number, labels = {}): RawSeries =>
  series(labels, ...ticks(from, to).map((t): [number, number] => [t, value]));

describe('a gauge', () => {
  it('is integrated over the whole window when it lived through it', () => {
    expect(area([level(0, 9000, 4)])).toBe(4 * 3600);
  });

  it('counts ten minutes of a ten-minute pod, not an hour', () => {
    expect(area([level(4200, 4770, 100)])).toBe(100 * 600);
  });

  it('ends a scrape after its last sample', () => {
    expect(area([level(0, 4500, 1)])).toBe(4530 - 3600);
  });

  it('is not taken for alive while its target was scraped without it', () => {
    expect(area([level(0, 4500, 1), level(4800, 9000, 1)])).toBe(4530 - 3600 + 2400);
  });

  it('bridges scrapes that failed, up to a gap', () => {
    const missed = (from: number, to: number) => always.filter((t) => t <= at(from) || t >= at(to));
    expect(area([level(0, 4500, 1), level(4800, 9000, 1)], missed(4500, 4800))).toBe(3600);
    expect(area([level(0, 4500, 1), level(4830, 9000, 1)], missed(4500, 4830))).toBe(4530 - 3600 + 7200 - 4830);
  });

  it('is once what two replicas or jobs show', () => {
    const one = area([level(0, 9000, 4)]);
    expect(area([level(0, 9000, 4, { replica: 'a' }), level(7, 9000, 4, { replica: 'b' })])).toBeCloseTo(one, 6);
  });

  it('follows a level that rises', () => {
    const rising = series({}, ...ticks(0, 9000).map((t): [number, number] => [t, t]));
    expect(area([rising])).toBe(((3600 + 7200) / 2) * 3600);
  });

  it('adds up over neighbouring windows, also where scrapes failed across the edge', () => {
    const seconds = ticks(0, 10_000).filter((t) => t <= 7100 || t >= 7320);
    const rising = series({}, ...seconds.map((t): [number, number] => [t, t]));
    const view = { series: [rising], good: seconds.map(at), intervalMs: at(30), gapLimitMs: at(300) };
    const of = (from: number, to: number) => integralMs(holds(view, { startMs: at(from), endMs: at(to) }));
    expect(of(3600, 7200) + of(7200, 9000)).toBeCloseTo(of(3600, 9000), 3);
    expect(of(3600, 9000)).toBeCloseTo((at(5400) * (3600 + 9000)) / 2, 3);
  });

  it('gives the same for samples in any order, told twice or spread over replicas', () => {
    const samples = fc.array(fc.tuple(fc.integer({ min: 100, max: 250 }), fc.integer({ min: 0, max: 9 })), {
      minLength: 1,
    });
    fc.assert(
      fc.property(samples, fc.integer({ min: 1, max: 9 }), (pairs, cut) => {
        const points = [...new Map(pairs)].map(([t, v]): [number, number] => [t * 30, v]);
        const whole = area(gather([series({}, ...points)]));
        expect(area(gather([series({}, ...points.toReversed()), series({}, ...points)]))).toBe(whole);
        const sorted = points.toSorted((a, b) => a[0] - b[0]);
        const [some, rest] = [sorted.filter((_, i) => i % 10 < cut), sorted.filter((_, i) => i % 10 >= cut)];
        expect(area(gather([series({ r: 'a' }, ...some), series({ r: 'b' }, ...rest)]))).toBe(whole);
      }),
    );
  });
});

describe('a peak', () => {
  const span = (owner: string, from: number, to: number) => ({ owner, span: { startMs: from, endMs: to } });
  it('is the most that lived at once, each owner once', () => {
    expect(peakOf([])).toBe(0);
    expect(peakOf([span('a', 0, 10), span('a', 2, 8), span('b', 9, 20), span('c', 15, 30)])).toBe(2);
  });
  it('does not take a pod and its successor for two', () => {
    expect(peakOf([span('a', 0, 10), span('b', 10, 20)])).toBe(1);
  });
});
