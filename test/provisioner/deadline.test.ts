/** Whatever a job starts has ended before its lease does, for every lease, clock and time-out. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  deadlinesOf,
  helmChangeMinMs,
  helmReadMinMs,
  killAfterSeconds,
  upgradeUntil,
  waitSeconds,
} from '../../provisioner/deadline.ts';

const instant = (ms: number) => new Date(ms).toISOString();
const lease = fc.record({
  sentAt: fc.integer({ min: 0, max: 1e9 }),
  serverTime: fc.integer({ min: 0, max: 4e12 }),
  leaseMs: fc.integer({ min: -10_000, max: 4_000_000 }),
  timeoutMs: fc.integer({ min: -1, max: 4_000_000 }),
  capMs: fc.option(fc.integer({ min: 5_000, max: 3_600_000 }), { nil: undefined }),
});
const deadlines = (of: typeof lease extends fc.Arbitrary<infer T> ? T : never) =>
  deadlinesOf({ ...of, leaseUntil: instant(of.serverTime + of.leaseMs), serverTime: instant(of.serverTime) });

describe('deadlines', () => {
  it('work ends before the lease, never after the job’s time or the cap, counted from before the request', () => {
    fc.assert(
      fc.property(lease, (of) => {
        const { workUntil, leaseUntil } = deadlines(of);
        expect(leaseUntil).toBe(of.sentAt + Math.max(0, of.leaseMs));
        expect(workUntil).toBeLessThanOrEqual(leaseUntil);
        expect(workUntil - of.sentAt).toBeLessThanOrEqual(
          Math.max(0, Math.min(of.timeoutMs, of.capMs ?? of.timeoutMs)),
        );
        if (of.leaseMs > 0) expect(workUntil).toBeLessThan(leaseUntil);
      }),
    );
  });

  it('the contract’s lease of time-out + 60 s leaves the job all of its time', () => {
    const of = { sentAt: 1_000, serverTime: 5, leaseMs: 360_000, timeoutMs: 300_000, capMs: undefined };
    expect(deadlines(of)).toEqual({ workUntil: 301_000, leaseUntil: 361_000 });
  });

  it.each([
    ['not a time', instant(0)],
    [instant(0), 'not a time'],
  ])('unreadable times are a lease that is over: %s, %s', (leaseUntil, serverTime) => {
    const over = deadlinesOf({
      sentAt: 7,
      leaseUntil,
      serverTime,
      timeoutMs: 300_000,
      capMs: undefined,
    });
    expect(over.workUntil).toBeLessThanOrEqual(7);
    expect(over.leaseUntil).toBe(7);
  });
});

describe('the kill timer', () => {
  it('strikes before the deadline, and nothing is started with too little left', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 1e9, noNaN: true }),
        fc.double({ min: -1e5, max: 4e6, noNaN: true }),
        (now, left) => {
          const seconds = killAfterSeconds(now, now + left, helmChangeMinMs);
          if (seconds === null) {
            expect(left).toBeLessThan(helmChangeMinMs + 1);
            return;
          }
          expect(Number.isInteger(seconds)).toBe(true);
          expect(seconds).toBeGreaterThanOrEqual(1);
          expect(now + seconds * 1000).toBeLessThanOrEqual(now + left + 1e-3);
        },
      ),
    );
  });

  it('is never 0, which would be no timer at all', () => {
    expect(killAfterSeconds(0, 999, 0)).toBeNull();
    expect(killAfterSeconds(0, 1_000, 0)).toBe(1);
  });

  it('helm’s own time-out ends before it, so that helm says itself what was not ready', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 3_600 }), (seconds) => {
        expect(waitSeconds(seconds)).toBeGreaterThanOrEqual(1);
        expect(waitSeconds(seconds)).toBeLessThan(seconds);
      }),
    );
    expect(waitSeconds(300)).toBe(270);
  });

  it('strikes an upgrade so early that there is time to roll it back, where there is time for both at all', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e9 }), fc.integer({ min: 0, max: 3_600_000 }), (now, left) => {
        const until = upgradeUntil(now, now + left);
        expect(until).toBeGreaterThanOrEqual(now);
        expect(until).toBeLessThanOrEqual(now + left);
        if (left >= 17_000) expect(now + left - until).toBeGreaterThan(helmChangeMinMs + 2 * helmReadMinMs);
      }),
    );
    expect(upgradeUntil(0, 300_000)).toBe(255_000);
  });
});
