/** The short form of `npm run figures -- spend-cap`: random loads under a cap never come further than was printed. */
import { describe, expect, it } from 'vitest';
import { live, loadOf } from './loads.ts';

const outcomes = Array.from({ length: 60 }, (_, seed) => live(loadOf(seed + 1, 1)).stopped).filter(
  (one) => one !== null,
);

describe('a load that is as fast as in the last 24 hours at most', () => {
  it('is stopped above the cap by what was printed before, at most, and never below it', () => {
    expect(outcomes.length).toBeGreaterThan(20);
    for (const { overCents, printedBefore } of outcomes) {
      expect(overCents).toBeGreaterThanOrEqual(0);
      expect(overCents).toBeLessThanOrEqual(printedBefore);
    }
  });

  it('comes far enough that less would not do: a third of what is printed is not enough for all of them', () => {
    expect(outcomes.some(({ overCents, printedBefore }) => overCents > printedBefore / 3)).toBe(true);
  });
});
