/**
 * The one way to call an address that somebody else named: an organisation's issuer, a webhook. Such an address must not
 * lead the Worker to what only this machine or network should reach, nor hold it up or fill it. Owns what may be called,
 * for how long and how much is read. Cannot see to which address a name resolves: at the edge that is the platform's
 * resolver, which reaches no private network.
 */
import { isLoopback } from './base-url.ts';
import { err, ok, type Result } from './result.ts';

/** Why nothing came back that could be used; `said` is for people and holds nothing that the other side wrote. */
export interface OutboundFailure {
  kind: 'address' | 'unreachable' | 'slow' | 'redirect' | 'too_large';
  said: string;
}

export interface OutboundRequest {
  method?: 'GET' | 'POST';
  headers?: Record<string, string>;
  body?: string;
}

export interface OutboundAnswer {
  status: number;
  headers: Headers;
  text: string;
}

export interface Outbound {
  /** Calls a URL, or says why it may not or could not. Never throws for what the other side does. */
  send(url: string, request?: OutboundRequest): Promise<Result<OutboundAnswer, OutboundFailure>>;
  /** Why a URL may not be called, in words; null when it may be. */
  fault(url: string): string | null;
}

/** The part of `fetch` that is used. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

export interface OutboundRules {
  /** Addresses of this machine and of private networks may be called, and this machine over http. */
  local: boolean;
  timeoutMs?: number;
  bytesMax?: number;
}

const timeoutMsDefault = 5000;
const bytesMaxDefault = 256 * 1024;
const redirects = { from: 300, to: 399 };

/** IPv4 networks that are not the public Internet (IANA special-purpose registry), as prefix and length. */
const specialNetworks: readonly (readonly [string, number])[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
];

const numberOf = (ipv4: string): number => ipv4.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);

const isSpecialIpv4 = (ipv4: string): boolean =>
  specialNetworks.some(([prefix, length]) => {
    const size = 2 ** (32 - length);
    return Math.floor(numberOf(ipv4) / size) === Math.floor(numberOf(prefix) / size);
  });

/**
 * Only 2000::/3 is given out for the public Internet; in it lie 2001::/23 (Teredo and other protocols), 2001:db8::/32 and
 * 2002::/16 (6to4, which has an IPv4 address in it).
 */
function isSpecialIpv6(bracketed: string): boolean {
  const [first = '', second = ''] = bracketed.slice(1, -1).split(':');
  const [high, next] = [Number.parseInt(first || '0', 16), Number.parseInt(second || '0', 16)];
  if (high < 0x2000 || high > 0x3fff) return true;
  return high === 0x2002 || (high === 0x2001 && (next < 0x0200 || next === 0x0db8));
}

/** Whether the host is a literal address, or a name, that only a private network or this machine has. */
function isPrivate(hostname: string): boolean {
  if (hostname.startsWith('[')) return isSpecialIpv6(hostname);
  if (/^\d+(?:\.\d+){3}$/.test(hostname)) return isSpecialIpv4(hostname);
  // A name of one label, and these ends, are a network's own.
  const name = hostname.replace(/\.$/, '');
  if (isLoopback(name)) return true;
  return !name.includes('.') || /\.(?:internal|local|lan|home\.arpa)$/.test(name);
}

function addressFault(text: string, { local }: Pick<OutboundRules, 'local'>): string | null {
  const url = URL.parse(text);
  if (url === null) return 'it is no URL';
  if (url.username !== '' || url.password !== '') return 'it holds a user or a password';
  if (url.protocol !== 'https:' && !(local && url.protocol === 'http:' && isLoopback(url.hostname))) {
    return 'it is not https';
  }
  return !local && isPrivate(url.hostname) ? 'it is an address of a private network' : null;
}

const failed = (kind: OutboundFailure['kind'], said: string) => err<OutboundFailure>({ kind, said });

/** The body as text, null when it is larger than allowed. */
async function textOf(response: Response, bytesMax: number): Promise<string | null> {
  const reader = response.body?.getReader();
  if (!reader) return '';
  const decoder = new TextDecoder();
  let text = '';
  let bytes = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    bytes += value.byteLength;
    if (bytes > bytesMax) {
      await reader.cancel().catch(() => {});
      return null;
    }
    text += decoder.decode(value, { stream: true });
  }
}

/** Makes the guarded call of a `fetch`. */
export function guardOutbound(fetch: Fetch, rules: OutboundRules): Outbound {
  const { timeoutMs = timeoutMsDefault, bytesMax = bytesMaxDefault } = rules;
  const call = async (url: string, request: OutboundRequest, signal: AbortSignal) => {
    const response = await fetch(url, { ...request, redirect: 'manual', signal });
    if (response.status >= redirects.from && response.status <= redirects.to) {
      await response.body?.cancel();
      return failed('redirect', 'it answers with a redirect, which is not followed');
    }
    const text = await textOf(response, bytesMax);
    if (text === null) return failed('too_large', `it answers with more than ${bytesMax} bytes`);
    return ok({ status: response.status, headers: response.headers, text });
  };
  const fault = (url: string) => addressFault(url, rules);
  async function send(url: string, request: OutboundRequest = {}): Promise<Result<OutboundAnswer, OutboundFailure>> {
    const said = fault(url);
    if (said !== null) return failed('address', said);
    const abort = new AbortController();
    const { promise: late, resolve } = Promise.withResolvers<Result<never, OutboundFailure>>();
    const timer = setTimeout(() => {
      abort.abort();
      resolve(failed('slow', `it does not answer within ${timeoutMs} ms`));
    }, timeoutMs);
    const unreachable = () => failed('unreachable', 'it does not answer');
    try {
      return await Promise.race([call(url, request, abort.signal).catch(unreachable), late]);
    } finally {
      clearTimeout(timer);
    }
  }
  return { send, fault };
}
