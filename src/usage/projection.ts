/**
 * What will be used until an instant, from what was used on past days: by weekday where two weeks are known, else by the day,
 * else at the rate so far. Estimates, so plain numbers will do; the range is where four of five outcomes should lie, if days go
 * on to differ as they did. Pure.
 */
import { dayMs } from '../lib/time.ts';

export type ProjectionMethod = 'weekday' | 'daily' | 'so_far' | 'none';

/** Base units by meter. */
type Usage = Readonly<Record<string, number>>;

export interface UsedDay {
  /** Days since the epoch, UTC. */
  day: number;
  usage: Usage;
}

export interface History {
  /** Whole days, oldest first, none of them today. */
  days: readonly UsedDay[];
  /** What was used lately, for who has no whole day: in a time of `ms`. */
  soFar: { usage: Usage; ms: number };
}

/** Of one meter, in base units. */
export interface Projected {
  expected: number;
  low: number;
  high: number;
}

export interface Projection {
  method: ProjectionMethod;
  /** How many days it is made from. */
  historyDays: number;
  /** What will be used from an instant to another, ms, by meter. Both lie in the time that the projection was made for. */
  between: (from: number, to: number) => Readonly<Record<string, Projected>>;
}

const weekdays = 7;
/** So that each weekday was seen twice. */
const weekdayDaysMin = 14;
export const historyDaysMax = 28;
/** Without a pattern only what was lately counts. */
const dailyDaysMax = 7;
/** Less than an hour says nothing of a day. */
const soFarMsMin = dayMs / 24;
/** Four of five outcomes lie so many standard deviations around the mean. */
const deviations = 1.2816;

const weekdayOf = (day: number): number => day % weekdays;

/** The projection for the time from `from` to `to`. */
export function project({ days, soFar }: History, from: number, to: number): Projection {
  const meters = [...new Set([...days.map(({ usage }) => usage), soFar.usage].flatMap(Object.keys))];
  const method = methodOf(days.length, soFar.ms);
  const used = method === 'so_far' || method === 'none' ? [] : days.slice(method === 'daily' ? -dailyDaysMax : 0);
  const models = meters.map((meter): [string, Model] => {
    if (method === 'so_far') return [meter, flat(((soFar.usage[meter] ?? 0) / soFar.ms) * dayMs)];
    const values = used.map(({ day, usage }) => ({ day, value: usage[meter] ?? 0 }));
    return [meter, method === 'weekday' ? byWeekday(values) : byDay(values.map(({ value }) => value))];
  });
  const whole = (to - from) / dayMs;
  return {
    method,
    historyDays: used.length,
    between: (start, end) =>
      Object.fromEntries(models.map(([meter, model]) => [meter, ranged(model, whole, Math.max(0, start), end)])),
  };
}

function methodOf(days: number, soFarMs: number): ProjectionMethod {
  if (days >= weekdayDaysMin) return 'weekday';
  if (days > 0) return 'daily';
  return soFarMs >= soFarMsMin ? 'so_far' : 'none';
}

interface Model {
  /** Base units a day, by weekday as `weekdayOf` has it. */
  daily: readonly number[];
  /** Of a day around what was expected of it; null where one day says nothing of it. */
  deviation: number | null;
  days: number;
}

const mean = (values: readonly number[]): number =>
  values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;

const spread = (residuals: readonly number[], freedom: number): number =>
  Math.sqrt(residuals.reduce((sum, r) => sum + r * r, 0) / freedom);

const flat = (rate: number): Model => ({ daily: Array(weekdays).fill(rate), deviation: null, days: 0 });

function byDay(values: readonly number[]): Model {
  const rate = mean(values);
  const deviation =
    values.length < 2
      ? null
      : spread(
          values.map((value) => value - rate),
          values.length - 1,
        );
  return { ...flat(rate), deviation, days: values.length };
}

function byWeekday(values: readonly { day: number; value: number }[]): Model {
  const all = mean(values.map(({ value }) => value));
  const daily = Array.from({ length: weekdays }, (_, weekday) => {
    const own = values.filter(({ day }) => weekdayOf(day) === weekday);
    return own.length === 0 ? all : mean(own.map(({ value }) => value));
  });
  const residuals = values.map(({ day, value }) => value - (daily[weekdayOf(day)] ?? all));
  return { daily, deviation: spread(residuals, values.length - weekdays), days: values.length };
}

/** The share of a part in the whole time's range: the deviation of a sum of days, and of the mean that it is foretold by. */
function ranged({ daily, deviation, days }: Model, whole: number, from: number, to: number): Projected {
  const expected = expectedOf(daily, from, to);
  if (deviation === null) return { expected, low: 0, high: 2 * expected };
  const part = Math.max(0, to - from) / dayMs;
  const of = whole === 0 ? 0 : deviations * deviation * Math.sqrt(whole * (1 + whole / days)) * (part / whole);
  return { expected, low: Math.max(0, expected - of), high: expected + of };
}

function expectedOf(daily: readonly number[], from: number, to: number): number {
  let sum = 0;
  for (let at = from; at < to; ) {
    const day = Math.floor(at / dayMs);
    const until = Math.min((day + 1) * dayMs, to);
    sum += ((daily[weekdayOf(day)] ?? 0) * (until - at)) / dayMs;
    at = until;
  }
  return sum;
}
