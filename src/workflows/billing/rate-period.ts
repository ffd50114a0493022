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
import { levelSpan, type Span, sumSpan } from '../../usage/span-store.ts';

/** Sums per meter: two quantities of one meter (bytes in and out) are added, an own meter's go by its name in the plan. */
function byMeter(sums: readonly SpanSum[], { ownMeters }: PlanVersion): Record<string, Decimal> {
  const nameOf = new Map<string, string>(Object.values(ownMeters).map(({ field, meter }) => [field, meter]));
  const usage: Record<string, Decimal> = {};
  for (const q of quantities) {
    const meter = q.kind === 'own' ? nameOf.get(q.field) : q.meter;
    if (q.kind === 'peak' || meter === undefined) continue;
    const added = sums.reduce((t, s) => t.plus(s.values[q.bit] ?? 0), zero);
    usage[meter] = (usage[meter] ?? zero).plus(added);
  }
  return usage;
}

/** The highest of each own meter that is a level, by its name. */
async function ownLevels(shard: Db, span: Span, { ownMeters }: PlanVersion): Promise<[string, Decimal][]> {
  const levels = Object.values(ownMeters).filter(({ addsUp }) => addsUp === 'level');
  return await Promise.all(
    levels.map(async ({ meter, field }): Promise<[string, Decimal]> => {
      const { peak } = await levelSpan(shard, span, field);
      return [meter, new Decimal(peak)];
    }),
  );
}

async function withUsage(shard: Db, customerSeq: number, cut: PlanStretch, plan: PlanVersion): Promise<Stretch> {
  const span = { customerSeq, from: cut.start, to: cut.end };
  const countsDevices = 'device_peak' in plan.prices || 'device_hours' in plan.prices;
  const [sums, devices, levels] = await Promise.all([
    sumSpan(shard, span),
    countsDevices ? levelSpan(shard, span, 'device_peak') : null,
    ownLevels(shard, span, plan),
  ]);
  const usage = { ...byMeter(sums, plan), ...Object.fromEntries(levels) };
  if (devices) {
    usage['device_peak'] = new Decimal(devices.peak);
    usage['device_hours'] = new Decimal(devices.hours);
  }
  return { start: cut.start, end: cut.end, plan, overrides: cut.overrides, usage };
}

/** The period's lines. The reads of the shard, a few a stretch, are made at once. @throws AmountOutOfRange */
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
