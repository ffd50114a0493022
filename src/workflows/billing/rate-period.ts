/**
 * One period of one customer, rated: its usage by plan stretch from the shard, under the plans and overrides that it is given.
 * Cost, forecast and simulation are this with another period, another usage or another catalogue.
 */
import type { Db } from '../../db/client.ts';
import { Decimal, zero } from '../../lib/decimal.ts';
import type { Period } from '../../periods/period.ts';
import { versionOf } from '../../pricing/catalogue.ts';
import type { PlanVersion } from '../../pricing/plan.ts';
import { type Rated, rate, type Segment } from '../../pricing/rate.ts';
import { type PlanStretch, stretchesOf } from '../../pricing/segments.ts';
import type { RatingBasis } from '../../pricing/store.ts';
import type { SpanSum } from '../../usage/history.ts';
import { quantities } from '../../usage/meters.ts';
import { deviceSpan, sumSpan } from '../../usage/span-store.ts';

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

async function segmentOf(shard: Db, customerSeq: number, stretch: PlanStretch, plan: PlanVersion): Promise<Segment> {
  const span = { customerSeq, from: stretch.start, to: stretch.end };
  const [sums, devices] = await Promise.all([
    sumSpan(shard, span),
    'device_peak' in plan.prices ? deviceSpan(shard, span) : null,
  ]);
  const usage = byMeter(sums);
  if (devices) {
    usage['device_peak'] = new Decimal(devices.peak);
    usage['device_hours'] = new Decimal(devices.hours);
  }
  return { start: stretch.start, end: stretch.end, plan, usage };
}

/** The period's lines. One read of the shard a stretch, all at once. */
export async function ratePeriod(
  shard: Db,
  customerSeq: number,
  period: Period,
  { changes, overrides, catalogue }: RatingBasis,
): Promise<Rated> {
  const segments = await Promise.all(
    stretchesOf(period, changes).map((stretch) => {
      const { plan, planVersion } = stretch.change;
      return segmentOf(shard, customerSeq, stretch, versionOf(catalogue, plan, planVersion));
    }),
  );
  return rate(segments, overrides);
}
