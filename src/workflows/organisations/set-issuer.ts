/**
 * Where the people of an organisation sign in, set or taken away. The issuer is asked when it is set: one that is not
 * there, or that lies about itself, is refused then and not at somebody's first sign-in. Sessions that began at the one
 * before end.
 */
import { type Failure, notFound } from '../../contracts/failures.ts';
import type { IssuerBody } from '../../contracts/organisations.ts';
import { err, ok } from '../../lib/result.ts';
import {
  findOrganisation,
  type IssuerColumns,
  type OrganisationRow,
  setIssuer as storeIssuer,
} from '../../organisations/store.ts';
import { endAllOfOrganisation } from '../../sessions/store.ts';
import type { Context, Planned } from '../deed.ts';
import { discoverWithKeys } from './discover.ts';

/** Everything of the issuer is replaced: without `client_secret` the client has none from then on. */
export async function setIssuer(
  context: Context,
  organisationId: string,
  body: IssuerBody,
): Promise<Planned<OrganisationRow & IssuerColumns>> {
  const { db, now, outbound, sealer } = context;
  const organisation = await findOrganisation(db, organisationId);
  if (!organisation) return err(notFound);
  const found = await discoverWithKeys(outbound, body.issuer, body.jwks_url);
  if (!found.ok) return err(unusable(found.error));
  const { client_secret: secret } = body;
  const columns: IssuerColumns = {
    issuer: body.issuer,
    audience: body.audience,
    clientId: body.client_id,
    clientSecret: secret === undefined ? null : await sealer.seal('client secret', organisationId, secret),
    scopes: body.scopes,
    claims: body.claims,
    issuerMetadata: found.value,
    issuerSetAt: now,
  };
  const { issuer, audience, client_id, claims } = body;
  return ok({
    value: { ...organisation, ...columns },
    writes: [storeIssuer(organisationId, columns), endAllOfOrganisation(organisationId)],
    audit: [
      {
        action: 'organisation.issuer_set',
        subject: organisationId,
        details: { issuer, audience, client_id, claims, jwks_url: found.value.jwks_uri },
      },
    ],
  });
}

/** 404 where there is none. */
export async function removeIssuer({ db }: Context, organisationId: string): Promise<Planned<null>> {
  const organisation = await findOrganisation(db, organisationId);
  if (organisation === null || organisation.issuer === null) return err(notFound);
  const { issuer, audience } = organisation;
  return ok({
    value: null,
    writes: [storeIssuer(organisationId, null), endAllOfOrganisation(organisationId)],
    audit: [{ action: 'organisation.issuer_removed', subject: organisationId, details: { issuer, audience } }],
  });
}

const unusable = (reason: string): Failure => ({
  code: 'issuer_unusable',
  message: `the issuer cannot be used: ${reason}`,
  details: { reason },
});
