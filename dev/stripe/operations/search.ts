/**
 * The part of Stripe's search language that customers are looked up with: `email:'a'` and `metadata['key']:'value'`,
 * joined by AND. Stripe's own index lags by up to a minute; this one does not, so nothing may rely on search here to
 * prove that it needs no fallback there.
 */
import { refuse } from '../errors.ts';
import type { Customer } from '../objects/customer.ts';

export type Condition = (customer: Customer) => boolean;

const QUOTED = String.raw`(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)")`;
const CLAUSE = new RegExp(String.raw`^\s*(?:metadata\[${QUOTED}\]|(email|name|phone)):${QUOTED}\s*`);

const unquote = (single: string | undefined, double: string | undefined): string =>
  (single ?? double ?? '').replace(/\\(.)/g, '$1');

/** The condition that a query states. Throws Stripe's refusal. */
export function readQuery(query: string): Condition {
  const conditions: Condition[] = [];
  let rest = query;
  for (;;) {
    const match = CLAUSE.exec(rest);
    if (match === null) return refuse(`We were unable to parse your search query: ${query}`, undefined, 'query');
    const [whole, keySingle, keyDouble, field, single, double] = match;
    const value = unquote(single, double);
    if (field === 'email' || field === 'name' || field === 'phone')
      conditions.push((customer) => customer[field] === value);
    else {
      const key = unquote(keySingle, keyDouble);
      conditions.push(({ metadata }) => Object.hasOwn(metadata, key) && metadata[key] === value);
    }
    rest = rest.slice(whole.length);
    if (rest === '') return (customer) => conditions.every((holds) => holds(customer));
    if (!/^and\s/i.test(rest)) return refuse(`We were unable to parse your search query: ${query}`, undefined, 'query');
    rest = rest.slice('and '.length);
  }
}
