/** A new licence at every change of plan or state (spec §5): signed now, its claims and hash stored in the same batch. */
import type { LicenceClaims } from '../../contracts/licences.ts';
import type { Write } from '../../db/write.ts';
import { hex } from '../../lib/ids.ts';
import { type Keyring, sign } from '../../licences/keyring.ts';
import { claimsOf, type LicenceSubject } from '../../licences/licence.ts';
import * as licenceStore from '../../licences/store.ts';
import type { Deps } from '../deps.ts';

export interface IssuedLicence {
  token: string;
  claims: LicenceClaims;
  write: Write;
}

const jtiBytes = 16;

/** Signs a licence for the subject with the newest key. */
export async function issueLicence(
  deps: Deps,
  keyring: Keyring,
  issuer: string,
  action: licenceStore.LicenceRow['action'],
  subject: LicenceSubject,
): Promise<IssuedLicence> {
  const claims = claimsOf(subject, issuer, hex(deps.random(jtiBytes)), deps.now);
  const signed = await sign(keyring, claims);
  if (!signed) throw new Error('the key set is empty');
  return { token: signed.token, claims, write: licenceStore.insert(action, claims, signed, deps.now) };
}
