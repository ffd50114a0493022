/**
 * The real world's mess, by the kinds in which metering went wrong after public reports (docs/metering.md), at least three
 * neighbours of each: other labels, other times, other intervals. Short days, each a small change to an ordinary one.
 */
import { type Bricks, ordinary } from './build.ts';
import { duplicates, falls, falseStarts, relabels, stale } from './mess-counters.ts';
import type { Change, Mess } from './mess-kit.ts';
import { forgery, names, sameNames, sharedDisks } from './mess-names.ts';
import { falseAlarms, holes, inPart, labels, processes } from './mess-sources.ts';
import { hourMs, minuteMs } from './model.ts';

const all: Record<string, Record<string, Change>> = {
  C1: falls,
  C2: relabels,
  C3: duplicates,
  C4: {
    'oom-4-minutes': stale(10, 4, true),
    'oom-2-minutes': stale(25, 2, true),
    'oom-no-starts': stale(15, 3, false),
  },
  C5: names,
  C6: sameNames,
  C7: sharedDisks,
  C8: falseStarts,
  C9: processes,
  C10: inPart,
  C11: labels,
  C12: { quarter: holes(0.25, minuteMs), tenth: holes(0.1, 30_000), third: holes(0.33, 30_000) },
  C13: falseAlarms,
  C15: {
    'job-of-pods': forgery('kubernetes-pods', 'customer-0badf00d'),
    'job-of-endpoints': forgery('kubernetes-service-endpoints', 'shop'),
    'job-named-as-the-controller': forgery('ingress-nginx', 'customer-0badf00d'),
  },
};

/** Every day of mess for one seed's numbers; three windows each. */
export function messOf(b: Omit<Bricks, 'scrapeMs' | 'toMs'>): Mess[] {
  const bricks: Bricks = { ...b, scrapeMs: minuteMs, toMs: b.fromMs + 3 * hourMs };
  return Object.entries(all).flatMap(([kind, changes]) =>
    Object.entries(changes).map(([name, change]): Mess => {
      const plain = ordinary(bricks, name);
      const { day = plain, flag = 'may', ...more } = change(bricks, plain);
      return { kind, day: { ...day, shape: `${kind} ${name}` }, flag, ...more };
    }),
  );
}
