import { describe, expect, it } from 'vitest';
import { dayMs, hourMs } from '../../../src/lib/time.ts';
import { betweenEdges, inSteps, splitDays } from '../../../src/usage/cut.ts';

const day = (n: number, hours = 0) => n * dayMs + hours * hourMs;

describe('a cut', () => {
  it('reads the windows of days that an edge lies in, and the roll-ups of all others', () => {
    expect(splitDays(betweenEdges([day(1), day(3), day(9)]))).toEqual([]);
    expect(splitDays(betweenEdges([day(1), day(3, 5), day(9)]))).toEqual([3]);
    expect(splitDays(betweenEdges([day(1, 1), day(1, 5), day(9, 23)]))).toEqual([1, 9]);
  });

  it('by the hour reads the windows of every day of its hours, and roll-ups before them', () => {
    const hours = inSteps(day(1), day(5, 3), day(6, 2), hourMs);
    expect(hours.buckets[0]).toEqual({ start: day(1), end: day(5, 3) });
    expect(hours.buckets).toHaveLength(24);
    expect(splitDays(hours)).toEqual([5, 6]);
    expect(splitDays(inSteps(day(1), day(5), day(8, 1), hourMs)).sort()).toEqual([5, 6, 7, 8]);
  });

  it('by the day begins with what is before it in its month', () => {
    const days = inSteps(day(1), day(4), day(6), dayMs);
    expect(days.buckets).toEqual([
      { start: day(1), end: day(4) },
      { start: day(4), end: day(5) },
      { start: day(5), end: day(6) },
    ]);
    expect(splitDays(days)).toEqual([]);
    expect(inSteps(day(4), day(4), day(6), dayMs).buckets).toHaveLength(2);
  });
});
