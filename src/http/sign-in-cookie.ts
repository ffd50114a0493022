/**
 * The cookie that binds a sign-in at an issuer to the browser that began it: ten minutes, taken away when the browser is
 * back. SameSite=Lax, because the issuer's page sends the browser back, and a Strict cookie is not sent with that.
 */
import { parse, serialize } from 'hono/utils/cookie';
import { isPlainLoopback } from '../lib/base-url.ts';

interface Site {
  /** The API's own address. */
  PUBLIC_URL: string;
}

const nameAt = ({ PUBLIC_URL }: Site): string =>
  isPlainLoopback(PUBLIC_URL) ? 'tenantry-sign-in' : '__Host-tenantry-sign-in';

const cookie = (site: Site, value: string, maxAge: number): string =>
  serialize(nameAt(site), value, {
    path: '/',
    httpOnly: true,
    secure: !isPlainLoopback(site.PUBLIC_URL),
    sameSite: 'Lax',
    maxAge,
  });

/** The value of `Set-Cookie` that gives the browser what it is to bring back. */
export const givenBegun = (site: Site, sealed: string, seconds: number): string => cookie(site, sealed, seconds);

/** The one that takes it away. */
export const takenBegun = (site: Site): string => cookie(site, '', 0);

/** What a request brings back, null for nothing. */
export const begunIn = (headers: Headers, site: Site): string | null =>
  parse(headers.get('cookie') ?? '', nameAt(site))[nameAt(site)] || null;
