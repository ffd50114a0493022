/**
 * One period of one customer, rated: its usage by plan stretch from the shard, under the plans and overrides that it is given.
 * Cost, forecast and simulation are this with another period, another usage or another catalogue.
 */
import type { Db } from '../../db/client.ts';
import { Decimal, zero } from '../../lib/decimal.ts';
import { versionOf } from '../../pricing/catalogue.ts';
import type { PlanVersion } from '../../pricing/plan.ts';
import { type Rated, type RateInput, rate } from '../../pricing/rate.ts';
import { type PlanStretch, stretchesOf } from '../../pricing/segments.ts';
import type { RatingBasis } from '../../pricing/store.ts';
import type { Stretch } from '../../pricing/stretch.ts';
import type { SpanSum } from '../../usage/history.ts';
import { quantities } from '../../usage/meters.ts';
import { levelSpan, sumSpan } from '../../usage/span-store.ts';

/** Sums per meter: two quantities of one meter (bytes in and out) are added. */
function byMeter(sums: readonly SpanSum[]): Record<string, Decimal> {
  const usage: Record<string, Decimal> = {};
  for (const q of quantities) {
    if (q.kind === 'peak') continue;
    const own = sums.reduce((t, s) => t.plus(s.values[q.bit] ?? 0), zero);
    usage[q.meter] = (usage[q.meter] ?? zero).plus(own);
  }
  return usage;
}

async function withUsage(shard: Db, customerSeq: number, cut: PlanStretch, plan: PlanVersion): Promise<Stretch> {
  const span = { customerSeq, from: cut.start, to: cut.end };
  const countsDevices = 'device_peak' in plan.prices || 'device_hours' in plan.prices;
  const [sums, devices] = await Promise.all([
    sumSpan(shard, span),
    countsDevices ? levelSpan(shard, span, 'device_peak') : null,
  ]);
  const usage = byMeter(sums);
  if (devices) {
    usage['device_peak'] = new Decimal(devices.peak);
    usage['device_hours'] = new Decimal(devices.hours);
  }
  return { start: cut.start, end: cut.end, plan, overrides: cut.overrides, usage };
}

/** The period's lines. The reads of the shard, two a stretch, are made at once. @throws AmountOutOfRange */
export async function ratePeriod(
  shard: Db,
  customerSeq: number,
  period: RateInput['period'],
  { changes, overrides, catalogue }: RatingBasis,
): Promise<Rated> {
  const cuts = stretchesOf(period, changes, overrides);
  const stretches = await Promise.all(
    cuts.map((cut) => withUsage(shard, customerSeq, cut, versionOf(catalogue, cut.plan, cut.planVersion))),
  );
  return rate({ period, stretches });
}
