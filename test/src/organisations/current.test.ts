import { describe, expect, it } from 'vitest';
import { hourMs, iso } from '../../../src/lib/time.ts';
import { costsOf } from '../../../src/organisations/cost.ts';
import { currentCut, currentOf, sameHourBefore } from '../../../src/organisations/current.ts';
import { foretell, pastDays } from '../../../src/organisations/foretell.ts';
import { listRatesOf } from '../../../src/pricing/list-rates.ts';
import type { Bucket } from '../../../src/usage/cut.ts';
import type { Running } from '../../../src/usage/gaps.ts';

const at = (text: string) => Date.parse(text);
const rates = listRatesOf({ prices: { cpu_core_ms: { kind: 'per_unit', unitPrice: '0.05' } }, ownMeters: {} });
const columns = ['cpu_core_ms'];

/** A project that uses 20 cores in every hour from one instant to another: a dollar an hour. */
function costOf(buckets: readonly Bucket[], from: number, to: number, now: number, expectations: Running[] = []) {
  const sums = buckets.flatMap(({ start, end }, bucket) => {
    const hours = (Math.min(end, to) - Math.max(start, from)) / hourMs;
    if (hours <= 0) return [];
    const units = [BigInt(hours) * 20n * 3_600_000n];
    return [
      {
        projectSeq: 1,
        reporterSeq: 1,
        bucket,
        lastEnd: Math.min(end, to),
        complete: true,
        coveredMs: hours * hourMs,
        units,
      },
    ];
  });
  const [cost] = costsOf({ projects: [1], sums, buckets, rates, columns, expectations, now, together: true });
  if (!cost) throw new Error('no cost');
  return cost;
}

function figures(now: number, from: number, to: number, expectations: Running[] = []) {
  const { buckets } = currentCut(now);
  return currentOf(costOf(buckets, from, to, now, expectations), buckets, now);
}

const expectation = (from: number): Running => ({
  reporterSeq: 1,
  projectSeq: 1,
  windowSeconds: 3600,
  active: [{ from, to: Number.POSITIVE_INFINITY }],
  running: null,
});

describe('figures of now', () => {
  const october = at('2026-10-01T00:00:00Z');

  it('take the clock’s last full hour, and the one before while its reports are on their way', () => {
    const late = at('2026-11-20T12:10:00Z');
    expect(iso(figures(late, october, at('2026-11-20T11:00:00Z')).hourEnd)).toBe('2026-11-20T11:00:00.000Z');
    expect(figures(late, october, at('2026-11-20T11:00:00Z')).lastDayCents).toBe(2400);
    expect(iso(figures(late, october, at('2026-11-20T12:00:00Z')).hourEnd)).toBe('2026-11-20T12:00:00.000Z');
    const later = at('2026-11-20T12:20:00Z');
    expect(figures(later, october, at('2026-11-20T11:00:00Z'))).toMatchObject({ lastDayCents: 2300, hourUnits: [0n] });
  });

  it('have a last day that began in the month before', () => {
    const now = at('2026-11-01T05:30:00Z');
    const found = figures(now, october, at('2026-11-01T05:00:00Z'));
    expect(found).toMatchObject({ totalCents: 500, lastDayCents: 2400, previousCents: 74_400 });
    expect(found.previousSameHourCents).toBe(500);
  });

  it('compare with the month before up to the same hour, of a shorter one up to its end', () => {
    expect(iso(sameHourBefore(at('2026-11-20T12:30:00Z')))).toBe('2026-10-20T12:00:00.000Z');
    expect(iso(sameHourBefore(at('2026-03-31T12:30:00Z')))).toBe('2026-03-01T00:00:00.000Z');
    expect(iso(sameHourBefore(at('2026-11-01T00:10:00Z')))).toBe('2026-10-01T00:00:00.000Z');
  });

  it('are complete while all is there that should be: an hour is due 15 minutes after its end', () => {
    const since = at('2026-11-10T00:00:00Z');
    const to = at('2026-11-20T11:00:00Z');
    const due = [expectation(since)];
    expect(figures(at('2026-11-20T12:14:00Z'), since, to, due).complete).toBe(true);
    expect(figures(at('2026-11-20T12:16:00Z'), since, to, due).complete).toBe(false);
    expect(figures(at('2026-11-20T12:14:00Z'), since + hourMs, to, due).complete).toBe(false);
  });

  describe('of two reporters', () => {
    const now = at('2026-11-20T12:10:00Z');
    const { buckets } = currentCut(now);
    const month = at('2026-11-01T00:00:00Z');
    const noon = at('2026-11-20T12:00:00Z');
    const of = (projectSeq: number, reporterSeq: number): Running => ({
      ...expectation(month),
      projectSeq,
      reporterSeq,
    });
    /**
     * Whether each project is complete, of reporters that have every hour up to an instant; of those `beside` nothing is expected,
     * and they saw no hour whole.
     */
    const complete = (
      until: readonly [project: number, reporter: number, ms: number][],
      together: boolean,
      beside: ReadonlySet<number> = new Set(),
    ) => {
      const sums = until.flatMap(([projectSeq, reporterSeq, to]) =>
        buckets.flatMap(({ start, end }, bucket) => {
          const coveredMs = Math.min(end, to) - Math.max(start, month);
          const lastEnd = Math.min(end, to);
          return coveredMs <= 0
            ? []
            : [
                {
                  projectSeq,
                  reporterSeq,
                  bucket,
                  lastEnd,
                  complete: !beside.has(reporterSeq),
                  coveredMs,
                  units: [1n],
                },
              ];
        }),
      );
      const projects = [...new Set(until.map(([project]) => project))];
      const expectations = until.flatMap(([project, reporter]) =>
        beside.has(reporter) ? [] : [of(project, reporter)],
      );
      const costs = costsOf({ projects, sums, buckets, rates, columns, expectations, beside, now, together });
      return costs.map((cost) => currentOf(cost, buckets, now).complete);
    };

    it('one that is early makes the other’s hour due: figures to noon are not complete without it', () => {
      expect(
        complete(
          [
            [1, 1, noon - hourMs],
            [1, 2, noon - hourMs],
          ],
          true,
        ),
      ).toEqual([true]);
      expect(
        complete(
          [
            [1, 1, noon],
            [1, 2, noon - hourMs],
          ],
          true,
        ),
      ).toEqual([false]);
      expect(
        complete(
          [
            [1, 1, noon],
            [1, 2, noon],
          ],
          true,
        ),
      ).toEqual([true]);
    });

    it('one that has no rate here makes nothing due, and nothing incomplete that it did not see', () => {
      const early: [number, number, number][] = [
        [1, 1, noon - hourMs],
        [1, 2, noon],
      ];
      expect(complete(early, true, new Set([2]))).toEqual([true]);
      expect(complete(early, false, new Set([2]))).toEqual([true]);
    });

    it('of two projects that are added up, too; each for itself is as new as its own', () => {
      const both: [number, number, number][] = [
        [1, 1, noon],
        [2, 2, noon - hourMs],
      ];
      expect(complete(both, true)).toEqual([true, false]);
      expect(complete(both, false)).toEqual([true, true]);
    });

    it('what one has too many makes up for none of the other’s', () => {
      const day = buckets.findIndex(({ start }) => start === month);
      const due = 240 * hourMs;
      const sums = [1, 2].map((reporterSeq) => ({
        projectSeq: 1,
        reporterSeq,
        bucket: day,
        lastEnd: month + due,
        complete: true,
        coveredMs: reporterSeq === 1 ? due + hourMs : due - hourMs,
        units: [1n],
      }));
      const expectations = [1, 2].map((reporter) => ({
        ...of(1, reporter),
        active: [{ from: month, to: month + due }],
      }));
      const [cost] = costsOf({ projects: [1], sums, buckets, rates, columns, expectations, now, together: true });
      expect(cost?.complete[day]).toBe(false);
    });
  });
});

describe('a forecast', () => {
  const now = at('2026-11-20T12:30:00Z');
  const cents = (from: number, to: number, measuredFrom = from) => {
    const current = figures(now, from, to);
    const { buckets } = pastDays(now);
    const past = { cost: costOf(buckets, from, to, now), buckets };
    return foretell({ ...current, measuredFrom }, past, { rates, columns, now });
  };

  it('goes on as past days went', () => {
    expect(cents(at('2026-09-01T00:00:00Z'), at('2026-11-20T12:00:00Z'))).toBe(72_000);
    expect(cents(at('2026-11-20T02:00:00Z'), at('2026-11-20T12:00:00Z'))).toBe(26_200);
  });

  it('foretells nothing more of a project that is silent, and nothing at all without usage', () => {
    const stopped = at('2026-11-18T11:00:00Z');
    expect(cents(at('2026-11-10T00:00:00Z'), stopped)).toBe(20_300);
    expect(cents(now, now)).toBeNull();
  });
});
