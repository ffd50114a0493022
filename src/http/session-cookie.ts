/**
 * The cookie of a session, and which requests may use it. `__Host-` binds it to our host, and browsers take it over https
 * only; at http on this machine it has a name without the prefix. What it may not do is be sent by somebody else's page:
 * SameSite=Strict, and a request that changes something must say that it comes from a page of ours.
 */
import { parse, serialize } from 'hono/utils/cookie';
import { isPlainLoopback } from '../lib/base-url.ts';
import { secondMs } from '../lib/time.ts';

interface Site {
  /** The API's own address. */
  PUBLIC_URL: string;
}

const nameAt = ({ PUBLIC_URL }: Site): string => (isPlainLoopback(PUBLIC_URL) ? 'tenantry' : '__Host-tenantry');

const cookie = (site: Site, value: string, maxAge: number): Record<string, string> => ({
  'Set-Cookie': serialize(nameAt(site), value, {
    path: '/',
    httpOnly: true,
    secure: !isPlainLoopback(site.PUBLIC_URL),
    sameSite: 'Strict',
    maxAge,
  }),
});

/** The header that gives the browser a session's secret until `endsAt`, ms. */
export const givenCookie = (site: Site, { secret, endsAt }: { secret: string; endsAt: number }, now: number) =>
  cookie(site, secret, Math.max(0, Math.floor((endsAt - now) / secondMs)));

/** The header that takes it away. */
export const takenCookie = (site: Site) => cookie(site, '', 0);

/** The secret that a request's cookie carries; null without one of the form. */
export function secretIn(headers: Headers, site: Site): string | null {
  const name = nameAt(site);
  const value = parse(headers.get('cookie') ?? '', name)[name];
  return value !== undefined && /^[0-9a-f]{64}$/.test(value) ? value : null;
}

const reading = ['GET', 'HEAD', 'OPTIONS'];

/**
 * Whether a request by cookie must show where it comes from: one that changes something, and one that opens a WebSocket,
 * which a page of any site may do.
 */
const mustShowSite = ({ method, headers }: Request): boolean =>
  !reading.includes(method) || headers.get('upgrade') !== null;

/** Whether a page of ours sends the request, as far as the request must show it. */
export function isFromOurs(request: Request, { PUBLIC_URL }: Site): boolean {
  if (!mustShowSite(request)) return true;
  const site = request.headers.get('sec-fetch-site');
  if (site === 'same-origin') return true;
  if (site === 'cross-site') return false;
  const origin = request.headers.get('origin');
  return origin !== null && [PUBLIC_URL, request.url].some((url) => new URL(url).origin === origin);
}
