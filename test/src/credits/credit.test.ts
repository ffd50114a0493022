/** Which credit an invoice takes. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type LeftCredit, takeCredit } from '../../../src/credits/credit.ts';

const grant = (id: string, leftCents: number, expiresAt: number | null = null, createdAt = 0): LeftCredit => ({
  id,
  leftCents,
  expiresAt,
  createdAt,
});
const idsOf = (grants: readonly LeftCredit[], cents: number, now = 0) =>
  takeCredit(grants, cents, now).map(({ creditId, cents: taken }) => `${creditId}:${taken}`);

describe('what an invoice takes', () => {
  it('is what expires first, then what is oldest, and what never expires last', () => {
    const grants = [
      grant('never', 10, null, 1),
      grant('late', 10, 200, 3),
      grant('soon', 10, 100, 4),
      grant('older', 10, 200, 2),
    ];
    expect(idsOf(grants, 35)).toEqual(['soon:10', 'older:10', 'late:10', 'never:5']);
  });

  it('is at most what the invoice comes to: the rest stays', () => {
    expect(idsOf([grant('a', 5000)], 2900)).toEqual(['a:2900']);
    expect(idsOf([grant('a', 5000)], 0)).toEqual([]);
    expect(idsOf([grant('a', 5000)], -300)).toEqual([]);
  });

  it('is nothing whose time is over, to the millisecond', () => {
    expect(idsOf([grant('a', 5, 100)], 5, 99)).toEqual(['a:5']);
    expect(idsOf([grant('a', 5, 100)], 5, 100)).toEqual([]);
  });

  it('is the lesser of the invoice and the credit, whatever the grants are', () => {
    const grants = fc.array(fc.record({ left: fc.nat(10_000), expires: fc.option(fc.nat(100)), made: fc.nat(100) }), {
      maxLength: 12,
    });
    fc.assert(
      fc.property(grants, fc.nat(50_000), fc.nat(100), (given, cents, now) => {
        const all = given.map(({ left, expires, made }, n) => grant(`g${n}`, left, expires, made));
        const taken = takeCredit(all, cents, now);
        const usable = all.filter(({ expiresAt }) => expiresAt === null || expiresAt > now);
        const sum = taken.reduce((total, one) => total + one.cents, 0);
        expect(sum).toBe(
          Math.min(
            cents,
            usable.reduce((total, { leftCents }) => total + leftCents, 0),
          ),
        );
        for (const { creditId, cents: some } of taken) {
          expect(some).toBeGreaterThan(0);
          expect(some).toBeLessThanOrEqual(usable.find(({ id }) => id === creditId)?.leftCents ?? 0);
        }
      }),
    );
  });
});
