/** The licence in force, signed again from its stored claims. A read: it issues nothing. */
import { type Failure, notFound } from '../../contracts/failures.ts';
import type { LicenceClaims } from '../../contracts/licences.ts';
import type { WholeCustomer } from '../../customers/store.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import { sign } from '../../licences/keyring.ts';
import * as licenceStore from '../../licences/store.ts';
import type { Context } from '../deed.ts';

/** The licence's key has left the set: cron issues a new licence within a minute (reissue-licences.ts). */
const beingReissued: Failure = {
  code: 'unavailable',
  message: 'the licence is being issued under a new key, try again',
  retryAfterSeconds: 60,
};

/** The token and claims of the customer's licence in force. A revoked one is refused. */
export async function currentLicence(
  { db, keyring }: Context,
  { customer }: WholeCustomer,
): Promise<Result<{ token: string; claims: LicenceClaims }, Failure>> {
  const row = await licenceStore.newest(db, customer.id);
  if (!row) return err(notFound);
  if (row.revokedAt !== null)
    return err({ code: 'licence_revoked', message: "the customer's licence has been revoked" });
  const signed = await sign(await keyring(), row.claims, row.kid);
  return signed ? ok({ token: signed.token, claims: row.claims }) : err(beingReissued);
}
