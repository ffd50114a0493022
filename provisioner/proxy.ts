/**
 * Which proxy a request goes through, by HTTPS_PROXY, HTTP_PROXY and NO_PROXY as kubectl and Helm read them (Go's
 * httpproxy): a network (10.0.0.0/8) in NO_PROXY counts, and this machine is never asked through a proxy. Pure.
 */
import { BlockList, isIP } from 'node:net';
import type { Kind } from '../src/lib/variables.ts';

/** The proxies of the environment, as URLs; `none` names what is asked directly. */
export interface Proxies {
  https?: string | undefined;
  http?: string | undefined;
  none?: string | undefined;
}

const protocols = ['http:', 'https:', 'socks5:'];

/** A proxy's URL; one without a protocol is an http proxy. A user and password in it are for the proxy. */
export const proxyUrl: Kind<string> = {
  words: 'the URL of an http, https or socks5 proxy',
  // A proxy's URL may hold a password.
  repeats: false,
  read: (text) => {
    const url = URL.parse(/^[a-z0-9]+:\/\//i.test(text) ? text : `http://${text}`);
    return url !== null && url.hostname !== '' && protocols.includes(url.protocol) ? url.href : undefined;
  },
};

/** The proxy's URL for a request to `url`, or undefined where it is asked directly. */
export function proxyFor(url: string, proxies: Proxies): string | undefined {
  const { protocol, hostname, port } = new URL(url);
  const proxy = protocol === 'https:' ? proxies.https : proxies.http;
  const host = hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
  if (proxy === undefined || isThisMachine(host)) return undefined;
  const portNumber = port || (protocol === 'https:' ? '443' : '80');
  const entries = (proxies.none ?? '').toLowerCase().split(',');
  return entries.some((entry) => covers(entry.trim(), host, portNumber)) ? undefined : proxy;
}

function networkOf(address: string, bits: number): BlockList {
  const network = new BlockList();
  network.addSubnet(address, bits, isIP(address) === 6 ? 'ipv6' : 'ipv4');
  return network;
}

const holds = (network: BlockList, address: string): boolean =>
  isIP(address) !== 0 && network.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');

const loopback = networkOf('127.0.0.0', 8);
const isThisMachine = (host: string): boolean => host === 'localhost' || host === '::1' || holds(loopback, host);

/** Whether an entry of NO_PROXY names a host: `*`, a network, an address or a name with its subdomains; with a port or not. */
function covers(entry: string, host: string, port: string): boolean {
  if (entry === '') return false;
  if (entry === '*') return true;
  const [, address = '', bits = ''] = /^(.+)\/(\d{1,3})$/.exec(entry) ?? [];
  if (isIP(address) !== 0) {
    return Number(bits) <= (isIP(address) === 6 ? 128 : 32) && holds(networkOf(address, Number(bits)), host);
  }
  const { name, onPort } = split(entry);
  if (onPort !== undefined && onPort !== port) return false;
  if (isIP(name) !== 0) return holds(networkOf(name, isIP(name) === 6 ? 128 : 32), host);
  const domain = name.replace(/^\*(?=\.)/, '');
  return domain.startsWith('.') ? host.endsWith(domain) : host === domain || host.endsWith(`.${domain}`);
}

/** An entry's name and port; an IPv6 address has brackets where it has a port. */
function split(entry: string): { name: string; onPort: string | undefined } {
  if (isIP(entry) === 6) return { name: entry, onPort: undefined };
  const [, name = entry, onPort] = /^\[?(.+?)\]?(?::(\d+))?$/.exec(entry) ?? [];
  return { name, onPort };
}
