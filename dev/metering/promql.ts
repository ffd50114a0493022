/**
 * Reads PromQL for the simulated Prometheus: the few forms that the exporter sends, which are a selector over a range,
 * last_over_time or max_over_time of one, group of those, and count of a selector. Any other query is refused.
 */

export type Matcher = { label: string; fits: (value: string) => boolean };
export type Query =
  /** Samples as they are. */
  | { form: 'range'; selector: Matcher[]; rangeMs: number }
  /** One value a series; with `by`, one a group: always 1. */
  | { form: 'over_time'; pick: 'last' | 'max'; selector: Matcher[]; rangeMs: number; by?: string[] }
  /** How many series there are now. */
  | { form: 'count'; selector: Matcher[] };

const SELECTOR = /^([a-z_:]\w*)?(?:\{(.*)\})?$/i;
const RANGE = /^(.*)\[(\d+)ms\]$/s;
const OVER_TIME = /^(last|max)_over_time\((.*)\)$/s;
const GROUP = /^group(?: by \(([\w, ]*)\) )?\((.*)\)$/s;
const COUNT = /^count\((.*)\)$/s;
const MATCHER = /^(\w+)(=~|!~|!=|=)("(?:[^"\\]|\\.)*")(?:,|$)/;

/** The query, or null when it is not one that the exporter sends. */
export function parseQuery(text: string): Query | null {
  const group = GROUP.exec(text);
  if (group) {
    const inner = parseOverTime(group[2] ?? '');
    const by = (group[1] ?? '').split(',').map((label) => label.trim());
    return inner && { ...inner, by: by.filter((label) => label !== '') };
  }
  const count = COUNT.exec(text);
  if (count) {
    const selector = parseSelector(count[1] ?? '');
    return selector && { form: 'count', selector };
  }
  const ranged = parseRange(text);
  return ranged ? { form: 'range', ...ranged } : parseOverTime(text);
}

function parseOverTime(text: string): Extract<Query, { form: 'over_time' }> | null {
  const [, pick, inner] = OVER_TIME.exec(text) ?? [];
  const ranged = parseRange(inner ?? '');
  return ranged && { form: 'over_time', pick: pick === 'max' ? 'max' : 'last', ...ranged };
}

function parseRange(text: string): { selector: Matcher[]; rangeMs: number } | null {
  const [, inner, rangeMs] = RANGE.exec(text) ?? [];
  const selector = inner === undefined ? null : parseSelector(inner);
  return selector && { selector, rangeMs: Number(rangeMs) };
}

function parseSelector(text: string): Matcher[] | null {
  const [whole, name, matchers] = SELECTOR.exec(text) ?? [];
  if (!whole) return null;
  const named: Matcher[] = name ? [{ label: '__name__', fits: (value) => value === name }] : [];
  const parsed = parseMatchers(matchers ?? '');
  return parsed && [...named, ...parsed];
}

function parseMatchers(text: string): Matcher[] | null {
  const found: Matcher[] = [];
  let rest = text;
  while (rest !== '') {
    const [whole, label, operator, literal] = MATCHER.exec(rest) ?? [];
    if (!whole || !label || !operator || !literal) return null;
    const fits = fitsOf(operator, literal);
    if (fits === null) return null;
    found.push({ label, fits });
    rest = rest.slice(whole.length);
  }
  return found;
}

/** JavaScript's patterns read what the exporter sends as RE2 does, inline flags too; Prometheus anchors them. */
function fitsOf(operator: string, literal: string): Matcher['fits'] | null {
  try {
    const value = JSON.parse(literal) as string;
    if (operator === '=') return (of) => of === value;
    if (operator === '!=') return (of) => of !== value;
    const pattern = new RegExp(`^(?:${value})$`, 's');
    return operator === '=~' ? (of) => pattern.test(of) : (of) => !pattern.test(of);
  } catch {
    return null;
  }
}
