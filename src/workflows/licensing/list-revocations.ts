/** The signed revocation list as it stands. Reads only. */
import { revocationList, signRevocations } from '../../licences/revocations.ts';
import { findRevoked, revocationsMax } from '../../licences/store.ts';
import type { Context } from '../deed.ts';

export async function listRevocations({ db, keyring, now, log }: Context): Promise<string> {
  const ring = await keyring();
  const kids = ring.keys.map(({ kid }) => kid);
  const revoked = await findRevoked(db, kids, now);
  if (revoked.jtis.length === revocationsMax) {
    log('error', 'the revocation list is full: licences that expire first are left out', { licences: revocationsMax });
  }
  return await signRevocations(ring, revocationList(revoked, now));
}
