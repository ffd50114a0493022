/**
 * One member's life in the demo: what it does and when, when its stack runs, and when an invoice of it is due. Every instant follows
 * from the cast and the story's start and end. Pure.
 */
import { ceilTo, dayMs, floorTo, hourMs, minuteMs, secondMs } from '../../src/lib/time.ts';
import { stepFrom } from '../stripe/objects/period.ts';
import type { Member } from './cast.ts';

/** The trial of a new customer, as the platform has it (DEFAULT_TRIAL_DAYS). */
const trialMs = 14 * dayMs;
/** Customers of one day join at nine, some minutes apart. */
const joinsAtMs = 9 * hourMs;
const joinsApartMs = 4 * minuteMs;
/** Of a month, about. */
const monthDays = 30.4;
/** On the last day of the trial, all at one time of the day: then their months end together, too. */
const buysOnDay = 13;
const buysAtMs = 10 * hourMs + 30 * minuteMs;
/** What is billed is looked at so long after the period's end: its usage is taken as complete after a quarter of an hour. */
export const settlesMs = 20 * minuteMs;
/** GRACE_DAYS after a payment has failed, which is when its invoice is billed. */
const graceMs = 7 * dayMs;
/** Late in the morning somebody's stack is stopped, and stands when the hour is over. */
const stopsAtMs = 11 * hourMs + 10 * minuteMs;
/** A draft waits for usage until a quarter of an hour before HOLD_HOURS are over. */
export const deadlineMs = 5 * hourMs + 50 * minuteMs;

/** `stop`: nobody does anything, and the stack stops by what time brings (a trial, a grace, a paid period is over). */
export type Deed = 'join' | 'buy' | 'arrange' | 'card_fails' | 'pay' | 'pause' | 'cap' | 'stop' | 'leave' | 'return';
export type Moment = { at: number; deed: Deed; member: Member };

export type Stretch = { from: number; to: number };

/** When it is, and whether nothing is missing of a member's month: what is not whole is billed at its deadline. */
type When = { from: number; end: number; isWhole: (member: Member, month: Stretch) => boolean };

export type Life = {
  moments: Moment[];
  /** When its stack runs. */
  runs: Stretch[];
  /** Periods whose usage an invoice has, by the instants at which they begin and end. */
  months: Stretch[];
};

/** The months of a subscription that begins at `from`, until one that ends at `to` or later. */
function monthsOf(from: number, to: number): Stretch[] {
  const months: Stretch[] = [];
  const after = (n: number): number => stepFrom(from / secondMs, { interval: 'month', count: 1 }, n) * secondMs;
  for (let n = 0; ; n++) {
    months.push({ from: after(n), to: after(n + 1) });
    if (after(n + 1) >= to) return months;
  }
}

/** What the member does while it pays, from the purchase on. @returns the deeds in order, and its months */
function paidLife(member: Member, joined: number, bought: number, { end, isWhole }: When) {
  const leaves = member.leaves === null ? Number.POSITIVE_INFINITY : joined + member.leaves * dayMs;
  const paid = monthsOf(bought, Math.min(leaves, end));
  const ends = member.leavesBy === 'cancel' ? (paid.at(-1)?.to ?? leaves) : leaves;
  // The hour in which it was stopped is still billed.
  const months = paid.map((month) => ({ ...month, to: Math.min(month.to, ceilTo(ends, hourMs)) }));
  const deeds: [Deed, number][] = [['buy', bought]];
  if (member.agreed !== null) deeds.push(['arrange', bought + settlesMs]);
  const failed = member.cardFails === null ? undefined : paid[member.cardFails - 1];
  if (failed !== undefined) {
    const billed = failed.to + (isWhole(member, failed) ? settlesMs : deadlineMs);
    deeds.push(['card_fails', failed.to - dayMs], ['stop', ceilTo(billed + graceMs, hourMs)]);
    if (member.paysAgain !== null) deeds.push(['pay', failed.to + member.paysAgain * dayMs]);
  }
  if (member.stopsOn !== null) {
    const at = floorTo(end, dayMs) + member.stopsOn.day * dayMs + stopsAtMs;
    deeds.push([member.stopsOn.by, at], ['stop', ceilTo(at, hourMs)]);
  }
  if (Number.isFinite(leaves)) deeds.push(['leave', leaves]);
  if (Number.isFinite(leaves) && member.leavesBy === 'cancel') deeds.push(['stop', ends]);
  if (Number.isFinite(leaves) && member.returns !== null) {
    const back = ends + member.returns * dayMs;
    const boughtAgain = back + settlesMs;
    deeds.push(['return', back], ['buy', boughtAgain]);
    if (boughtAgain < end) months.push(...monthsOf(boughtAgain, end));
  }
  return { deeds, months };
}

function runsIn(moments: readonly Moment[], end: number): Stretch[] {
  const runs: Stretch[] = [];
  for (const { at, deed, member } of moments) {
    const begins = deed === 'join' || deed === 'return' || deed === 'pay';
    const ends = deed === 'stop' || (deed === 'leave' && member.leavesBy === 'deactivation');
    const last = runs.at(-1);
    if (begins) runs.push({ from: at, to: end });
    else if (ends && last && last.to > at) last.to = at;
  }
  return runs;
}

/** The day on which a member joins, ms: such that all buy on one day of the month, and what is due is due together. */
function joinsOn({ joins }: Member, { from, end }: When): number {
  if (joins < 0) return floorTo(end, dayMs) + joins * dayMs;
  const start = floorTo(from, dayMs);
  const months = Math.round(joins / monthDays);
  if (months === 0) return start + joins * dayMs;
  const firstBuys = (start + buysOnDay * dayMs) / secondMs;
  return stepFrom(firstBuys, { interval: 'month', count: 1 }, months) * secondMs - buysOnDay * dayMs;
}

/** Plans it; nothing for who would have joined before the story. @param place among those who join on the same day */
export function lifeOf(member: Member, when: When, place: number): Life {
  const { from, end } = when;
  const { leaves, pays } = member;
  const day = joinsOn(member, when);
  const joined = day + joinsAtMs + place * joinsApartMs;
  if (joined < from) return { moments: [], runs: [], months: [] };
  const left: [Deed, number][] = leaves === null ? [] : [['leave', joined + leaves * dayMs]];
  const { deeds, months } =
    pays === null
      ? { deeds: [['stop', joined + trialMs] as [Deed, number], ...left], months: [] }
      : paidLife(member, joined, day + buysOnDay * dayMs + buysAtMs, when);
  const all: [Deed, number][] = [['join', joined], ...deeds];
  const moments = all.filter(([, at]) => at < end).map(([deed, at]) => ({ at, deed, member }));
  return { moments, runs: runsIn(moments, end), months: months.filter(({ to }) => to < end) };
}
