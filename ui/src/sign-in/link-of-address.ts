/**
 * The secret of a mailed link, `/sign-in#link=…`: in the fragment, which no server, log or Referer ever sees, and taken
 * out of the address before anything else happens, so that it stays in no history.
 */
let taken: string | null = null;

/** The secret that this window was opened with; null without one. */
export function linkOfAddress(): string | null {
  const link = new URLSearchParams(window.location.hash.slice(1)).get('link');
  if (link !== null && link !== '') {
    taken = link;
    window.history.replaceState(window.history.state, '', window.location.pathname + window.location.search);
  }
  return taken;
}

/** Forgets it: it has been used. */
export function forgetLink(): void {
  taken = null;
}
