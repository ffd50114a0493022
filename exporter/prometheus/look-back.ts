/**
 * The last sample of some series before a time, up to 24 h back. Asked in hours, newest first, and only for series that
 * are known to be there, because a day of samples of every pod would be more than the exporter may hold.
 */
import { err, ok, type Result } from '../../src/lib/result.ts';
import { hourMs } from '../../src/lib/time.ts';
import { gather, type Labels, labelKey, type RawSeries } from '../metering/series.ts';
import type { Prometheus } from './client.ts';
import type { PrometheusFailure } from './failure.ts';

/** How far back the base of a counter is looked for (spec §3). */
export const lookBackMs = 24 * hourMs;

export interface Wanted {
  selector: string;
  /** Look before this time, ms, down to `sinceMs`. */
  beforeMs: number;
  sinceMs: number;
  isWanted: (labels: Labels) => boolean;
  /** Which samples count, by value; e.g. good scrapes only. */
  counts: (value: number) => boolean;
}

/** One sample per wanted series: its last before the time. Series without any are not in the answer. */
export async function lastBefore(
  prometheus: Prometheus,
  wanted: Wanted,
): Promise<Result<RawSeries[], PrometheusFailure>> {
  const { selector, beforeMs, sinceMs } = wanted;
  if (beforeMs <= sinceMs) return ok([]);
  const there = await prometheus.over(selector, { startMs: sinceMs, endMs: beforeMs }, { pick: 'max' });
  if (!there.ok) return err(there.error);
  const open = new Set(
    there.value
      .filter((row) => wanted.counts(row.value) && wanted.isWanted(row.labels))
      .map((row) => labelKey(row.labels)),
  );
  const found: RawSeries[] = [];
  for (let endMs = beforeMs; endMs > sinceMs && open.size > 0; endMs -= hourMs) {
    const slice = await prometheus.raw(selector, { startMs: Math.max(sinceMs, endMs - hourMs), endMs });
    if (!slice.ok) return slice;
    for (const series of gather(slice.value)) {
      const last = series.values.findLastIndex(wanted.counts);
      if (last < 0 || !open.delete(labelKey(series.labels))) continue;
      found.push({ labels: series.labels, times: [series.times[last] ?? 0], values: [series.values[last] ?? 0] });
    }
  }
  return ok(found);
}
