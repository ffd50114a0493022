import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type History, project, type UsedDay } from '../../../src/usage/projection.ts';

const dayMs = 86_400_000;
/** A Monday. */
const first = 20_000 - ((20_000 - 4) % 7);
const at = (day: number) => (first + day) * dayMs;
const none = { usage: {}, ms: 0 };
const daysOf = (...values: number[]): UsedDay[] => values.map((value, i) => ({ day: first + i, usage: { x: value } }));
const history = (...values: number[]): History => ({ days: daysOf(...values), soFar: none });

describe('a projection of usage', () => {
  it('takes the mean of the last seven days, and a range that days have shown', () => {
    const steady = project(history(99, 10, 10, 10, 10, 10, 10, 10), at(8), at(18));
    expect(steady).toMatchObject({ method: 'daily', historyDays: 7 });
    expect(steady.between(at(8), at(18))['x']).toEqual({ expected: 100, low: 100, high: 100 });
    const { expected, low, high } = project(history(6, 14, 6, 14), at(4), at(14)).between(at(4), at(14))['x'] ?? fail();
    expect(expected).toBe(100);
    // The deviation of ten days that differ by 4.6, foretold by four.
    expect([low, high].map(Math.round)).toEqual([100 - 35, 100 + 35]);
  });

  it('knows working days from others after two weeks', () => {
    const week = [10, 10, 10, 10, 10, 0, 0];
    const { method, historyDays, between } = project(history(...week, ...week), at(14), at(21));
    expect([method, historyDays]).toEqual(['weekday', 14]);
    expect(between(at(14), at(19))['x']?.expected).toBe(50);
    expect(between(at(19), at(21))['x']).toEqual({ expected: 0, low: 0, high: 0 });
    expect(between(at(14.5), at(15))['x']?.expected).toBe(5);
  });

  it('says of one day, or of the hours so far, no more than that it may be nothing or twice as much', () => {
    const one = project(history(24), at(1), at(2));
    expect([one.method, one.historyDays]).toEqual(['daily', 1]);
    expect(one.between(at(1), at(2))['x']).toEqual({ expected: 24, low: 0, high: 48 });
    const hours = project({ days: [], soFar: { usage: { x: 6 }, ms: dayMs / 4 } }, at(1), at(2));
    expect([hours.method, hours.historyDays]).toEqual(['so_far', 0]);
    expect(hours.between(at(1), at(2))['x']).toEqual({ expected: 24, low: 0, high: 48 });
    const nothing = project({ days: [], soFar: { usage: { x: 6 }, ms: 1000 } }, at(1), at(2));
    expect([nothing.method, nothing.between(at(1), at(2))['x']?.expected]).toEqual(['none', 0]);
  });

  it('never has less than nothing, nor a range beside what it expects, and its parts are the whole', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 1e15 }), { minLength: 1, maxLength: 28 }),
        fc.integer({ min: 1, max: 31 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (values, days, share) => {
          const [from, to] = [at(values.length), at(values.length + days)];
          const { between } = project(history(...values), from, to);
          const cut = from + Math.floor((to - from) * share);
          const whole = between(from, to)['x'] ?? fail();
          const parts = [between(from, cut)['x'] ?? fail(), between(cut, to)['x'] ?? fail()];
          for (const { expected, low, high } of [whole, ...parts]) {
            expect(low).toBeGreaterThanOrEqual(0);
            expect(expected).toBeGreaterThanOrEqual(low);
            expect(high).toBeGreaterThanOrEqual(expected);
          }
          const sum = parts.reduce((total, { expected }) => total + expected, 0);
          expect(Math.abs(sum - whole.expected)).toBeLessThanOrEqual(1e-9 * whole.expected + 1e-6);
        },
      ),
      { numRuns: 300 },
    );
  });
});

function fail(): never {
  throw new Error('the meter is missing');
}
