/** How long a signup waits for its email to be verified, and where its mail leads. Pure. */
import { withoutSlash } from '../lib/base-url.ts';
import { dayMs } from '../lib/time.ts';

export const pendingMs = dayMs;

/** The page that verifies: the secret is in the fragment, which no server, log or Referer sees. */
export const verificationAddress = (publicUrl: string, secret: string): string =>
  `${withoutSlash(publicUrl)}/sign-up#verify=${secret}`;
