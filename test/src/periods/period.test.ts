import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  firstPeriod,
  holds,
  nextPeriod,
  outsideOf,
  periodsUntil,
  stateOf,
  trialPeriod,
} from '../../../src/periods/period.ts';

const at = (text: string) => Date.parse(text);
const dates = (start: string, count: number) => {
  const first = firstPeriod(at(start));
  const ends = [first.end];
  let last = first;
  for (let i = 1; i < count; i++) {
    last = nextPeriod(last);
    ends.push(last.end);
  }
  return ends.map((end) => new Date(end).toISOString());
};

describe('billing periods', () => {
  it('remember the 31st through shorter months', () => {
    expect(dates('2026-01-31T09:30:00.000Z', 4)).toEqual([
      '2026-02-28T09:30:00.000Z',
      '2026-03-31T09:30:00.000Z',
      '2026-04-30T09:30:00.000Z',
      '2026-05-31T09:30:00.000Z',
    ]);
    expect(dates('2028-01-30T00:00:00.000Z', 2)).toEqual(['2028-02-29T00:00:00.000Z', '2028-03-30T00:00:00.000Z']);
  });

  it('hold a window by its end: not at the start, still at the end', () => {
    const period = firstPeriod(at('2026-03-01T00:00:00Z'));
    expect(holds(period, period.start)).toBe(false);
    expect(holds(period, period.start + 1)).toBe(true);
    expect(holds(period, period.end)).toBe(true);
    expect(holds(period, period.end + 1)).toBe(false);
  });

  it('follow one another without gap or overlap and are 28 to 31 days long, whatever the anchor', () => {
    const day = 86_400_000;
    fc.assert(
      fc.property(fc.integer({ min: at('2024-01-01T00:00:00Z'), max: at('2030-12-31T00:00:00Z') }), (start) => {
        const first = firstPeriod(start);
        let end = first.end;
        for (const period of periodsUntil(first, start + 800 * day)) {
          expect(period.start).toBe(end);
          expect((period.end - period.start) / day).toBeGreaterThanOrEqual(28);
          expect((period.end - period.start) / day).toBeLessThanOrEqual(31);
          end = period.end;
        }
        expect(end).toBeGreaterThan(start + 800 * day);
      }),
      { numRuns: 200 },
    );
  });

  it('have a new anchor after a trial, whose own is nobody’s', () => {
    const trial = trialPeriod(at('2026-01-31T09:30:00Z'), at('2026-02-14T09:30:00Z'));
    expect(trial).toMatchObject({ kind: 'trial', end: at('2026-02-14T09:30:00Z') });
    const months = periodsUntil(trial, at('2026-03-20T00:00:00Z'));
    expect(
      months.map(({ kind, start, end }) => [kind, new Date(start).toISOString(), new Date(end).toISOString()]),
    ).toEqual([
      ['manual', '2026-02-14T09:30:00.000Z', '2026-03-14T09:30:00.000Z'],
      ['manual', '2026-03-14T09:30:00.000Z', '2026-04-14T09:30:00.000Z'],
    ]);
    expect(nextPeriod({ ...firstPeriod(at('2026-01-31T00:00:00Z')), kind: 'paid' })).toMatchObject({ anchorDay: 31 });
  });

  it('are closing until nothing is missing, for six hours at most', () => {
    const period = { start: 0, end: 1000 };
    const hour = 3_600_000;
    expect(stateOf(period, { complete: false, isBilled: null }, 999)).toBe('open');
    expect(stateOf(period, { complete: true, isBilled: null }, 999)).toBe('open');
    expect(stateOf(period, { complete: false, isBilled: null }, 1000)).toBe('closing');
    expect(stateOf(period, { complete: true, isBilled: null }, 1000)).toBe('closed');
    expect(stateOf(period, { complete: false, isBilled: null }, 1000 + 6 * hour - 1)).toBe('closing');
    expect(stateOf(period, { complete: false, isBilled: null }, 1000 + 6 * hour)).toBe('closed');
    expect(stateOf(period, { complete: true, isBilled: false }, 1000 + 6 * hour)).toBe('closing');
    expect(stateOf(period, { complete: false, isBilled: true }, 1000)).toBe('closed');
    expect(stateOf(period, { complete: false, isBilled: true }, 999)).toBe('open');
  });

  it('leave outside what none of them holds', () => {
    const periods = [
      { start: 10, end: 20 },
      { start: 20, end: 30 },
      { start: 40, end: 50 },
    ];
    expect(outsideOf(periods, { start: 0, end: 60 })).toEqual([
      { start: 0, end: 10 },
      { start: 30, end: 40 },
      { start: 50, end: 60 },
    ]);
    expect(outsideOf(periods, { start: 12, end: 28 })).toEqual([]);
    expect(outsideOf(periods, { start: 12, end: 45 })).toEqual([{ start: 30, end: 40 }]);
    expect(outsideOf([], { start: 1, end: 2 })).toEqual([{ start: 1, end: 2 }]);
  });
});
