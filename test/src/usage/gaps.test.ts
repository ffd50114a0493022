import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hourMs, type TimeRange } from '../../../src/lib/time.ts';
import { type Accounted, type Expectation, type Gap, gapsOf } from '../../../src/usage/gaps.ts';

const day = Date.parse('2026-11-20T00:00:00Z');
const hour = (h: number) => day + h * hourMs;
const between = (from: number, to: number): TimeRange => ({ from: hour(from), to: hour(to) });
const range = between(0, 24);

type Expected = Expectation & { running: readonly TimeRange[] | null };
const expected = (over: Partial<Expected> = {}): Expected => ({
  reporterSeq: 1,
  projectSeq: 1,
  windowSeconds: 3600,
  active: [between(0, 24)],
  running: null,
  ...over,
});
const seen = (state: Accounted['state'], from: number, to: number): Accounted => ({
  reporterSeq: 1,
  projectSeq: 1,
  state,
  ...between(from, to),
});
const shown = (gaps: readonly Gap[]) =>
  gaps.map((g) => [(g.from - day) / hourMs, (g.to - day) / hourMs, g.windows, g.reason]);

describe('gaps', () => {
  it('are only of expected windows: what was seen in part before the stack was there, or while suspended, is none', () => {
    const accounted = [
      seen('unavailable', 0, 6),
      seen('partial', 6, 10),
      seen('complete', 10, 12),
      seen('partial', 12, 16),
      seen('unavailable', 16, 18),
    ];
    const running = [
      { from: hour(8.5), to: hour(13.5) },
      { from: hour(17), to: hour(19) },
    ];
    expect(shown(gapsOf([expected({ running })], accounted, range, hour(23)))).toEqual([
      [8, 10, 2, 'partial'],
      [12, 14, 2, 'partial'],
      [17, 18, 1, 'unavailable'],
      [18, 19, 1, 'missing'],
    ]);
  });

  it('of a window that was seen in part are told at once; a missing one only when it is late', () => {
    const accounted = [seen('complete', 0, 10), seen('partial', 10, 11)];
    expect(shown(gapsOf([expected()], accounted, range, hour(12.1)))).toEqual([[10, 11, 1, 'partial']]);
    expect(shown(gapsOf([expected()], accounted, range, hour(12.25)))).toEqual([
      [10, 11, 1, 'partial'],
      [11, 12, 1, 'missing'],
    ]);
  });

  it('are every hour that was expected and due, and not seen whole, whatever was reported when', () => {
    const hours = fc.array(fc.tuple(fc.nat(30), fc.integer({ min: 1, max: 6 })), { maxLength: 6 });
    const states = fc.array(fc.constantFrom(null, 'complete', 'partial', 'unavailable'), {
      minLength: 30,
      maxLength: 30,
    });
    const intervals = (pairs: [number, number][]) => pairs.map(([from, length]) => between(from, from + length));
    const within = (pairs: [number, number][], h: number) =>
      pairs.some(([from, length]) => from <= h && h < from + length);
    fc.assert(
      fc.property(hours, hours, states, fc.nat(30), (active, running, reported, now) => {
        const accounted = reported.flatMap((state, h) => (state === null ? [] : [seen(state, h, h + 1)]));
        const expectations = [expected({ active: intervals(active), running: intervals(running) })];
        const found = gapsOf(expectations, accounted, range, hour(now)).flatMap((gap) =>
          Array.from({ length: gap.windows }, (_, i) => [(gap.from - day) / hourMs + i, gap.reason] as const),
        );
        const wanted = Array.from({ length: 24 }, (_, h) => [h, reported[h] ?? 'missing'] as const).filter(
          ([h, state]) =>
            within(active, h) && within(running, h) && state !== 'complete' && (state !== 'missing' || h + 2 <= now),
        );
        expect(found).toEqual(wanted);
      }),
    );
  });

  it('are found in a year of quarter hours of which every other one is missing, in one pass', () => {
    const windows = 365 * 96;
    const quarter = 900_000;
    const reads = { count: 0 };
    const accounted = Array.from({ length: windows / 2 }, (_, i): Accounted => {
      const from = day + i * 2 * quarter;
      return {
        reporterSeq: 1,
        projectSeq: 1,
        state: 'complete',
        from,
        get to() {
          reads.count += 1;
          return from + quarter;
        },
      };
    });
    const year = { from: day, to: day + windows * quarter };
    const gaps = gapsOf([expected({ windowSeconds: 900, active: [year] })], accounted, year, year.to + hourMs);
    expect(gaps).toHaveLength(windows / 2);
    expect(gaps.every((g) => g.windows === 1 && g.reason === 'missing')).toBe(true);
    expect(reads.count).toBeLessThan(windows * 10);
  });
});
