/** PromQL text: selectors with values quoted, so that no name can end a string or become a pattern. */
import type { Labels } from '../metering/series.ts';

/** What a selector's placeholders stand for. */
export interface Scope {
  namespace: string;
  /** RE2 pattern (anchored by Prometheus) of pods to leave out. */
  excludePods: string | undefined;
}

/** Fills `$NS`, `$PODS` and `$EXPORTED_PODS` in the matchers of the catalogue. */
export function fill(matchers: string, scope: Scope): string {
  const without = (label: string): string => (scope.excludePods ? `,${label}!~${quote(scope.excludePods)}` : '');
  return matchers
    .replaceAll('$EXPORTED_PODS', () => without('exported_pod'))
    .replaceAll('$PODS', () => without('pod'))
    .replaceAll('$NS', () => scope.namespace);
}

/** A PromQL string literal. JSON's escapes are a subset of Go's. */
export const quote = (text: string): string => JSON.stringify(text);

/** A matcher for any of some exact values. */
export function anyOf(label: string, values: Iterable<string>): string {
  const patterns = [...new Set(values)].sort().map((v) => v.replaceAll(/[\\^$.|?*+()[\]{}]/g, '\\$&'));
  return `${label}=~${quote(patterns.join('|'))}`;
}

/**
 * The thing's own labels: with `honor_labels: false` Prometheus keeps them as `exported_…` where a target label has the
 * same name.
 */
export function ownLabels(labels: Labels): Labels {
  const { __name__: _, ...rest } = labels;
  const exported = Object.keys(rest).filter((name) => name.startsWith('exported_') && rest[name]);
  if (exported.length === 0) return rest;
  const own: Record<string, string> = { ...rest };
  for (const name of exported) {
    const plain = name.slice('exported_'.length);
    // The scrape's own labels stay: they say which target it was.
    if (plain !== 'job' && plain !== 'instance') own[plain] = own[name] ?? '';
    delete own[name];
  }
  return own;
}
