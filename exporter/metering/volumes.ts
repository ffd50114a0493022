/**
 * A claim is never more than it can hold. Claims on one shared file system (hostPath, NFS) each show the whole disk:
 * such a claim counts up to what was asked for, and is told of; where nobody knows what was asked for, it is left out.
 */
import { lastAtOrBefore, type RawSeries } from './series.ts';
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
  const alike = Map.groupBy(all, placeOf);
  return new Map(
    all.map((shown): [string, Limit] => {
      const { capacity = Number.POSITIVE_INFINITY, request } = shown.bounds;
      const used = highest(shown.series);
      const twins = (alike.get(placeOf(shown)) ?? []).some((other) => other !== shown && isSameDisk(shown, other));
      const overflows = request !== undefined && used > request && capacity > request * larger;
      const isLarge = used > noticeableBytes || (request !== undefined && capacity > request * larger);
      const shared = overflows || (twins && isLarge && Number.isFinite(capacity));
      if (!shared) return [shown.claim, { shared, maxBytes: Math.min(capacity, request ?? capacity) }];
      return [shown.claim, { shared, maxBytes: Math.min(capacity, request ?? 0) }];
    }),
  );
}

const highest = (series: RawSeries[]): number => Math.max(0, ...series.flatMap((s) => s.values));

/** Equal for claims on disks of one size on one node. */
function placeOf({ series, bounds }: Shown): string {
  const [first] = series;
  const place = first ? nodeOf(first.labels) || first.labels['instance'] : '';
  return JSON.stringify([place, bounds.capacity]);
}

/** The kubelet looks at the volumes of each pod by themselves, every minute or two: one disk is shown as it was then. */
const lookedAgoMs = 2 * 60_000;
/** Fewer samples at the same times are equal by chance. */
const comparedMin = 3;

/** Whether two claims show the same bytes, for as long as both are there. */
function isSameDisk(a: Shown, b: Shown): boolean {
  const [first, second] = [a.series[0], b.series[0]];
  if (!first || !second) return false;
  // Two disks of their own may be about as full as each other: copies of one database are. Only equal bytes tell.
  const agoMs = isLargerThanAsked(a) && isLargerThanAsked(b) ? lookedAgoMs : 0;
  let [compared, apart] = [0, 0];
  second.times.forEach((t, i) => {
    const near = first.values.slice(
      lastAtOrBefore(first.times, t - agoMs - 1) + 1,
      lastAtOrBefore(first.times, t + agoMs) + 1,
    );
    if (near.length === 0) return;
    const value = second.values[i] ?? 0;
    compared++;
    if (value < Math.min(...near) || value > Math.max(...near)) apart++;
  });
  return compared >= comparedMin && apart <= (agoMs > 0 ? compared / 10 : 0);
}

const isLargerThanAsked = ({ bounds: { capacity = 0, request } }: Shown): boolean =>
  request === undefined || capacity > request * larger;
