/** Series that are generated for a real Prometheus: hours of them, one after the other, each with its own values. */

/** By the metric's name: labels as they are written, and what a series stands at (a gauge) or grows by a second (a counter). */
export type Generated = Record<string, (readonly [labels: string, value: number | ((atSeconds: number) => number)])[]>;
export interface Hour {
  counters: Generated;
  gauges: Generated;
}

const startSeconds = Date.parse('2026-03-10T10:00:00Z') / 1000;
const [hourSeconds, stepSeconds] = [3600, 30];

/** The moment of the n-th hour's last samples, in seconds. */
export const endOfHour = (n: number): number => startSeconds + (n + 1) * hourSeconds;

const merged = (all: Generated, other: Generated = {}): Generated => ({
  ...all,
  ...Object.fromEntries(
    Object.entries(other).map(([name, series]) => [name, [...new Map([...(all[name] ?? []), ...series])]]),
  ),
});
/** An hour that differs from another by some series. */
export const changed = (hour: Hour, { counters, gauges }: Partial<Hour>): Hour => ({
  counters: merged(hour.counters, counters),
  gauges: merged(hour.gauges, gauges),
});

/** The samples of one series in the n-th hour. Counters begin at zero in each. */
function samplesOf(series: string, value: Generated[string][number][1], n: number, isCounter: boolean): string[] {
  const lines: string[] = [];
  for (let age = stepSeconds; age <= hourSeconds; age += stepSeconds) {
    const at = endOfHour(n - 1) + age;
    const stands = typeof value === 'number' ? value : value(at);
    lines.push(`${series} ${isCounter ? stands * age : stands} ${at}`);
  }
  return lines;
}

/** The text that `promtool tsdb create-blocks-from openmetrics` takes, of hours one after the other. */
export function openMetrics(hours: readonly Hour[]): string {
  const lines: string[] = [];
  for (const kind of ['counters', 'gauges'] as const)
    for (const name of new Set(hours.flatMap((hour) => Object.keys(hour[kind])))) {
      // As unknown: a counter of OpenMetrics would have to end in _total.
      lines.push(`# TYPE ${name} ${kind === 'counters' ? 'unknown' : 'gauge'}`);
      const all = hours.map((hour) => new Map(hour[kind][name]));
      for (const labels of new Set(all.flatMap((series) => [...series.keys()])))
        for (const [n, series] of all.entries()) {
          const value = series.get(labels);
          if (value !== undefined) lines.push(...samplesOf(`${name}{${labels}}`, value, n, kind === 'counters'));
        }
    }
  return `${lines.join('\n')}\n# EOF\n`;
}
