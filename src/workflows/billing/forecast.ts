/**
 * Where a customer's running period ends: what was used so far and what past days say of the rest, rated by the function that
 * rates the bill. Nothing is foretold for who is stopped, and nothing ends below what is used already. Reads only.
 */
import type { Failure } from '../../contracts/failures.ts';
import type { WholeCustomer } from '../../customers/store.ts';
import type { Db } from '../../db/client.ts';
import { shardOf } from '../../db/shards.ts';
import { Decimal } from '../../lib/decimal.ts';
import { ok, type Result } from '../../lib/result.ts';
import { ceilTo, dayMs, floorTo } from '../../lib/time.ts';
import { rate } from '../../pricing/rate.ts';
import type { Stretch } from '../../pricing/stretch.ts';
import { meanings } from '../../subscriptions/subscription.ts';
import { type DaySum, daySums, lastWindowEnd } from '../../usage/day-store.ts';
import type { Metering } from '../../usage/names-store.ts';
import { historyDaysMax, type Projection, type ProjectionMethod, project } from '../../usage/projection.ts';
import { levelSpan } from '../../usage/span-store.ts';
import { findGapsOf, runningTimes, type UsageReads } from '../metering/read-usage.ts';
import { type Cost, findGround } from './cost.ts';
import { byMeter, usedStretches } from './rate-period.ts';

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
  const [used, gaps, known] = await Promise.all([
    usedStretches(shard, customer.seq, period, basis),
    findGapsOf(reads, customer, { from: period.start, to: period.end }, metering),
    findKnown(shard, customer.seq, now),
  ]);
  const runs = meanings[whole.subscription.status].stack === 'running' && whole.deployment.phase === 'running';
  const goesOn = runs && now < period.end;
  const from = goesOn ? Math.max(period.start, known.reportedUntil ?? now) : period.end;
  const since = Math.max(period.start, measuredFrom(metering));
  const projection = project(
    {
      days: goesOn ? wholeDays(known.days, metering, now) : [],
      soFar: { usage: addedUp(used), ms: goesOn ? from - since : 0 },
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
  /** Devices: the highest of the last seven days and of all days that are looked at, and the device-hours of a day. */
  levels: { recent: Decimal; highest: Decimal; hoursADay: Decimal };
}

const recentDays = 7;

async function findKnown(shard: Db, customerSeq: number, now: number): Promise<Known> {
  const today = floorTo(now, dayMs);
  const back = (days: number) => ({ customerSeq, from: today - days * dayMs, to: today });
  const [days, reportedUntil, recent, all] = await Promise.all([
    daySums(shard, back(historyDaysMax)),
    lastWindowEnd(shard, { customerSeq, from: now - reportedDays * dayMs, to: now }),
    levelSpan(shard, back(recentDays), 'device_peak'),
    levelSpan(shard, back(historyDaysMax), 'device_peak'),
  ]);
  const levels = {
    recent: new Decimal(recent.peak),
    highest: new Decimal(all.peak),
    hoursADay: new Decimal(recent.hours).div(recentDays),
  };
  return { days, reportedUntil, levels };
}

/** Since when anybody measures; never is infinite. */
const measuredFrom = ({ ownerships }: Metering): number => Math.min(...ownerships.map(({ fromAt }) => fromAt));

/** Days that say what a day is: the stack ran and somebody measured, from its beginning to its end. */
function wholeDays(days: readonly DaySum[], metering: Metering, now: number) {
  const running = runningTimes(metering.phases, now);
  const first = ceilTo(measuredFrom(metering), dayMs) / dayMs;
  return days
    .filter(({ day }) => day >= first && running.some((r) => r.from <= day * dayMs && r.to >= (day + 1) * dayMs))
    .map((sum) => ({ day: sum.day, usage: numbers(byMeter([sum])) }));
}

const numbers = (usage: Readonly<Record<string, Decimal>>): Record<string, number> =>
  Object.fromEntries(Object.entries(usage).map(([meter, quantity]) => [meter, quantity.toNumber()]));

const devices = ['device_peak', 'device_hours'];

/** What was used in all stretches; devices are foretold by their levels. */
function addedUp(stretches: readonly Stretch[]): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const [meter, quantity] of stretches.flatMap(({ usage }) => Object.entries(usage))) {
    if (!devices.includes(meter)) sums[meter] = (sums[meter] ?? 0) + quantity.toNumber();
  }
  return sums;
}

/** The stretch with what will still be used in it. A level stays at what it lately was, and never falls below its peak. */
function withRest(
  stretch: Stretch,
  rest: { sums: ReturnType<Projection['between']>; days: number },
  { recent, highest, hoursADay }: Known['levels'],
  of: 'expected' | 'low' | 'high',
): Stretch {
  const usage: Record<string, Decimal> = { ...stretch.usage };
  for (const [meter, projected] of Object.entries(rest.sums)) {
    usage[meter] = new Decimal(Math.round(projected[of])).plus(usage[meter] ?? 0);
  }
  const { device_peak: peak, device_hours: hours } = stretch.usage;
  const level = { low: new Decimal(0), expected: recent, high: highest }[of];
  if (peak) usage['device_peak'] = Decimal.max(peak, level);
  if (hours) usage['device_hours'] = hours.plus(hoursADay.times(rest.days * { low: 0, expected: 1, high: 2 }[of]));
  return { ...stretch, usage };
}
