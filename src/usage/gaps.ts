/**
 * What is missing: expected windows that nobody reported, and windows that were declared unavailable or seen in part.
 * Expected is the reporter's active time ∩ the time its deployment was meant to run (spec §3). Pure.
 */
import type { GapsAnswer } from '../contracts/usage.ts';
import { ceilTo, floorTo, minuteMs, secondMs } from '../lib/time.ts';

/** Half-open, ms. */
export interface Interval {
  from: number;
  to: number;
}

export interface Expectation {
  reporterSeq: number;
  projectSeq: number;
  windowSeconds: number;
  /** When the reporter owned a meter of the namespace. */
  active: readonly Interval[];
}

export interface Gap extends Interval {
  reporterSeq: number;
  projectSeq: number;
  windows: number;
  reason: GapsAnswer['items'][number]['reason'];
}

/** What was accounted for (src/usage/history-store.ts). */
export interface Accounted extends Interval {
  reporterSeq: number;
  projectSeq: number;
  state: 'complete' | 'partial' | 'unavailable';
  windows: number;
}

/** Reports settle, travel and are stored: a window is late only after this, or after its own length if that is less. */
const graceMsMax = 15 * minuteMs;

/** The instant until which windows should be there: those that ended before it. */
const dueUntil = (now: number, windowSeconds: number): number => now - Math.min(graceMsMax, windowSeconds * secondMs);

/** Sorted, without overlaps. */
function merged(intervals: readonly Interval[]): Interval[] {
  const result: Interval[] = [];
  for (const next of [...intervals].sort((a, b) => a.from - b.from)) {
    const last = result.at(-1);
    if (last && next.from <= last.to) last.to = Math.max(last.to, next.to);
    else if (next.from < next.to) result.push({ ...next });
  }
  return result;
}

const intersect = (a: readonly Interval[], b: readonly Interval[]): Interval[] =>
  merged(
    a
      .flatMap((x) => b.map((y) => ({ from: Math.max(x.from, y.from), to: Math.min(x.to, y.to) })))
      .filter((i) => i.from < i.to),
  );

function subtract(from: readonly Interval[], taken: readonly Interval[]): Interval[] {
  let rest = [...from];
  for (const hole of taken) {
    rest = rest.flatMap((i) => {
      if (hole.to <= i.from || hole.from >= i.to) return [i];
      const parts = [
        { from: i.from, to: Math.min(i.to, hole.from) },
        { from: Math.max(i.from, hole.to), to: i.to },
      ];
      return parts.filter((part) => part.from < part.to);
    });
  }
  return rest;
}

/**
 * The whole windows that should have been reported: a window in which the deployment ran at all is expected whole, and it
 * belongs to the range by its end.
 * @param running when the deployment was meant to run; null where the namespace is not its own
 */
function expectedOf(e: Expectation, running: readonly Interval[] | null, range: Interval, now: number): Interval[] {
  const step = e.windowSeconds * secondMs;
  const outward = (running ?? [{ from: range.from - step, to: range.to }]).map((i) => ({
    from: floorTo(i.from, step),
    to: ceilTo(i.to, step),
  }));
  // Windows that end in (from, to] begin at or after the edge before from + 1 ms.
  const first = floorTo(range.from, step);
  const last = floorTo(Math.min(range.to, dueUntil(now, e.windowSeconds)), step);
  return intersect(intersect(merged(e.active), merged(outward)), [{ from: first, to: last }]);
}

/** All gaps of a range, oldest first. */
export function gapsOf(
  expectations: readonly (Expectation & { running: readonly Interval[] | null })[],
  accounted: readonly Accounted[],
  range: Interval,
  now: number,
): Gap[] {
  const gaps: Gap[] = [];
  for (const e of expectations) {
    const own = accounted.filter((a) => a.reporterSeq === e.reporterSeq && a.projectSeq === e.projectSeq);
    const step = e.windowSeconds * secondMs;
    for (const hole of subtract(expectedOf(e, e.running, range, now), own)) {
      const windows = Math.round((hole.to - hole.from) / step);
      gaps.push({ reporterSeq: e.reporterSeq, projectSeq: e.projectSeq, ...hole, windows, reason: 'missing' });
    }
  }
  for (const a of accounted) {
    if (a.state === 'complete') continue;
    const { reporterSeq, projectSeq, from, to, windows } = a;
    gaps.push({ reporterSeq, projectSeq, from, to, windows, reason: a.state });
  }
  return gaps.sort((a, b) => a.from - b.from || a.projectSeq - b.projectSeq || a.reporterSeq - b.reporterSeq);
}
