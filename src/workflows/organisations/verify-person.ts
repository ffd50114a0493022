/**
 * From a token to the person that it stands for. Which organisations trust its issuer is read before anything is fetched:
 * a token of an issuer that nobody has set costs one read of the database.
 */
import type { Db } from '../../db/client.ts';
import type { KeySets } from '../../lib/key-sets.ts';
import type { Outbound } from '../../lib/outbound.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import { chooseOrganisation, type Person, personOf } from '../../organisations/claims.ts';
import { findTrusting } from '../../organisations/store.ts';
import { type Claims, type Expected, read, type Told, verify } from '../../organisations/token.ts';

/** What verifying needs. */
export interface Verifying {
  db: Db;
  outbound: Outbound;
  keySets: KeySets;
  /** ms since the epoch */
  now: number;
}

/**
 * Why a token stands for nobody here: it is `untrusted`, its person may see nothing (`no_access`), or its issuer's keys
 * cannot be had now (`issuer_away`).
 */
export type NotVerified = 'untrusted' | 'no_access' | 'issuer_away';

/** The claims of a token, if an issuer's keys at an address have signed it. */
export async function claimsOf(
  { outbound, keySets, now }: Verifying,
  token: string,
  { kid }: Told,
  { jwksUrl, ...expected }: Omit<Expected, 'now'> & { jwksUrl: string },
): Promise<Result<Claims, Exclude<NotVerified, 'no_access'>>> {
  const keys = await keySets.get(outbound, jwksUrl, kid, now);
  if (keys === null) return err('issuer_away');
  const claims = await verify(token, keys, { ...expected, now });
  return claims === null ? err('untrusted') : ok(claims);
}

/**
 * The person of a token.
 * @param by what the token's `aud` names: the audience of an organisation; at a sign-in in a browser also its client
 */
export async function verifyPerson(
  verifying: Verifying,
  token: string,
  by: 'audience' | 'clientId' = 'audience',
): Promise<Result<Person, NotVerified>> {
  const told = read(token);
  if (told === null) return err('untrusted');
  const trusting = await findTrusting(verifying.db, told.issuer, by, told.audiences);
  const candidates = trusting.map((row) => ({ ...row, audience: row[by] }));
  const organisation = chooseOrganisation(candidates, told.audiences, told.claims);
  if (organisation === null) return err('untrusted');
  const { issuer, audience, issuerMetadata } = organisation;
  const claims = await claimsOf(verifying, token, told, { issuer, audience, jwksUrl: issuerMetadata.jwks_uri });
  if (!claims.ok) return claims;
  const person = personOf(organisation.id, organisation.claims, claims.value);
  return person === null ? err('no_access') : ok(person);
}
