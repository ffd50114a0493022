/**
 * Where a customer's running period ends: what was used so far and what past days say of the rest, rated by the function that
 * rates the bill. Nothing is foretold for who is stopped, and nothing ends below what is used already. Reads only.
 */
import type { Failure } from '../../contracts/failures.ts';
import type { WholeCustomer } from '../../customers/store.ts';
import type { Db } from '../../db/client.ts';
import { shardOf } from '../../db/shards.ts';
import { Decimal, zero } from '../../lib/decimal.ts';
import { ok, type Result } from '../../lib/result.ts';
import { ceilTo, dayMs, floorTo } from '../../lib/time.ts';
import type { Period } from '../../periods/period.ts';
import { versionOf } from '../../pricing/catalogue.ts';
import type { PlanVersion } from '../../pricing/plan.ts';
import { rate } from '../../pricing/rate.ts';
import { stretchesOf } from '../../pricing/segments.ts';
import type { RatingBasis } from '../../pricing/store.ts';
import { type Level, levelsOf, type Stretch } from '../../pricing/stretch.ts';
import { byMeter } from '../../pricing/usage-by-meter.ts';
import { stackOf } from '../../subscriptions/subscription.ts';
import { type DaySum, daySums, lastWindowEnd } from '../../usage/day-store.ts';
import type { Metering } from '../../usage/names-store.ts';
import { historyDaysMax, type Projection, type ProjectionMethod, project } from '../../usage/projection.ts';
import { levelRange } from '../../usage/range-store.ts';
import { findGapsOf, runningTimes } from '../metering/find-gaps.ts';
import type { UsageReads } from '../metering/usage-reads.ts';
import { type Cost, findGround } from './cost.ts';
import { usedStretches } from './rate-period.ts';

export interface Forecast extends Cost {
  lowCents: number;
  highCents: number;
  method: ProjectionMethod;
  historyDays: number;
}

/** Reports that came within so many days say where the rest begins. */
const reportedDays = 2;

/** The running period as it will have been. Two steps: control database, then the shard. */
export async function forecastOf(
  reads: UsageReads,
  whole: WholeCustomer,
): Promise<Result<Forecast, Failure<'not_found'>>> {
  const ground = await findGround(reads, whole, 'current');
  if (!ground.ok) return ground;
  const { basis, period, metering, head } = ground.value;
  const { customer } = whole;
  const { now } = reads;
  const shard = shardOf(reads, customer);
  const plans = plansIn(period, basis);
  const [used, gaps, known] = await Promise.all([
    usedStretches(shard, customer.seq, period, basis),
    findGapsOf(reads, customer, { from: period.start, to: period.end }, metering),
    findKnown(shard, customer.seq, levelsIn(plans), now),
  ]);
  const runs = stackOf(whole.subscription) === 'running' && whole.deployment.phase === 'running';
  const goesOn = runs && now < period.end;
  const from = goesOn ? Math.max(period.start, known.reportedUntil ?? now) : period.end;
  const since = Math.max(period.start, measuredFrom(metering));
  const projection = project(
    {
      days: goesOn ? wholeDays(known.days, { metering, now, ownMeters: ownMetersIn(plans) }) : [],
      soFar: { usage: addedUp(used, known.levels), ms: goesOn ? from - since : 0 },
    },
    from,
    period.end,
  );
  const rated = (of: 'expected' | 'low' | 'high') => {
    const stretches = used.map((stretch) => {
      const start = Math.max(stretch.start, from);
      if (start >= stretch.end) return stretch;
      const days = (stretch.end - start) / dayMs;
      return withRest(stretch, { sums: projection.between(start, stretch.end), days }, known.levels, of);
    });
    return rate({ period, stretches });
  };
  const expected = rated('expected');
  const ends = [rated('low').totalCents, expected.totalCents, rated('high').totalCents];
  return ok({
    ...head,
    ...expected,
    complete: gaps.length === 0,
    lowCents: Math.min(...ends),
    highCents: Math.max(...ends),
    method: projection.method,
    historyDays: projection.historyDays,
  });
}

interface Known {
  days: DaySum[];
  reportedUntil: number | null;
  /** By meter. */
  levels: ReadonlyMap<string, KnownLevel>;
}

/** The highest of the last seven days and of all days that are looked at, and the level times hours of a day. */
interface KnownLevel {
  recent: Decimal;
  highest: Decimal;
  hoursADay: Decimal;
}

/** The plan versions of a period. */
const plansIn = (period: Period, { changes, overrides, catalogue }: RatingBasis): PlanVersion[] =>
  stretchesOf(period, changes, overrides).map((cut) => versionOf(catalogue, cut.plan, cut.planVersion));

/** The level meters that some plans price, each once. */
const levelsIn = (plans: readonly PlanVersion[]): Level[] => [
  ...new Map(plans.flatMap(levelsOf).map((level) => [level.meter, level])).values(),
];

/** The operator's meters of some plans: a field keeps its meter for ever, so that they cannot contradict each other. */
const ownMetersIn = (plans: readonly PlanVersion[]): PlanVersion['ownMeters'] =>
  Object.assign({}, ...plans.map(({ ownMeters }) => ownMeters));

const recentDays = 7;

async function findKnown(shard: Db, customerSeq: number, levels: readonly Level[], now: number): Promise<Known> {
  const today = floorTo(now, dayMs);
  const back = (days: number) => ({ customerSeq, from: today - days * dayMs, to: today });
  const known = async ({ meter, column }: Level): Promise<[string, KnownLevel]> => {
    const [recent, all] = await Promise.all([
      levelRange(shard, back(recentDays), column),
      levelRange(shard, back(historyDaysMax), column),
    ]);
    const hoursADay = new Decimal(recent.hours).div(recentDays);
    return [meter, { recent: new Decimal(recent.peak), highest: new Decimal(all.peak), hoursADay }];
  };
  const [days, reportedUntil, ...found] = await Promise.all([
    daySums(shard, back(historyDaysMax)),
    lastWindowEnd(shard, { customerSeq, from: now - reportedDays * dayMs, to: now }),
    ...levels.map(known),
  ]);
  return { days, reportedUntil, levels: new Map(found) };
}

/** Since when anybody measures; never is infinite. */
const measuredFrom = ({ ownerships }: Metering): number => Math.min(...ownerships.map(({ fromAt }) => fromAt));

/** Days that say what a day is: the stack ran and somebody measured, from its beginning to its end. */
function wholeDays(
  days: readonly DaySum[],
  { metering, now, ownMeters }: { metering: Metering; now: number; ownMeters: PlanVersion['ownMeters'] },
) {
  const running = runningTimes(metering.phases, now);
  const first = ceilTo(measuredFrom(metering), dayMs) / dayMs;
  return days
    .filter(({ day }) => day >= first && running.some((r) => r.from <= day * dayMs && r.to >= (day + 1) * dayMs))
    .map((sum) => ({ day: sum.day, usage: numbers(byMeter([sum], ownMeters)) }));
}

const numbers = (usage: Readonly<Record<string, Decimal>>): Record<string, number> =>
  Object.fromEntries(Object.entries(usage).map(([meter, quantity]) => [meter, quantity.toNumber()]));

/** What was used in all stretches; levels and what is derived from them are foretold by their levels. */
function addedUp(stretches: readonly Stretch[], levels: Known['levels']): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const [meter, quantity] of stretches.flatMap(({ usage }) => Object.entries(usage))) {
    if (!levels.has(meter) && meter !== deviceHours) sums[meter] = (sums[meter] ?? 0) + quantity.toNumber();
  }
  return sums;
}

const deviceHours = 'device_hours';

/** The stretch with what will still be used in it. A level stays at what it lately was, and never falls below its peak. */
function withRest(
  stretch: Stretch,
  rest: { sums: ReturnType<Projection['between']>; days: number },
  levels: Known['levels'],
  of: 'expected' | 'low' | 'high',
): Stretch {
  const usage: Record<string, Decimal> = { ...stretch.usage };
  for (const [meter, projected] of Object.entries(rest.sums)) {
    usage[meter] = new Decimal(Math.round(projected[of])).plus(usage[meter] ?? 0);
  }
  for (const [meter, { recent, highest, hoursADay }] of levels) {
    const level = { low: zero, expected: recent, high: highest }[of];
    const peak = stretch.usage[meter];
    if (peak) usage[meter] = Decimal.max(peak, level);
    const hours = meter === 'device_peak' ? stretch.usage[deviceHours] : undefined;
    if (hours) usage[deviceHours] = hours.plus(hoursADay.times(rest.days * { low: 0, expected: 1, high: 2 }[of]));
  }
  return { ...stretch, usage };
}
