/**
 * Stripe's form encoding: `email=…&metadata[key]=…&items[0][price]=…&expand[]=…`, as a tree. What the names mean is
 * parameters.ts's.
 */
import { refuse } from './errors.ts';

/** A branch is what has names (or numbers) in brackets under it; a leaf is the text of the last field with that name. */
export type Tree = Map<string, string | Tree>;

/** Deeper than anything that Stripe's API takes. */
const depthMax = 8;

/** The names of `a[b][]`: a, b and an empty one. Null when the brackets don't match. */
function namesOf(name: string): string[] | null {
  const match = /^([^[\]]+)((?:\[[^[\]]*\])*)$/.exec(name);
  if (match === null) return null;
  const [, first = '', rest = ''] = match;
  return [first, ...[...rest.matchAll(/\[([^[\]]*)\]/g)].map(([, inner = '']) => inner)];
}

/** Puts a value into its place; false when the place is a leaf and a branch at once. */
function put(tree: Tree, names: string[], value: string): boolean {
  let branch = tree;
  for (const given of names.slice(0, -1)) {
    const name = given === '' ? String(branch.size) : given;
    const next = branch.get(name) ?? (new Map() as Tree);
    if (typeof next === 'string') return false;
    branch.set(name, next);
    branch = next;
  }
  const last = names.at(-1) || String(branch.size);
  if (typeof branch.get(last) === 'object') return false;
  branch.set(last, value);
  return true;
}

/** Reads a form or a query string; `[]` takes the next number. Throws Stripe's refusal of a name that is not one. */
export function readForm(text: string): Tree {
  const tree: Tree = new Map();
  for (const [name, value] of new URLSearchParams(text)) {
    const names = namesOf(name);
    if (names === null || names.length > depthMax || !put(tree, names, value)) {
      refuse(`Invalid request: the parameter ${name} is malformed`, undefined, name);
    }
  }
  return tree;
}
