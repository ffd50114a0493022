/** A new licence at every change of plan or state (spec §5): signed now, its claims and hash stored in the same batch. */
import type { LicenceClaims } from '../../contracts/licences.ts';
import type { Write } from '../../db/write.ts';
import { hex } from '../../lib/ids.ts';
import { sign } from '../../licences/keyring.ts';
import { claimsOf, type LicenceSubject } from '../../licences/licence.ts';
import * as licenceStore from '../../licences/store.ts';
import type { Context } from '../deed.ts';

export interface IssuedLicence {
  token: string;
  claims: LicenceClaims;
  write: Write;
}

const jtiBytes = 16;

/** Signs a licence for the subject with the newest key. */
export async function issueLicence(
  { now, random, settings, keyring }: Context,
  action: licenceStore.LicenceRow['action'],
  subject: LicenceSubject,
): Promise<IssuedLicence> {
  const claims = claimsOf(subject, settings.publicUrl, hex(random(jtiBytes)), now);
  const signed = await sign(await keyring(), claims);
  if (!signed) throw new Error('the key set is empty');
  return { token: signed.token, claims, write: licenceStore.insert(action, claims, signed, now) };
}
