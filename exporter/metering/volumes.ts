/**
 * A claim is never more than it can hold. Claims on one shared file system (hostPath, NFS) each show the whole disk:
 * such a claim counts up to what was asked for, and is told of; where nobody knows what was asked for, it is left out.
 */
import type { RawSeries } from './series.ts';
import { nodeOf } from './things.ts';

/** What bounds one claim, bytes. */
export interface Bounds {
  capacity?: number | undefined;
  request?: number | undefined;
}

export interface Shown {
  claim: string;
  series: RawSeries[];
  bounds: Bounds;
}

export interface Limit {
  maxBytes: number;
  /** Whether its file system holds more than the claim. */
  shared: boolean;
}

/** Smaller volumes are equal by chance when they are new. */
const noticeableBytes = 2 ** 30;
/** A file system is a little smaller than its disk, never this much larger. */
const larger = 1.2;

/** How much each claim may count, and whether its file system holds more than the claim. */
export function limitsOf(all: Shown[]): Map<string, Limit> {
  const alike = Map.groupBy(all, likeness);
  return new Map(
    all.map((shown): [string, Limit] => {
      const { capacity = Number.POSITIVE_INFINITY, request } = shown.bounds;
      const used = highest(shown.series);
      const twins = (alike.get(likeness(shown)) ?? []).length > 1;
      const overflows = request !== undefined && used > request && capacity > request * larger;
      const isLarge = used > noticeableBytes || (request !== undefined && capacity > request * larger);
      const shared = overflows || (twins && isLarge && Number.isFinite(capacity));
      if (!shared) return [shown.claim, { shared, maxBytes: Math.min(capacity, request ?? capacity) }];
      return [shown.claim, { shared, maxBytes: Math.min(capacity, request ?? 0) }];
    }),
  );
}

const highest = (series: RawSeries[]): number => Math.max(0, ...series.flatMap((s) => s.values));

/** Equal for claims that show the same bytes of the same file system: size, node, and every sample. */
function likeness({ series, bounds }: Shown): string {
  const [first] = series;
  const place = first ? nodeOf(first.labels) || first.labels['instance'] : '';
  return JSON.stringify([place, bounds.capacity, first?.values]);
}
