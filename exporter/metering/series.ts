/**
 * Raw samples as Prometheus stored them, and how slices of one series are put together.
 * Owns no rule about what they mean. Times are integer milliseconds, UTC, ascending.
 */

export type Labels = Readonly<Record<string, string>>;

/** One stored series: its labels (without `__name__`) and samples in two parallel columns, times ascending. */
export interface RawSeries {
  labels: Labels;
  times: number[];
  values: number[];
}

/** A window `(startMs, endMs]`: a sample exactly at the start belongs to what came before. */
export interface Span {
  startMs: number;
  endMs: number;
}

/** A text that is equal for equal label sets, whatever their order. */
export const labelKey = (labels: Labels): string => JSON.stringify(Object.entries(labels).sort(byName));

const byName = (a: [string, string], b: [string, string]): number => (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0);

/**
 * Series gathered from several answers: samples of equal labels are joined, sorted and freed of doubles (the same time
 * twice keeps the larger value, so that the order of the answers changes nothing).
 */
export function gather(parts: Iterable<RawSeries>): RawSeries[] {
  const byLabels = new Map<string, { series: RawSeries; own: boolean }>();
  for (const part of parts) {
    const key = labelKey(part.labels);
    const known = byLabels.get(key);
    if (!known) {
      byLabels.set(key, { series: part, own: false });
      continue;
    }
    // The parts are the caller's: only what is joined is copied.
    if (!known.own) {
      known.series = { labels: part.labels, times: [...known.series.times], values: [...known.series.values] };
      known.own = true;
    }
    append(known.series, part);
  }
  return [...byLabels.entries()].sort((a, b) => (a[0] < b[0] ? -1 : 1)).map(([, { series }]) => tidy(series));
}

/** Adds samples to the end of a series of one's own. */
export function append(to: RawSeries, more: RawSeries): void {
  for (let i = 0; i < more.times.length; i++) {
    to.times.push(more.times[i] ?? 0);
    to.values.push(more.values[i] ?? 0);
  }
}

/** Samples in time order, one per time, only finite ones. */
function tidy(series: RawSeries): RawSeries {
  const { times, values } = series;
  if (isTidy(times, values)) return series;
  const order = times.map((_, i) => i).filter((i) => Number.isFinite(values[i]));
  order.sort((a, b) => (times[a] ?? 0) - (times[b] ?? 0) || (values[b] ?? 0) - (values[a] ?? 0));
  const kept = order.filter((index, i) => i === 0 || times[index] !== times[order[i - 1] ?? -1]);
  return { labels: series.labels, times: kept.map((i) => times[i] ?? 0), values: kept.map((i) => values[i] ?? 0) };
}

function isTidy(times: number[], values: number[]): boolean {
  for (let i = 0; i < times.length; i++) {
    if (!Number.isFinite(values[i])) return false;
    if (i > 0 && (times[i] ?? 0) <= (times[i - 1] ?? 0)) return false;
  }
  return true;
}

/** Index of the last time at or before `t` in ascending times; -1 when there is none. */
export function lastAtOrBefore(times: readonly number[], t: number): number {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((times[middle] ?? 0) <= t) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** Whether the series has a sample in `(startMs, endMs]`. */
export function livesIn(series: RawSeries, span: Span): boolean {
  const index = lastAtOrBefore(series.times, span.endMs);
  return index >= 0 && (series.times[index] ?? 0) > span.startMs;
}

/** The middle one of some numbers (of an even count the upper middle); undefined of none. */
export function median(numbers: number[]): number | undefined {
  return [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];
}

/** Differences of neighbours. */
export const spacings = (times: readonly number[]): number[] => times.slice(1).map((t, i) => t - (times[i] ?? t));
