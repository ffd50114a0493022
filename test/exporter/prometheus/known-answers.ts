/** A Prometheus of known series for the exporter's own questions; what it does not know is an empty answer. */

import { livesIn, type RawSeries } from '../../../exporter/metering/series.ts';
import type { Prometheus } from '../../../exporter/prometheus/client.ts';
import { ok } from '../../../src/lib/result.ts';

const matcher = /([\w]+)(=~|!~|!=|=)("(?:[^"\\]|\\.)*")/g;

/** The series of the metric that a selector takes, by its matchers. */
function selected(series: Record<string, RawSeries[]>, selector: string): RawSeries[] {
  const [metric = '', matchers = ''] = selector.split('{');
  const named = Object.entries(series).flatMap(([name, all]) =>
    metric === '' || metric === name ? all.map((one) => ({ name, one })) : [],
  );
  const fitting = named.filter(({ name, one }) =>
    [...matchers.matchAll(matcher)].every(([, label = '', operator, literal = '""']) => {
      const value = label === '__name__' ? name : (one.labels[label] ?? '');
      const wanted = JSON.parse(literal) as string;
      const fits = operator?.includes('~') ? new RegExp(`^(?:${wanted})$`).test(value) : value === wanted;
      return operator?.startsWith('!') ? !fits : fits;
    }),
  );
  return fitting.map(({ one }) => one);
}

export function knownAnswers(series: Record<string, RawSeries[]>): Prometheus {
  const within = (one: RawSeries, startMs: number, endMs: number): RawSeries => {
    const kept = one.times.flatMap((t, i) => (t > startMs && t <= endMs ? [i] : []));
    return { ...one, times: kept.map((i) => one.times[i] ?? 0), values: kept.map((i) => one.values[i] ?? 0) };
  };
  return {
    raw: async (selector, { startMs, endMs }) =>
      ok(
        selected(series, selector)
          .map((one) => within(one, startMs, endMs))
          .filter(({ times }) => times.length > 0),
      ),
    over: async (selector, span, how) => {
      const found = selected(series, selector).filter((one) => livesIn(one, span));
      if ('by' in how) {
        const groups = found.map(({ labels }) => Object.fromEntries(how.by.map((name) => [name, labels[name] ?? ''])));
        return ok(
          [...new Map(groups.map((g) => [JSON.stringify(g), g])).values()].map((labels) => ({ labels, value: 1 })),
        );
      }
      return ok(
        found.map((one) => {
          const { values } = within(one, span.startMs, span.endMs);
          return { labels: one.labels, value: how.pick === 'max' ? Math.max(...values) : (values.at(-1) ?? 0) };
        }),
      );
    },
    close: async () => {},
  };
}
