/**
 * Secrets of mailed links. A link's secret is an HMAC of its id under a key that is derived from the Worker's own keys: so
 * the outbox can put it into the mail, and nothing that is stored lets a reader of the database sign in. Pure.
 */
import { createHmac } from 'node:crypto';
import { withoutSlash } from '../lib/base-url.ts';
import { derive, exponentsOf } from '../licences/derived-key.ts';

const secretBytes = 32;

/**
 * The secrets that a link of that id may have: by the key that signs now first, which is a new link's, then by the others.
 * @param licenceKeys LICENSE_PRIVATE_KEYS, a JSON array of private RSA JWKs
 * @throws Error with one line that names what is wrong and prints no key
 */
export function linkSecrets(licenceKeys: string, linkId: string): [string, ...string[]] {
  const [first, ...others] = exponentsOf(licenceKeys);
  const secretBy = (exponent: string) =>
    createHmac('sha256', derive(exponent, 'sign-in link', secretBytes))
      .update(linkId)
      .digest('base64url');
  return [secretBy(first), ...others.map(secretBy)];
}

/** The console's page where people sign in. */
export const signInAddress = (publicUrl: string): string => `${withoutSlash(publicUrl)}/sign-in`;

/** Where a link leads: the secret is in the fragment, which no server, log or Referer sees. */
export const linkAddress = (publicUrl: string, secret: string): string => `${signInAddress(publicUrl)}#link=${secret}`;
