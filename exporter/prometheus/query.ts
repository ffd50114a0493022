/** PromQL text: selectors with values quoted, so that no name can end a string or become a pattern. */
import type { Labels } from '../metering/series.ts';

/** What the placeholders of a selector's template stand for. */
export interface Scope {
  namespace: string;
  /** RE2 pattern (anchored by Prometheus) of pods to leave out. */
  excludePods: string | undefined;
  /** False where nothing bears the namespace as `exported_namespace`: then nobody need be asked for it. */
  exported?: boolean | undefined;
}

/**
 * The selectors of the catalogue for a namespace. Where a target's own labels took the names of the thing's, its pod is
 * `exported_pod` if the target has a `pod` too, else `pod`: a pattern of pods to leave out needs a selector for each.
 */
export function fill(matchers: string, scope: Scope): string[] {
  const { namespace, excludePods } = scope;
  if (scope.exported === false && matchers.startsWith('exported_namespace=')) return [];
  const pattern = excludePods === undefined ? undefined : quote(excludePods);
  const forms =
    pattern === undefined || !matchers.includes('$EXPORTED')
      ? ['']
      : [`,exported_pod="",pod!~${pattern}`, `,exported_pod!="",exported_pod!~${pattern}`];
  return forms.map((form) =>
    matchers
      .replaceAll('$EXPORTED', () => form)
      .replaceAll('$PODS', () => (pattern === undefined ? '' : `,pod!~${pattern}`))
      .replaceAll('$NS', () => namespace),
  );
}

/** A selector with more matchers. */
export function withMatchers(selector: string, matchers = ''): string {
  if (matchers === '') return selector;
  if (!selector.endsWith('}')) return `${selector}{${matchers}}`;
  return `${selector.slice(0, -1)}${selector.endsWith('{}') ? '' : ','}${matchers}}`;
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
 * same name. What was federated keeps `exported_job` and `exported_instance`: they alone may tell two series apart, and
 * two counters told as one would be a reset at every sample.
 */
export function ownLabels(labels: Labels): Labels {
  const { __name__: _, ...rest } = labels;
  const exported = Object.keys(rest).filter((name) => /^exported_(?!job$|instance$)/.test(name) && rest[name]);
  if (exported.length === 0) return rest;
  const own: Record<string, string> = { ...rest };
  for (const name of exported) {
    own[name.slice('exported_'.length)] = own[name] ?? '';
    delete own[name];
  }
  return own;
}
