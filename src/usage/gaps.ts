/**
 * What is missing: expected windows that nobody reported, that were declared unavailable, or that were seen in part.
 * Expected is the reporter's active time ∩ the time its deployment was meant to run (spec §3). Pure.
 */
import type { GapReason } from '../contracts/usage.ts';
import { ceilTo, floorTo, minuteMs, secondMs, type TimeRange } from '../lib/time.ts';

export interface Expectation {
  reporterSeq: number;
  projectSeq: number;
  windowSeconds: number;
  /** When the reporter owned a meter of the namespace. */
  active: readonly TimeRange[];
}

export interface Gap extends TimeRange {
  reporterSeq: number;
  projectSeq: number;
  windows: number;
  reason: GapReason;
}

/** Neighbouring windows that were accounted for (src/usage/history-store.ts). */
export interface Accounted extends TimeRange {
  reporterSeq: number;
  projectSeq: number;
  state: 'complete' | 'partial' | 'unavailable';
}

/** Reports settle, travel and are stored: a window is late only after this, or after its own length if that is less. */
const graceMsMax = 15 * minuteMs;

/** The instant until which windows should be there: those that ended before it. */
const dueUntil = (now: number, windowSeconds: number): number => now - Math.min(graceMsMax, windowSeconds * secondMs);

/** Sorted, without overlaps. */
function merged(ranges: readonly TimeRange[]): TimeRange[] {
  const result: TimeRange[] = [];
  for (const next of [...ranges].sort((a, b) => a.from - b.from)) {
    const last = result.at(-1);
    if (last && next.from <= last.to) last.to = Math.max(last.to, next.to);
    else if (next.from < next.to) result.push({ ...next });
  }
  return result;
}

/** The times that are in both. */
export const intersect = (a: readonly TimeRange[], b: readonly TimeRange[]): TimeRange[] =>
  merged(
    a
      .flatMap((x) => b.map((y) => ({ from: Math.max(x.from, y.from), to: Math.min(x.to, y.to) })))
      .filter((i) => i.from < i.to),
  );

/** What of `from` is left, both sorted and without overlaps: one pass, for either may be thousands. */
function subtract(from: readonly TimeRange[], taken: readonly TimeRange[]): TimeRange[] {
  const rest: TimeRange[] = [];
  let next = 0;
  for (const interval of from) {
    let at = interval.from;
    for (; at < interval.to; next++) {
      const hole = taken[next];
      if (!hole || hole.from >= interval.to) break;
      if (hole.from > at) rest.push({ from: at, to: hole.from });
      at = Math.max(at, hole.to);
      // A hole that reaches past this one may reach into the next.
      if (hole.to > interval.to) break;
    }
    if (at < interval.to) rest.push({ from: at, to: interval.to });
  }
  return rest;
}

/**
 * The whole windows that should be reported some day: a window in which the deployment ran at all is expected whole, and it
 * belongs to the range by its end.
 * @param running when the deployment was meant to run; null where the namespace is not its own
 */
function expectedOf(e: Expectation, running: readonly TimeRange[] | null, range: TimeRange): TimeRange[] {
  const step = e.windowSeconds * secondMs;
  const outward = (running ?? [{ from: range.from - step, to: range.to }]).map((i) => ({
    from: floorTo(i.from, step),
    to: ceilTo(i.to, step),
  }));
  // Windows that end in (from, to] begin at or after the edge before from + 1 ms.
  const inside = { from: floorTo(range.from, step), to: floorTo(range.to, step) };
  return intersect(intersect(merged(e.active), merged(outward)), [inside]);
}

/** An expectation, and when its deployment was meant to run; null where the namespace is not its own. */
export interface Running extends Expectation {
  running: readonly TimeRange[] | null;
}

/**
 * The whole windows of a range that should be there by now.
 * @param seen ms: what ends at or before it is due, too, although reports may still be on their way
 */
export function dueOf(e: Running, range: TimeRange, now: number, seen = Number.NEGATIVE_INFINITY): TimeRange[] {
  const step = e.windowSeconds * secondMs;
  const until = floorTo(Math.max(dueUntil(now, e.windowSeconds), seen), step);
  return intersect(expectedOf(e, e.running, range), [{ from: range.from - step, to: until }]);
}

/** All gaps of a range, oldest first. */
export function gapsOf(
  expectations: readonly Running[],
  accounted: readonly Accounted[],
  range: TimeRange,
  now: number,
): Gap[] {
  const nameOf = (of: { reporterSeq: number; projectSeq: number }) => `${of.reporterSeq}/${of.projectSeq}`;
  const accountedBy = Map.groupBy(accounted, nameOf);
  const gaps = expectations.flatMap((e): Gap[] => {
    const { reporterSeq, projectSeq } = e;
    const step = e.windowSeconds * secondMs;
    const gapOf = (hole: TimeRange, reason: Gap['reason']): Gap => {
      return { reporterSeq, projectSeq, ...hole, windows: Math.round((hole.to - hole.from) / step), reason };
    };
    const own = accountedBy.get(nameOf(e)) ?? [];
    const expected = expectedOf(e, e.running, range);
    const missing = subtract(dueOf(e, range, now), merged(own)).map((hole) => gapOf(hole, 'missing'));
    const unseen = own.flatMap(({ state, from, to }) =>
      state === 'complete' ? [] : intersect(expected, [{ from, to }]).map((hole) => gapOf(hole, state)),
    );
    return [...missing, ...unseen];
  });
  return gaps.sort((a, b) => a.from - b.from || a.projectSeq - b.projectSeq || a.reporterSeq - b.reporterSeq);
}

/** Whether a window of the gap ends in `(from, to]`. */
export function isGapIn(gap: Gap, range: TimeRange): boolean {
  const step = (gap.to - gap.from) / gap.windows;
  const before = Math.max(0, Math.floor((range.from - gap.from) / step));
  return gap.from + (before + 1) * step <= Math.min(gap.to, range.to);
}
