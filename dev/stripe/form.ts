/** Stripe's form encoding: `items[0][price]=…&metadata[key]=…&expand[]=…`, as a tree. What the names mean is parameters.ts's. */

/** A branch is what has names (or numbers) in brackets under it; a leaf is the text of the last field with that name. */
export type Tree = Map<string, string | Tree>;

const partsOf = (name: string): string[] => {
  const [outer = name, ...rest] = name.split('[');
  return [outer, ...rest.map((part) => part.replace(/\]$/, ''))];
};

/** Reads a form or a query string; the last value of a repeated field counts, except under `[]`, which collects. */
export function readForm(text: string): Tree {
  const root: Tree = new Map();
  for (const [name, value] of new URLSearchParams(text)) {
    const parts = partsOf(name);
    const last = parts.pop() ?? name;
    let branch = root;
    for (const part of parts) {
      const next = branch.get(part);
      const deeper: Tree = next instanceof Map ? next : new Map();
      if (next !== deeper) branch.set(part, deeper);
      branch = deeper;
    }
    branch.set(last === '' ? String(branch.size) : last, value);
  }
  return root;
}
