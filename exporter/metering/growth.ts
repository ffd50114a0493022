/** What a thing that counts grew by in a window, and what of it could not be told: one counter's whole judgement. */
import { birthOf, type Start } from './births.ts';
import { counterGrowth } from './counter.ts';
import type { GrowthRules } from './falls.ts';
import { intervalOf, type Target, together } from './scrapes.ts';
import type { RawSeries, Span } from './series.ts';
import type { Thing } from './things.ts';
import type { Unseen } from './unseen.ts';

/** What is known of a thing that counts. */
export interface Counted {
  thing: Thing;
  /** What people know it by. */
  name: string;
  /** The targets that show it. */
  targets: Target[];
  startOf: (series: RawSeries, atMs: number) => Start | undefined;
  /** The most that it can grow by, and what is always believed of something new, per ms. */
  bounds: Pick<GrowthRules, 'maxPerMs' | 'usualPerMs'>;
  /** Whether others that do the same were scraped before a time. */
  watchedBefore: (atMs: number) => boolean;
}

/** @returns the growth in the counter's own unit, never more than was seen */
export function grownBy(counted: Counted, window: Span): { growth: number; unseen: Unseen[] } {
  const { thing, name, targets, startOf, watchedBefore } = counted;
  const rules: GrowthRules = {
    ...counted.bounds,
    startAt: (series, atMs) => {
      const start = startOf(series, atMs);
      return start?.own ? start.startMs : undefined;
    },
  };
  const birth = birthOf({
    window,
    good: together(targets),
    intervalMs: intervalOf(targets, thing.series),
    startOf,
    rules,
    watchedBefore,
  });
  const proof = thing.renamed
    ? () => ({ proven: false as const, unseenFromMs: thing.series[0]?.times[0] ?? 0 })
    : birth;
  const told = counterGrowth(thing.series, window, proof, rules);
  const unseen: Unseen[] = [];
  if (told.unproven.length > 0) unseen.push({ thing: name, why: 'unproven_birth', spans: told.unproven });
  if (told.doubtful.length > 0) unseen.push({ thing: name, why: 'unexplained_count', spans: told.doubtful });
  return { growth: told.growth, unseen };
}
