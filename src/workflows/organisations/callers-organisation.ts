/** Which organisation a caller of `/api/billing` means, and what of it the caller may see. */
import { type Failure, notFound } from '../../contracts/failures.ts';
import type { Principal } from '../../credentials/principal.ts';
import type { Db } from '../../db/client.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import { findOrganisationBySlug } from '../../organisations/store.ts';

export interface CallersOrganisation {
  id: string;
  /** The namespaces that the caller may see, null for all. */
  namespaces: readonly string[] | null;
}

/** A person's and a key's own; the one that an admin names by its slug. */
export async function callersOrganisation(
  db: Db,
  principal: Principal,
  slug: string | undefined,
): Promise<Result<CallersOrganisation, Failure>> {
  if (principal.kind === 'person') return ok({ id: principal.organisationId, namespaces: principal.namespaces });
  if (principal.kind === 'organisation') return ok({ id: principal.organisationId, namespaces: null });
  if (principal.kind !== 'admin') return err(notTheirs);
  if (slug === undefined) return err(slugMissing);
  const found = await findOrganisationBySlug(db, slug);
  return found ? ok({ id: found.id, namespaces: null }) : err(notFound);
}

/** The same where only an org-admin, a key or an admin may come in: whoever sees all projects. */
export async function administeredOrganisation(
  db: Db,
  principal: Principal,
  slug: string | undefined,
): Promise<Result<CallersOrganisation, Failure>> {
  const found = await callersOrganisation(db, principal, slug);
  return found.ok && found.value.namespaces !== null ? err(orgAdminsOnly) : found;
}

const notTheirs: Failure = { code: 'forbidden', message: 'this credential may not do that' };
const orgAdminsOnly: Failure = { code: 'forbidden', message: 'only an org-admin may do that' };
const slugMissing: Failure = {
  code: 'validation_failed',
  message: 'organisation: is required of an admin',
  details: { issues: [{ path: 'organisation', message: 'is required of an admin' }] },
};
