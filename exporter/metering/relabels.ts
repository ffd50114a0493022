/**
 * A relabel in mid-flight gives a counter other labels: one series of a process ends and another begins where it left
 * off. Its birth is none. Owns only what one process shows; another process begins anew (births.ts).
 */
import { growthMax } from './falls.ts';
import type { RawSeries } from './series.ts';
import type { Thing } from './things.ts';

interface Life {
  thing: Thing;
  firstMs: number;
  lastMs: number;
  first: number;
  last: number;
}

/** How long before a series began another may have ended to be the one that it goes on from. */
const nearMs = 10 * 60_000;

/** Joins things of one process of which one goes on where the other ended. */
export function withoutRelabels(things: Thing[], maxPerMs: number, endMs: number): Thing[] {
  const lives = things.map(lifeOf);
  const beginsMs = Math.min(...lives.map((l) => l.firstMs));
  const born = lives.filter((l) => l.firstMs > beginsMs).sort((a, b) => a.firstMs - b.firstMs);
  const gone = new Set<Life>();
  for (const next of born) {
    const before = lives
      .filter((l) => !gone.has(l) && l !== next && canGoOn(l, next, maxPerMs))
      .sort((a, b) => likeness(b, next) - likeness(a, next) || b.last - a.last)[0];
    if (before && before.lastMs < endMs) {
      gone.add(before);
      next.thing = {
        ...before.thing,
        identity: next.thing.identity,
        series: [...before.thing.series, ...next.thing.series],
      };
    }
  }
  const left = lives.filter((l) => !gone.has(l));
  for (const next of left) if (isPartOfSplit(next, left, beginsMs)) next.thing = { ...next.thing, renamed: true };
  return left.map((l) => l.thing);
}

/** Whether a series began, with others, when one ended whose count they have between them: a label was added. */
function isPartOfSplit(next: Life, all: Life[], beginsMs: number): boolean {
  if (next.firstMs <= beginsMs) return false;
  const sum = (lives: Life[], value: (l: Life) => number): number => lives.reduce((total, l) => total + value(l), 0);
  const ended = all.filter((l) => l.lastMs < next.firstMs && next.firstMs - l.lastMs <= nearMs);
  const began = all.filter((l) => l.firstMs > beginsMs && Math.abs(l.firstMs - next.firstMs) <= togetherMs);
  const counted = sum(ended, (l) => l.last);
  return counted > 0 && began.length > 1 && sum(began, (l) => l.first) >= counted;
}

const togetherMs = 60_000;

function canGoOn(ended: Life, began: Life, maxPerMs: number): boolean {
  if (ended.lastMs >= began.firstMs || began.firstMs - ended.lastMs > nearMs || began.first < ended.last) return false;
  const rate = (ended.last - ended.first) / Math.max(1, ended.lastMs - ended.firstMs);
  const believed = { maxPerMs: Math.min(maxPerMs, Math.max(20 * rate, 0.01)) };
  return began.first - ended.last <= growthMax(believed, began.firstMs - ended.lastMs);
}

const likeness = (a: Life, b: Life): number =>
  Object.entries(a.thing.identity).filter(([name, value]) => b.thing.identity[name] === value).length;

function lifeOf(thing: Thing): Life {
  const one = (pick: (s: RawSeries) => number, best: (...n: number[]) => number): number =>
    best(...thing.series.map(pick));
  const firstMs = one((s) => s.times[0] ?? 0, Math.min);
  const lastMs = one((s) => s.times.at(-1) ?? 0, Math.max);
  const starts = thing.series.filter((s) => s.times[0] === firstMs).map((s) => s.values[0] ?? 0);
  const ends = thing.series.filter((s) => s.times.at(-1) === lastMs).map((s) => s.values.at(-1) ?? 0);
  return { thing, firstMs, lastMs, first: Math.max(...starts), last: Math.max(...ends) };
}
