/** Connections to one kind of server, straight or through a proxy: undici's agents behind one function. */
import type { ConnectionOptions } from 'node:tls';
import { Agent, type Dispatcher, ProxyAgent, Socks5ProxyAgent } from 'undici';

export interface DispatcherOptions {
  /** How long connecting may take, ms, and how the server is trusted. */
  connect: { timeout: number } & Pick<ConnectionOptions, 'ca' | 'cert' | 'key' | 'servername' | 'rejectUnauthorized'>;
  /** How long an idle connection is kept, ms. Absent: undici's few seconds. */
  idleMs?: number;
}

/** @param proxyUrl of an http, https or socks5 proxy; https is tunnelled through it, so that it reads nothing */
export function dispatcherThrough(proxyUrl: string | undefined, { connect, idleMs }: DispatcherOptions): Dispatcher {
  const kept = idleMs === undefined ? {} : { keepAliveTimeout: idleMs, keepAliveMaxTimeout: idleMs };
  if (proxyUrl === undefined) return new Agent({ ...kept, connect });
  if (/^socks5?:/.test(proxyUrl)) return new Socks5ProxyAgent(proxyUrl, { ...kept, requestTls: connect });
  return new ProxyAgent({ ...kept, uri: proxyUrl, requestTls: connect, connectTimeout: connect.timeout });
}
