/** How the operator's settings for Prometheus are written; what is not understood is refused, never left out of a question. */
import type { Kind, Secret } from '../../src/lib/variables.ts';

/** A URL whose path, query, user and password are kept. */
export const prometheusUrl: Kind<string> = {
  words: 'an http or https URL, without a fragment',
  repeats: false,
  read: (text) => {
    const url = URL.parse(text);
    if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:') || url.hash !== '') return undefined;
    return (url.password === '') === (url.username === '') ? text : undefined;
  },
};

/** The URL without its user, and the user as basic credentials. */
export function addressOf(text: string): { url: string; basic?: { username: string; password: Secret } } {
  const url = new URL(text);
  if (url.username === '') return { url: text };
  const basic = {
    username: decodeURIComponent(url.username),
    password: { value: decodeURIComponent(url.password) },
  };
  url.username = url.password = '';
  return { url: url.href, basic };
}

const matcher = /^\s*([a-zA-Z_]\w*)\s*(=~|!~|!=|=)\s*("(?:[^"\\\n]|\\.)*")\s*(?:,|$)/;
/** What the exporter itself asks by: another matcher of one would contradict it. */
const asked = ['__name__', 'namespace', 'pod', 'container', 'job', 'instance'];

/** PromQL matchers with commas between them, as in a selector's braces. */
export const matchers: Kind<string> = {
  words: `PromQL matchers such as cluster="prod", none of ${asked.join(', ')}`,
  repeats: false,
  read: (text) => {
    const found: string[] = [];
    const inner = /^\s*\{(.*)\}\s*$/s.exec(text)?.[1] ?? text;
    for (let rest = inner; rest.trim() !== ''; ) {
      const [whole, label = '', operator = '', value = ''] = matcher.exec(rest) ?? [];
      if (whole === undefined || asked.includes(label)) return undefined;
      found.push(`${label}${operator}${value}`);
      rest = rest.slice(whole.length);
    }
    return found.length > 0 ? found.join(',') : undefined;
  },
};

const headerLine = /^([\w-]+)[:=][ \t]*([\x20-\x7e]*?)[ \t]*$/;
const taken = ['host', 'content-type', 'content-length', 'accept', 'authorization', 'connection', 'transfer-encoding'];

/** HTTP headers, one a line, or with a semicolon before each next name. */
export const headerLines: Kind<Record<string, string>> = {
  words: `headers such as X-Scope-OrgID: tenant, none of ${taken.join(', ')}`,
  repeats: false,
  read: (text) => {
    const lines = text.split(/\n|;\s*(?=[\w-]+[:=])/).filter((line) => line.trim() !== '');
    const found = lines.map((line) => headerLine.exec(line.trim()));
    const pairs = found.flatMap((parts) => (parts ? [[parts[1] ?? '', parts[2] ?? ''] as const] : []));
    const fits = pairs.every(([name, value]) => value !== '' && !taken.includes(name.toLowerCase()));
    return fits && pairs.length === lines.length && lines.length > 0 ? Object.fromEntries(pairs) : undefined;
  },
};

/** A pattern that is anchored at both ends. */
export const pattern: Kind<RegExp> = {
  words: 'a pattern such as ingress-nginx|nginx-.*',
  repeats: false,
  read: (text) => {
    try {
      return new RegExp(`^(?:${text})$`);
    } catch {
      return undefined;
    }
  },
};
