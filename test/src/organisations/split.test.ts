import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { splitCents } from '../../../src/organisations/split.ts';

describe('a split of cents', () => {
  it('loses no cent and makes none, and nobody is more than a cent from the exact share', () => {
    const weights = fc.array(fc.integer({ min: 0, max: 1_000_000_000 }), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1_000_000_000_000 }), weights, (cents, of) => {
        const shares = splitCents(cents, of);
        expect(shares.reduce((sum, share) => sum + share, 0)).toBe(cents);
        const total = of.reduce((sum, weight) => sum + weight, 0);
        for (const [i, share] of shares.entries()) {
          const exact = total === 0 ? cents / of.length : cents * ((of[i] ?? 0) / total);
          expect(Math.abs(share - exact)).toBeLessThan(1.01);
        }
      }),
    );
  });

  it('gives what is left to the largest remainders, the first of equals', () => {
    expect(splitCents(10, [1, 1, 1])).toEqual([4, 3, 3]);
    expect(splitCents(100, [1, 2, 4])).toEqual([14, 29, 57]);
    expect(splitCents(3, [0, 0])).toEqual([2, 1]);
    expect(splitCents(3, [])).toEqual([]);
  });
});
