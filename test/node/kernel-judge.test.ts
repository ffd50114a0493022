/** What of a stack's usage beside the kernel's own counters passes, and what does not. */
import { describe, expect, it } from 'vitest';
import { type Compared, type ComparedRun, faultsOf, faultsOfRun, longestWhole, type Meter } from './kernel-judge.ts';

const meter = (metered: number, more: Partial<Meter> = {}): Meter => ({
  field: 'cpu_hours',
  metered,
  least: 1000,
  most: 1000,
  unseenAtStart: 0,
  unseenAtEnd: 0,
  ...more,
});
const window = (n: number, meters: Meter[] | null): Compared => ({
  startMs: n * 60_000,
  endMs: (n + 1) * 60_000,
  gaps: meters === null ? [] : null,
  meters: meters ?? [],
});
const run = (windows: number, one: Meter): ComparedRun => ({
  startMs: 0,
  endMs: windows * 60_000,
  windows,
  meters: [one],
});

describe('a window beside the kernel', () => {
  it.each([999.1, 1000, 1000.9])('is as promised within 0.1 %% at the samples: %d of 1000', (metered) => {
    expect(faultsOf(window(0, [meter(metered)]))).toEqual([]);
  });

  it.each([
    [998.8, 'below'],
    [1001.2, 'above'],
  ])('is not beyond that: %d of 1000', (metered, word) => {
    expect(faultsOf(window(0, [meter(metered)]))).toEqual([`cpu_hours ${metered} is ${word} 1000`]);
  });

  it('is held to what is known of the counters: between two readings', () => {
    expect(faultsOf(window(0, [meter(1004, { most: 1005 })]))).toEqual([]);
    // Of 27 November 2026, as docs/figures.md has it.
    const published = meter(8.5321, { least: 8.5297, most: 8.5322 });
    expect(faultsOf(window(0, [published]))).toEqual([]);
  });
});

describe('a run of windows beside the kernel', () => {
  it('is the longest of whole windows that follow one another', () => {
    const whole = [meter(1)];
    const windows = [
      window(0, whole),
      window(1, null),
      ...[2, 3].map((n) => window(n, whole)),
      ...[5, 6, 7].map((n) => window(n, whole)),
      window(8, null),
      window(9, whole),
    ];
    expect(longestWhole(windows).map(({ startMs }) => startMs / 60_000)).toEqual([5, 6, 7]);
    expect(longestWhole([window(0, null)])).toEqual([]);
  });

  it('of an hour is within 0.5 % of what was counted between its edges', () => {
    const lagging = { unseenAtStart: 10, unseenAtEnd: 10 };
    for (const metered of [995.5, 1000, 1004.5]) expect(faultsOfRun(run(60, meter(metered, lagging)))).toEqual([]);
    expect(faultsOfRun(run(60, meter(994, lagging)))).toEqual(['cpu_hours 994 is below 1000']);
    expect(faultsOfRun(run(60, meter(1006, lagging)))).toEqual(['cpu_hours 1006 is above 1000']);
  });

  it('shorter than that lacks at most what its last samples had not yet shown', () => {
    expect(faultsOfRun(run(3, meter(950, { unseenAtEnd: 50 })))).toEqual([]);
    expect(faultsOfRun(run(3, meter(940, { unseenAtEnd: 50 })))).toEqual(['cpu_hours 940 is below 950']);
  });

  it('is never above what was counted and not yet metered by 0.1 %, however short', () => {
    expect(faultsOfRun(run(3, meter(1050, { unseenAtStart: 50 })))).toEqual([]);
    expect(faultsOfRun(run(3, meter(1052, { unseenAtStart: 50 })))).toEqual(['cpu_hours 1052 is above 1050']);
    expect(faultsOfRun(run(60, meter(1002)))).toEqual(['cpu_hours 1002 is above 1000']);
  });
});
