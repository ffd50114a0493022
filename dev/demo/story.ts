/**
 * What happens in the demo and when: a plan in time order, of which every number follows from the seed, the start and the end.
 * Pure: run.ts carries it out, and a test reckons with the same plan.
 */
import { dayMs, floorTo, hourMs, minuteMs } from '../../src/lib/time.ts';
import type { Member } from './cast.ts';
import { scaled, type Use, useOf } from './shapes.ts';

/** The trial of a new customer, as the platform has it (DEFAULT_TRIAL_DAYS). */
const trialMs = 14 * dayMs;
/** Customers of one day join at nine, some minutes apart. */
const joinsAtMs = 9 * hourMs;
const joinsApartMs = 4 * minuteMs;

export type Deed = 'join' | 'pay' | 'leave' | 'return';
export type Moment = { at: number; deed: Deed; member: Member };

type Stretch = { from: number; to: number };

/** A closed hour as it is reported. `use` is null where only is said that nothing was seen. */
export type Window = { end: number; use: Use | null; unseenSeconds: number };

/** The same hours once more, a day later, with other numbers. */
export type Correction = Stretch & { member: Member; at: number; factor: number };

export type Story = {
  seed: number;
  from: number;
  until: number;
  moments: Moment[];
  corrections: Correction[];
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

function lifeOf(member: Member, from: number, until: number, place: number): Moment[] {
  const day =
    member.joins >= 0 ? floorTo(from, dayMs) + member.joins * dayMs : floorTo(until, dayMs) + member.joins * dayMs;
  const joined = day + joinsAtMs + place * joinsApartMs;
  const left = member.leaves === null ? null : joined + member.leaves * dayMs;
  const moments: [Deed, number | null][] = [
    ['join', joined],
    ['pay', member.pays ? joined + trialMs : null],
    ['leave', left],
    ['return', left === null || member.returns === null ? null : left + member.returns * dayMs],
  ];
  return moments.flatMap(([deed, at]) => (at === null || at >= until || joined < from ? [] : [{ at, deed, member }]));
}

function runsIn(moments: readonly Moment[], until: number): Stretch[] {
  const runs: Stretch[] = [];
  for (const { at, deed } of moments) {
    if (deed === 'join' || deed === 'return') runs.push({ from: at, to: until });
    const last = runs.at(-1);
    if (deed === 'leave' && last) last.to = at;
  }
  return runs;
}

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
  const lives = new Map(
    cast.map((member) => {
      const place = cast.filter((other) => other.joins === member.joins && other.number < member.number).length;
      return [member, lifeOf(member, from, until, place)];
    }),
  );
  const outageDay = isShort ? shortOutageDay : outage.day;
  const dark = { from: on(outageDay, outage.fromHour), to: on(outageDay, outage.toHour) };
  const blind = { from: on(unavailable.day, unavailable.fromHour), to: on(unavailable.day, unavailable.toHour) };
  const correctionDay = isShort ? shortCorrectionDay : corrected.day;

  const runs = new Map(cast.map((member) => [member, runsIn(lives.get(member) ?? [], until)]));
  const runsOf = (member: Member): Stretch[] => runs.get(member) ?? [];

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

  return {
    seed,
    from,
    until,
    moments: [...lives.values()].flat().sort((a, b) => a.at - b.at || a.member.number - b.member.number),
    corrections: cast.flatMap(correctionsOf),
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
