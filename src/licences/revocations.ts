/** The revocation list: what a verifier that is offline must no longer believe, signed. Pure, but for the signature. */
import { SignJWT } from 'jose';
import { dayMs, floorTo, minuteMs, secondMs } from '../lib/time.ts';
import type { Keyring } from './keyring.ts';

/** The header's `typ`; a licence has another one, so that neither is taken for the other. */
const revocationsTyp = 'tenantry-revocations+jws';

/** A list is believed for a day: a verifier that was given an old one learns of nothing newer for no longer than that. */
const lifeMs = dayMs;
/** Lists of one step are equal unless something was revoked, so that caches can keep them. */
const revocationsStepMs = 5 * minuteMs;

/** `jtis`: revoked licences; `kids`: keys whose licences are no longer licences. Times in seconds (RFC 7519). */
export interface RevocationList {
  iat: number;
  exp: number;
  jtis: readonly string[];
  kids: readonly string[];
}

export function revocationList(revoked: Pick<RevocationList, 'jtis' | 'kids'>, now: number): RevocationList {
  const issuedAt = floorTo(now, revocationsStepMs);
  return { iat: issuedAt / secondMs, exp: (issuedAt + lifeMs) / secondMs, jtis: revoked.jtis, kids: revoked.kids };
}

/** The list as a JWS by the key that signs licences; equal lists are equal texts. */
export async function signRevocations({ keys: [key] }: Keyring, list: RevocationList): Promise<string> {
  if (!key) throw new Error('the key set is empty');
  return await new SignJWT({ ...list, jtis: [...list.jtis], kids: [...list.kids] })
    .setProtectedHeader({ alg: 'RS256', typ: revocationsTyp, kid: key.kid })
    .sign(key.privateKey);
}
