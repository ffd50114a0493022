/**
 * What was not seen of a window: of which thing, in which seconds, and why. A flag has a least size: up to a minute of a
 * thing in all withholds no invoice.
 */
import type { Span } from './series.ts';

export type Why =
  /** Its target was not scraped for longer than a gap. */
  | 'not_scraped'
  /** It ran while its target was scraped, and was not shown. */
  | 'not_shown'
  /** Nothing proves that it began at zero. */
  | 'unproven_birth'
  /** Its counter fell without a restart, or leapt further than it can have grown. */
  | 'unexplained_count'
  /** Nobody says whether it has the node's network. */
  | 'network_unknown'
  /** Its file system holds more than its claim. */
  | 'shared_file_system'
  /** Its name may be another namespace's. */
  | 'ambiguous_name';

export interface Unseen {
  /** What people know it by, e.g. `pod api-0`, `claim data`, `target 10.0.0.1:10250`. */
  thing: string;
  why: Why;
  spans: Span[];
}

/** More than a minute of a thing in all is told, or less where a gap is shorter; less withholds no invoice. */
export const leastUnseenMs = (gapLimitMs: number): number => Math.min(60_000, gapLimitMs);

/** Told however short it was: what is left out may be more than those seconds. */
const always: readonly Why[] = ['unexplained_count', 'shared_file_system', 'ambiguous_name'];

export const lengthMs = (spans: Span[]): number => spans.reduce((sum, s) => sum + (s.endMs - s.startMs), 0);

/** @param leastMs what a thing must be unseen for, in all, to count */
export function worthTelling(all: Unseen[], leastMs: number): Unseen[] {
  const joined = [...Map.groupBy(all, ({ thing, why }) => `${why} ${thing}`).values()].flatMap((same) =>
    same[0] ? [{ ...same[0], spans: merged(same.flatMap((u) => u.spans)) }] : [],
  );
  return joined.filter(({ why, spans }) => always.includes(why) || lengthMs(spans) > leastMs);
}

/** Spans in order, without overlaps. */
export function merged(spans: Span[]): Span[] {
  const found: Span[] = [];
  for (const span of spans.toSorted((a, b) => a.startMs - b.startMs)) {
    const last = found.at(-1);
    if (last && span.startMs <= last.endMs) last.endMs = Math.max(last.endMs, span.endMs);
    else if (span.endMs > span.startMs) found.push({ ...span });
  }
  return found;
}

/** What of some spans lies in none of others. */
export function minus(spans: Span[], others: Span[]): Span[] {
  let left = merged(spans);
  for (const { startMs, endMs } of others) {
    left = left.flatMap((s) =>
      s.endMs <= startMs || s.startMs >= endMs
        ? [s]
        : [
            { startMs: s.startMs, endMs: startMs },
            { startMs: endMs, endMs: s.endMs },
          ].filter((part) => part.endMs > part.startMs),
    );
  }
  return left;
}

/** What of some spans lies in a window. */
export const inside = (spans: Span[], { startMs, endMs }: Span): Span[] =>
  spans
    .map((s) => ({ startMs: Math.max(s.startMs, startMs), endMs: Math.min(s.endMs, endMs) }))
    .filter((s) => s.endMs > s.startMs);
