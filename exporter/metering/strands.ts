/**
 * Two processes behind one address write one series: it leaps from the count of one to that of the other and back, again and
 * again. The strand of which most was shown is one process' count; what the others counted meanwhile, nobody can add up.
 */
import { median, type RawSeries, type Span } from './series.ts';

export interface Untwisted {
  /** The samples of one process, and perhaps of what came before it. */
  series: RawSeries;
  /** How fast it usually grows, per ms. */
  perMs: number;
  /** When others were shown. */
  span: Span;
}

export interface LeapRules {
  /** An agent of the same counter may be this much behind: that is no leap, ms. */
  nearMs: number;
  /** How much faster than usual a counter may grow. */
  burst: number;
}

/** To have been away and back once is a slip of a scrape. */
const awayMin = 2;

/** @returns undefined where a series is one counter's, or others in it stand still */
export function untwisted(series: RawSeries, { nearMs, burst }: LeapRules): Untwisted | undefined {
  const { times, values } = series;
  const v = (i: number): number => values[i] ?? 0;
  const t = (i: number): number => times[i] ?? 0;
  const rate = (from: number, to: number): number => (v(to) - v(from)) / Math.max(1, t(to) - t(from));
  const [main = []] = strandsOf(values).toSorted((a, b) => b.length - a.length);
  const perMs = median(main.slice(1).map((to, n) => rate(main[n] ?? to, to))) ?? 0;
  // A rise beside a fall may be the way there or back.
  const isRise = (i: number): boolean => i > 0 && i < values.length && v(i) >= v(i - 1);
  const rises = values.flatMap((_, i) => (isRise(i - 1) && isRise(i) && isRise(i + 1) ? [rate(i - 1, i)] : []));
  const usualPerMs = Math.max(perMs, median(rises) ?? 0);
  const isLeap = (from: number, to: number): boolean =>
    Math.abs(v(to) - v(from)) > usualPerMs * Math.max(nearMs, burst * (t(to) - t(from)));
  const away = main.flatMap((back, n) => {
    const left = main[n - 1] ?? back;
    return back - left > 1 && isLeap(left, left + 1) && isLeap(back - 1, back)
      ? [{ first: left + 1, last: back - 1 }]
      : [];
  });
  const [first, last] = [away[0]?.first, away.at(-1)?.last];
  if (first === undefined || last === undefined || away.length < awayMin || v(last) <= v(first)) return undefined;
  return {
    series: { labels: series.labels, times: main.map(t), values: main.map(v) },
    perMs,
    span: { startMs: t(first), endMs: t(last) },
  };
}

/** Samples, by index, such that each strand only grows: each sample goes on from the highest that it is not below. */
function strandsOf(values: number[]): number[][] {
  const strands: number[][] = [];
  values.forEach((value, i) => {
    const lastOf = (strand: number[]): number => values[strand.at(-1) ?? 0] ?? 0;
    const [highest] = strands.filter((one) => lastOf(one) <= value).sort((a, b) => lastOf(b) - lastOf(a));
    if (highest) highest.push(i);
    else strands.push([i]);
  });
  return strands;
}
