/**
 * What happens in the demo and when: a plan in time order, of which every number follows from the seed, the start and the end.
 * Pure: run.ts carries it out, and a test reckons with the same plan.
 */
import { dayMs, floorTo, hourMs } from '../../src/lib/time.ts';
import type { Member } from './cast.ts';
import { type Life, lifeOf, type Moment, type Stretch } from './life.ts';
import { scaled, type Use, useOf } from './shapes.ts';

/** A closed hour as it is reported. `use` is null where only is said that nothing was seen. */
export type Window = { end: number; use: Use | null; unseenSeconds: number };

/** The same hours once more, a day later, with other numbers. */
export type Correction = Stretch & { member: Member; at: number; factor: number };

/** An instant at which periods end whose usage invoices have. `isWhole`: nothing is missing of any of them, so that none waits for it. */
export type Due = { at: number; isWhole: boolean };

export type Story = {
  seed: number;
  from: number;
  until: number;
  moments: Moment[];
  corrections: Correction[];
  /** In order. */
  dues: Due[];
  /** Whether anybody pays by the year. */
  sellsByTheYear: boolean;
  /** When a member's stack ran. */
  runsOf: (member: Member) => Stretch[];
  /** What is reported of hours that end in `(from, to]`, before corrections. */
  windowsOf: (member: Member, from: number, to: number) => Window[];
};

/** Nothing arrived of anybody in these hours, and it never will. */
const outage = { day: 205, fromHour: 2, toHour: 8 };
/** Of one customer: an hour that was seen in part, and hours that were declared unavailable. */
const partly = { number: 7, day: 82, hour: 15, seconds: 1_500 };
const unavailable = { number: 8, day: 150, fromHour: 21, toHour: 24 };
const corrected = { number: 2, day: 120, fromHour: 10, toHour: 14, factor: 1.12 };

/** In short stories what happens to the whole cluster happens early. */
const shortDays = 120;
const shortOutageDay = 30;
const shortCorrectionDay = 20;

/** How much of the hour that ends at `end` was lived, 0 to 1. */
function livedIn(runs: readonly Stretch[], end: number): number {
  const ms = runs.reduce((sum, run) => sum + Math.max(0, Math.min(run.to, end) - Math.max(run.from, end - hourMs)), 0);
  return ms / hourMs;
}

/** Plans the demo of some customers from one instant to another. */
export function plan(
  cast: readonly Member[],
  { seed, from, until }: { seed: number; from: number; until: number },
): Story {
  const start = floorTo(from, dayMs);
  const isShort = until - from < shortDays * dayMs;
  const on = (day: number, hour: number): number => start + day * dayMs + hour * hourMs;
  const outageDay = isShort ? shortOutageDay : outage.day;
  const dark = { from: on(outageDay, outage.fromHour), to: on(outageDay, outage.toHour) };
  const blind = { from: on(unavailable.day, unavailable.fromHour), to: on(unavailable.day, unavailable.toHour) };
  const correctionDay = isShort ? shortCorrectionDay : corrected.day;

  const isIn = ({ from: after, to }: Stretch, part: Stretch): boolean => part.from < to && part.to > after;
  const partial = { from: on(partly.day, partly.hour - 1), to: on(partly.day, partly.hour) };
  const isWhole = (member: Member, month: Stretch): boolean =>
    !isIn(month, dark) &&
    !(member.number === partly.number && isIn(month, partial)) &&
    !(member.number === unavailable.number && isIn(month, blind));
  const lives = new Map(
    cast.map((member) => {
      const place = cast.filter((other) => other.joins === member.joins && other.number < member.number).length;
      return [member, lifeOf(member, { from, end: until, isWhole }, place)];
    }),
  );

  const lifeOfOne = (member: Member): Life => lives.get(member) ?? { moments: [], runs: [], months: [] };
  const runsOf = (member: Member): Stretch[] => lifeOfOne(member).runs;

  const windowOf = (member: Member, end: number): Window | null => {
    const lived = livedIn(runsOf(member), end);
    if (lived === 0 || (end > dark.from && end <= dark.to)) return null;
    if (member.number === unavailable.number && end > blind.from && end <= blind.to)
      return { end, use: null, unseenSeconds: 3_600 };
    const since = runsOf(member)[0]?.from ?? from;
    const use = useOf(member, { seed, customer: member.number, sinceMs: since }, end - hourMs, lived);
    const isPartly = member.number === partly.number && end === on(partly.day, partly.hour);
    return isPartly
      ? { end, use: scaled(use, 1 - partly.seconds / 3_600), unseenSeconds: partly.seconds }
      : { end, use, unseenSeconds: 0 };
  };

  const correctionsOf = (member: Member): Correction[] => {
    const [first, last] = [on(correctionDay, corrected.fromHour), on(correctionDay, corrected.toHour)];
    const at = on(correctionDay + 1, 0) + dayMs;
    if (member.number !== corrected.number || at >= until || livedIn(runsOf(member), last) < 1) return [];
    return [{ member, from: first, to: last, at, factor: corrected.factor }];
  };

  const months = cast.flatMap((member) =>
    lifeOfOne(member).months.map((month) => ({ at: month.to, isWhole: isWhole(member, month) })),
  );
  const dues = [...Map.groupBy(months, ({ at }) => at)].map(([at, ofOne]) => ({
    at,
    isWhole: ofOne.every((month) => month.isWhole),
  }));

  return {
    seed,
    from,
    until,
    moments: [...lives.values()]
      .flatMap(({ moments }) => moments)
      .sort((a, b) => a.at - b.at || a.member.number - b.member.number),
    corrections: cast.flatMap(correctionsOf),
    sellsByTheYear: cast.some(({ pays }) => pays === 'year'),
    dues: dues.sort((a, b) => a.at - b.at),
    runsOf,
    windowsOf: (member, after, to) => {
      const windows: Window[] = [];
      for (let end = floorTo(after, hourMs) + hourMs; end <= to; end += hourMs) {
        const window = windowOf(member, end);
        if (window !== null) windows.push(window);
      }
      return windows;
    },
  };
}
