/** Where a sign-in at an issuer begins, comes back to and ends, in our own paths. Pure. */
import { type SignInFault, signInPage } from '../contracts/sign-in.ts';
import { withoutSlash } from '../lib/base-url.ts';

const callbackPath = '/api/sessions/oidc/callback';

/** The redirect URI that every issuer has to be told. */
export const callbackUrl = (publicUrl: string): string => `${withoutSlash(publicUrl)}${callbackPath}`;

const pathCharsMax = 2000;

/**
 * The path of ours that somebody wants to be at after the sign-in; `/` for what is none: another site's address in any
 * spelling that a browser takes for one, and a route of the API.
 */
export function returnPath(asked: string | undefined): string {
  if (asked === undefined || asked.length > pathCharsMax || !/^\/[\x21-\x5b\x5d-\x7e]*$/.test(asked)) return '/';
  const here = 'https://here.invalid';
  const url = URL.parse(asked, here);
  if (url?.origin !== here || /^\/api(?:\/|$)/i.test(url.pathname)) return '/';
  const path = `${url.pathname}${url.search}${url.hash}`;
  // `/x/..//elsewhere` is a path of ours that is written as another site's address.
  return path.startsWith('//') ? '/' : path;
}

/** The page that says why a sign-in did not come about. */
export function faultPath(fault: SignInFault, organisation: string | null): string {
  const query = new URLSearchParams({ error: fault, ...(organisation === null ? {} : { organisation }) });
  return `${signInPage}?${query}`;
}
