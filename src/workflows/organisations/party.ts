/** Whom people sign in at: the issuer of an organisation, or the one of staff, each as a client of it is set up. */
import type { SignInFault } from '../../contracts/sign-in.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import type { Client } from '../../organisations/issuer.ts';
import { type IssuerColumns, type OrganisationRow, withIssuer } from '../../organisations/store.ts';
import type { StaffIssuer } from '../../sessions/staff.ts';
import type { Context } from '../deed.ts';
import { discover } from './discover.ts';

export type Party =
  | { kind: 'organisation'; organisation: OrganisationRow & IssuerColumns; client: Client }
  | { kind: 'staff'; staff: StaffIssuer; client: Client };

/** The party of an organisation; one without an issuer is as one that is not there. */
export async function organisationParty(
  { sealer }: Pick<Context, 'sealer'>,
  row: OrganisationRow | null,
): Promise<Result<Party, SignInFault>> {
  const organisation = row && withIssuer(row);
  if (!organisation) return err('organisation_unknown');
  const { id, audience, clientId, scopes, clientSecret: sealed, issuerMetadata: metadata } = organisation;
  const clientSecret = sealed === null ? null : await sealer.open('client secret', id, sealed);
  // Sealed under a key that LICENSE_PRIVATE_KEYS no longer has: the issuer has to be set again.
  if (sealed !== null && clientSecret === null) return err('failed');
  return ok({ kind: 'organisation', organisation, client: { metadata, audience, clientId, clientSecret, scopes } });
}

/** The party of staff. Its issuer is the environment's, so it is asked each time what it is. */
export async function staffParty({ outbound, settings, log }: Context): Promise<Result<Party, SignInFault>> {
  const staff = settings.staffIssuer;
  if (staff === null) return err('staff_unknown');
  const found = await discover(outbound, staff.issuer);
  if (!found.ok) {
    log('warn', 'the staff issuer cannot be used', { reason: found.error });
    return err('issuer_unavailable');
  }
  const { audience, clientId, clientSecret } = staff;
  return ok({
    kind: 'staff',
    staff,
    client: { metadata: found.value, audience, clientId, clientSecret, scopes: ['email'] },
  });
}
