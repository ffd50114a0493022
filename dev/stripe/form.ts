/** Stripe's form encoding: `email=…&metadata[key]=…`. One level of nesting is all that the stand-in's calls use. */

export type Form = { fields: Map<string, string>; nested: Map<string, Map<string, string>> };

/** Reads a form or a query string; the last value of a repeated field counts. */
export function readForm(text: string): Form {
  const fields = new Map<string, string>();
  const nested = new Map<string, Map<string, string>>();
  for (const [name, value] of new URLSearchParams(text)) {
    const [, outer, inner] = /^([^[\]]+)\[([^\]]*)\]$/.exec(name) ?? [];
    if (outer === undefined || inner === undefined) {
      fields.set(name, value);
      continue;
    }
    const group = nested.get(outer) ?? new Map<string, string>();
    nested.set(outer, group.set(inner, value));
  }
  return { fields, nested };
}
