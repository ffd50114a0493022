/**
 * One period of one customer, rated: its usage by stretch from the shard, under the plans and overrides that it is given.
 * Cost, forecast and simulation are this with another period, another usage or another catalogue.
 */
import type { Db } from '../../db/client.ts';
import { Decimal, zero } from '../../lib/decimal.ts';
import { holds, type Period, type PeriodKind } from '../../periods/period.ts';
import { versionOf } from '../../pricing/catalogue.ts';
import { type Rated, rate } from '../../pricing/rate.ts';
import { type PlanStretch, stretchesOf } from '../../pricing/segments.ts';
import type { RatingBasis } from '../../pricing/store.ts';
import { levelsOf, type RatedPlan, type Stretch } from '../../pricing/stretch.ts';
import { byMeter } from '../../pricing/usage-by-meter.ts';
import type { ChangedWindow } from '../../usage/correction.ts';
import { quantities } from '../../usage/meters.ts';
import { levelRange, sumRange } from '../../usage/range-store.ts';

async function withUsage(
  shard: Db,
  customerSeq: number,
  { start, end, plan: slug, planVersion, overrides }: PlanStretch,
  { catalogue }: RatingBasis,
): Promise<Stretch> {
  const plan = versionOf(catalogue, slug, planVersion);
  const [sums, levels] = await Promise.all([
    sumRange(shard, { customerSeq, from: start, to: end }),
    levelsIn(shard, customerSeq, { start, end, plan }, []),
  ]);
  return { start, end, plan, overrides, usage: { ...byMeter(sums, plan.ownMeters), ...levels } };
}

/** What a stretch's levels come to, by meter; `changed` windows count as they would be. */
async function levelsIn(
  shard: Db,
  customerSeq: number,
  { start, end, plan }: Pick<Stretch, 'start' | 'end'> & { plan: RatedPlan },
  changed: readonly ChangedWindow[],
): Promise<Record<string, Decimal>> {
  const usage: Record<string, Decimal> = {};
  const found = levelsOf(plan).map(async ({ meter, column }) => {
    const bit = quantities.findIndex((q) => q.column === column);
    const others = changed.map(({ after, ...window }) => ({ ...window, value: after[bit] ?? null }));
    return { meter, ...(await levelRange(shard, { customerSeq, from: start, to: end }, column, others)) };
  });
  for (const { meter, peak, hours } of await Promise.all(found)) {
    usage[meter] = new Decimal(peak);
    if (meter === 'device_peak') usage['device_hours'] = new Decimal(hours);
  }
  return usage;
}

const textOf = (value: number | null | undefined): string | null => (value == null ? null : String(value));

/**
 * Stretches as they would be with other windows: sums by what the windows differ by, levels read again. The stretches must
 * have been read with the windows as `before` says.
 */
export const changedStretches = (
  shard: Db,
  customerSeq: number,
  used: readonly Stretch[],
  windows: readonly ChangedWindow[],
): Promise<Stretch[]> =>
  Promise.all(
    used.map(async (stretch) => {
      const own = windows.filter(({ windowEnd }) => holds(stretch, windowEnd));
      if (own.length === 0) return stretch;
      const { ownMeters } = stretch.plan;
      const sumsOf = (side: 'before' | 'after') =>
        byMeter(
          own.map((window) => ({ values: quantities.map((q) => textOf(window[side][q.bit])) })),
          ownMeters,
        );
      const before = sumsOf('before');
      const moved = Object.entries(sumsOf('after')).map(([meter, after]): [string, Decimal] => [
        meter,
        (stretch.usage[meter] ?? zero).plus(after).minus(before[meter] ?? zero),
      ]);
      const levels = await levelsIn(shard, customerSeq, stretch, own);
      return { ...stretch, usage: { ...stretch.usage, ...Object.fromEntries(moved), ...levels } };
    }),
  );

/** The period's stretches with what was used in each. One read of the shard a stretch, all at once. */
export const usedStretches = (shard: Db, customerSeq: number, period: Period, basis: RatingBasis): Promise<Stretch[]> =>
  Promise.all(
    stretchesOf(period, basis.changes, basis.overrides).map((cut) => withUsage(shard, customerSeq, cut, basis)),
  );

/** The period's lines. @throws AmountOutOfRange */
export async function ratePeriod(
  shard: Db,
  customerSeq: number,
  period: Period & { kind: PeriodKind },
  basis: RatingBasis,
): Promise<Rated> {
  return rate({ period, stretches: await usedStretches(shard, customerSeq, period, basis) });
}
