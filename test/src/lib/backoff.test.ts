import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { backoffMs } from '../../../src/lib/backoff.ts';

/** Thousandths: most doubles of an arbitrary one are so small that nothing follows from them. */
const share = (max: number) => fc.integer({ min: 0, max }).map((thousandths) => thousandths / 1_000);
const backoff = fc
  .record({
    baseMs: fc.integer({ min: 1, max: 3_600_000 }),
    factor: fc.integer({ min: 1, max: 1_000 }),
    jitter: share(1_000),
  })
  .map(({ baseMs, factor, jitter }) => ({ baseMs, maxMs: baseMs * factor, jitter }));
const attempt = fc.integer({ min: 1, max: 10_000 });
const random = share(999);

describe('a wait', () => {
  it('doubles from the first to the longest', () => {
    const plain = { baseMs: 500, maxMs: 4_000, jitter: 0 };
    expect([1, 2, 3, 4, 5, 99].map((n) => backoffMs(n, plain, 0))).toEqual([500, 1_000, 2_000, 4_000, 4_000, 4_000]);
  });

  it('is whole ms, never longer than the longest, and never shorter than what is not random', () => {
    fc.assert(
      fc.property(attempt, backoff, random, (n, limits, x) => {
        const waitMs = backoffMs(n, limits, x);
        expect(Number.isSafeInteger(waitMs)).toBe(true);
        expect(waitMs).toBeLessThanOrEqual(limits.maxMs);
        expect(waitMs).toBeGreaterThanOrEqual(Math.floor(limits.baseMs * (1 - limits.jitter)));
      }),
    );
  });

  it('never gets shorter with more failures, nor with a larger random number', () => {
    fc.assert(
      fc.property(attempt, backoff, random, random, (n, limits, x, y) => {
        expect(backoffMs(n + 1, limits, x)).toBeGreaterThanOrEqual(backoffMs(n, limits, x));
        expect(backoffMs(n, limits, Math.max(x, y))).toBeGreaterThanOrEqual(backoffMs(n, limits, Math.min(x, y)));
      }),
    );
  });

  it('is at least what the other side asks for, and longer by at most the random share', () => {
    fc.assert(
      fc.property(attempt, backoff, random, fc.integer({ min: 0, max: 3_600_000 }), (n, limits, x, leastMs) => {
        const waitMs = backoffMs(n, limits, x, leastMs);
        expect(waitMs).toBeGreaterThanOrEqual(leastMs);
        expect(waitMs).toBeLessThanOrEqual(Math.max(leastMs, limits.maxMs) + limits.maxMs * limits.jitter + 1);
      }),
    );
  });

  it('is a first one for an attempt before the first', () => {
    expect(backoffMs(0, { baseMs: 100, maxMs: 1_000, jitter: 0 }, 0)).toBe(100);
  });
});
