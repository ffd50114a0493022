/**
 * One period of one customer, rated: its usage by stretch from the shard, under the plans and overrides that it is given.
 * Cost, forecast and simulation are this with another period, another usage or another catalogue.
 */
import type { Db } from '../../db/client.ts';
import type { Period, PeriodKind } from '../../periods/period.ts';
import { versionOf } from '../../pricing/catalogue.ts';
import { type Rated, rate } from '../../pricing/rate.ts';
import { type PlanStretch, stretchesOf } from '../../pricing/segments.ts';
import type { RatingBasis } from '../../pricing/store.ts';
import { levelsOf, type Stretch } from '../../pricing/stretch.ts';
import { usageOf } from '../../pricing/usage-by-meter.ts';
import { levelSpan, sumSpan } from '../../usage/span-store.ts';

async function withUsage(
  shard: Db,
  customerSeq: number,
  { start, end, plan: slug, planVersion, overrides }: PlanStretch,
  { catalogue }: RatingBasis,
): Promise<Stretch> {
  const plan = versionOf(catalogue, slug, planVersion);
  const span = { customerSeq, from: start, to: end };
  const [sums, levels] = await Promise.all([
    sumSpan(shard, span),
    Promise.all(
      levelsOf(plan).map(async ({ meter, column }) => ({ meter, ...(await levelSpan(shard, span, column)) })),
    ),
  ]);
  return { start, end, plan, overrides, usage: usageOf(sums, levels, plan.ownMeters) };
}

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
