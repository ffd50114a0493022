/** Organisations, issuers and projects as the wire has them. */
import type { IssuerView, OrganisationView, ProjectView } from '../contracts/organisations.ts';
import { iso } from '../lib/time.ts';
import type { ProjectRow } from './project-store.ts';
import type { IssuerColumns, OrganisationRow } from './store.ts';

export const toOrganisation = (
  row: Pick<OrganisationRow, 'id' | 'slug' | 'name' | 'issuer' | 'createdAt'>,
): OrganisationView => ({
  organisation_id: row.id,
  slug: row.slug,
  name: row.name,
  issuer: row.issuer,
  created_at: iso(row.createdAt),
});

export const toProject = (row: Omit<ProjectRow, 'seq'>): ProjectView => ({
  cluster_id: row.clusterId,
  namespace: row.namespace,
  customer_id: row.customerId,
  own: row.own,
  attached_at: iso(row.createdAt),
  detached_at: row.detachedAt === null ? null : iso(row.detachedAt),
});

/** @param redirectUri where a sign-in comes back to */
export const toIssuer = (row: IssuerColumns, redirectUri: string): IssuerView => ({
  issuer: row.issuer,
  audience: row.audience,
  client_id: row.clientId,
  client_secret: row.clientSecret !== null,
  scopes: row.scopes,
  claims: row.claims,
  jwks_url: row.issuerMetadata.jwks_uri,
  redirect_uri: redirectUri,
  set_at: iso(row.issuerSetAt),
});
