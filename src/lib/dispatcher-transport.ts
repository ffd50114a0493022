/**
 * An undici dispatcher (pool, CA, connect time-out) as an API client's transport. The dispatcher is known by its form:
 * lib needs no package, and the exporter's small build of undici has no fetch.
 */
import type { Outgoing, Transport } from './api-client.ts';

export interface RequestingDispatcher {
  request(options: {
    origin: string;
    path: string;
    method: Outgoing['method'];
    headers: Record<string, string>;
    body?: string;
    signal: AbortSignal;
  }): Promise<{
    statusCode: number;
    headers: Record<string, string | string[] | undefined>;
    body: AsyncIterable<Uint8Array>;
  }>;
}

/** Follows no redirect. */
export function dispatcherTransport(dispatcher: RequestingDispatcher): Transport {
  return async (url, { method, headers, body, signal }) => {
    const { origin, pathname, search } = new URL(url);
    const sent = body === undefined ? {} : { body };
    const answer = await dispatcher.request({ origin, path: pathname + search, method, headers, signal, ...sent });
    return {
      status: answer.statusCode,
      headers: { get: (name) => [answer.headers[name] ?? []].flat()[0] ?? null },
      body: answer.body,
    };
  };
}
