/**
 * One Prometheus for several namespaces that are measured for the same window: what they ask alike is asked once, `namespace="a"`
 * as `namespace=~"a|b|…"`, and each is given its own rows. Questions about single pods or targets, and those of meshes, whose labels
 * have other names, go through as they are. Answers are kept until `forget`: how many namespaces share is the bound of memory.
 */
import { ok, type Result } from '../../src/lib/result.ts';
import type { Labels, Span } from '../metering/series.ts';
import type { How, Prometheus, Value } from './client.ts';
import type { PrometheusFailure } from './failure.ts';
import { anyOf, quote } from './query.ts';

type Answer<T> = Promise<Result<T[], PrometheusFailure>>;

export interface Shared {
  /** The Prometheus of one of the namespaces. */
  of(namespace: string): Prometheus;
  forget(): void;
}

const labels = ['exported_namespace', 'namespace'] as const;

/** A selector for all of the namespaces, and the label that tells them apart; undefined when it must be asked by itself. */
function widened(selector: string, namespace: string, all: string): { selector: string; label: string } | undefined {
  // Pods that were found in one namespace are none of another's.
  if (/[,{]pod=~/.test(selector)) return undefined;
  for (const label of labels) {
    const own = new RegExp(`([,{])${label}=${quote(namespace).replaceAll('.', '\\.')}`);
    if (own.test(selector))
      return { selector: selector.replace(own, (_, before: string) => `${before}${label}=~${all}`), label };
  }
  return undefined;
}

export function shareAmong(prometheus: Prometheus, namespaces: readonly string[]): Shared {
  // anyOf writes `label=~"…"`; the pattern is what follows.
  const all = anyOf('x', namespaces).slice('x=~'.length);
  const known = new Map<string, Answer<unknown>>();
  const once = <T>(key: string, ask: () => Answer<T>): Answer<T> => {
    const asked = (known.get(key) as Answer<T> | undefined) ?? ask();
    known.set(key, asked);
    return asked;
  };
  const ownOf = async <T extends { labels: Labels }>(answer: Answer<T>, namespace: string): Answer<T> => {
    const rows = await answer;
    return rows.ok ? ok(rows.value.filter((row) => row.labels['namespace'] === namespace)) : rows;
  };
  const keyOf = (selector: string, { startMs, endMs }: Span, how: How | null): string =>
    JSON.stringify([selector, startMs, endMs, how]);
  const of = (namespace: string): Prometheus => ({
    raw: (selector, span) => {
      const wide = widened(selector, namespace, all);
      if (!wide) return prometheus.raw(selector, span);
      return ownOf(
        once(keyOf(wide.selector, span, null), () => prometheus.raw(wide.selector, span)),
        namespace,
      );
    },
    over: (selector, span, how) => {
      const wide = widened(selector, namespace, all);
      // Nothing of a namespace in it: the same answer for all.
      if (!wide) {
        return selector.includes(namespace) || /pod=~/.test(selector)
          ? prometheus.over(selector, span, how)
          : once<Value>(keyOf(selector, span, how), () => prometheus.over(selector, span, how));
      }
      const by = 'by' in how ? { by: [...how.by, wide.label] } : how;
      return ownOf(
        once<Value>(keyOf(wide.selector, span, by), () => prometheus.over(wide.selector, span, by)),
        namespace,
      );
    },
    close: () => prometheus.close(),
  });
  return { of, forget: () => known.clear() };
}
