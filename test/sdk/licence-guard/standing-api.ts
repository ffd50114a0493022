/**
 * The part of the API that a guard asks, as a function instead of a server: a licence with its ETag, the list of revocations, the
 * key set. It can be away, or answer anything else. Runs in Node and in workerd.
 */

import { decodeJwt, type JWK } from 'jose';
import type { Fetch } from '../../../sdk/licence-guard/src/guard.ts';

export interface StandingApi {
  fetch: Fetch;
  /** Each call, e.g. `GET /api/licenses/cust_… "lic_1"` with what it named as known. */
  calls: string[];
  licence: string;
  revocations: string | null;
  keys: JWK[];
  /** In the place of an answer; null: the API answers. */
  instead: (() => Response | Promise<Response>) | null;
}

export const away = (): Response => {
  throw new TypeError('fetch failed');
};

/** As every fetch does, a call ends at its signal. */
const ended = (signal: AbortSignal | null | undefined): Promise<never> =>
  new Promise((_, fail) => signal?.addEventListener('abort', () => fail(new Error('timed out'))));

/** An API at `https://billing.example.com` that knows one key, by which its one customer asks. */
export function standingApi(apiKey: string, licence: string, keys: JWK[]): StandingApi {
  const json = (body: object, etag: string) => Response.json(body, { headers: { etag } });
  const api: StandingApi = {
    calls: [],
    licence,
    revocations: null,
    keys,
    instead: null,
    async fetch(url, init) {
      const { pathname } = new URL(url);
      // A call that follows takes the key elsewhere, one without a signal waits for ever.
      if (init.redirect !== 'manual' || !init.signal) throw new Error('a call that no guard may make');
      const headers = new Headers(init.headers);
      const known = headers.get('if-none-match');
      api.calls.push([pathname, known].filter((part) => part !== null).join(' '));
      if (api.instead) return Promise.race([api.instead(), ended(init.signal)]);
      if (pathname === '/.well-known/jwks.json') return Response.json({ keys: api.keys });
      if (pathname === '/api/licenses/revocations') {
        if (api.revocations === null) return Response.json({ code: 'not_found' }, { status: 404 });
        return json({ revocations: api.revocations }, '"list"');
      }
      if (headers.get('authorization') !== `Bearer ${apiKey}`)
        return Response.json({ code: 'unauthorized' }, { status: 401 });
      const etag = `"${decodeJwt(api.licence).jti}"`;
      return known === etag ? new Response(null, { status: 304 }) : json({ license: api.licence }, etag);
    },
  };
  return api;
}
