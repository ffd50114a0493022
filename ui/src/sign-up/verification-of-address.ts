/**
 * The secret of a signup's mailed link, `/sign-up#verify=…`: taken out of the address before anything else happens, so that it
 * stays in no history.
 */
let taken: string | null = null;

/** The secret that this window was opened with; null without one. */
export function verificationOfAddress(): string | null {
  const secret = new URLSearchParams(window.location.hash.slice(1)).get('verify');
  if (secret !== null && secret !== '') {
    taken = secret;
    window.history.replaceState(window.history.state, '', window.location.pathname + window.location.search);
  }
  return taken;
}
