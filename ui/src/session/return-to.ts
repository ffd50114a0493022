/** Where somebody goes after signing in: where they were, or where their kind begins. */
import type { Audience } from './may.ts';

const homes: Record<Audience, string> = { account: '/', admin: '/console', person: '/organisation' };

/** The first page of a kind. */
export const homeOf = (kind: Audience): string => homes[kind];

/** The path of this app that a text names; null for anything else: another host is not returned to. */
export function ownPath(text: string | null): string | null {
  if (text === null || !text.startsWith('/')) return null;
  const url = URL.parse(text, window.location.origin);
  if (url === null || url.origin !== window.location.origin || url.pathname.startsWith('/sign-in')) return null;
  return url.pathname + url.search;
}

/** The address of the sign-in page that leads back. @param ended a session was there and is not any more */
export function signInAddress(from: string, ended: boolean): string {
  const query = new URLSearchParams();
  if (from !== '/') query.set('return_to', from);
  if (ended) query.set('ended', 'true');
  const text = query.toString();
  return text === '' ? '/sign-in' : `/sign-in?${text}`;
}
