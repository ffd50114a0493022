/** Which organisation a caller of `/api/billing` means, where its projects do not matter. Reads only. */
import { type Failure, notFound } from '../../contracts/failures.ts';
import type { Db } from '../../db/client.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import { invalid } from '../../organisations/invalid.ts';
import { findBySlug } from '../../organisations/store.ts';
import { type Asker, otherOrganisation } from './find-scope.ts';

export interface CallersOrganisation {
  id: string;
  /** The namespaces that the caller may see, null for all. */
  namespaces: readonly string[] | null;
}

/** A person's own, which they may name; the one that an admin names by its slug. */
export async function callersOrganisation(db: Db, asker: Asker): Promise<Result<CallersOrganisation, Failure>> {
  const { principal, organisation: slug } = asker;
  if (principal.kind === 'person') {
    const isOwn = slug === undefined || (await findBySlug(db, slug))?.id === principal.organisationId;
    return isOwn ? ok({ id: principal.organisationId, namespaces: principal.namespaces }) : err(otherOrganisation);
  }
  if (principal.kind !== 'admin') return err(notTheirs);
  if (slug === undefined) return err(invalid('organisation', 'is required: an admin names it by its slug'));
  const found = await findBySlug(db, slug);
  return found ? ok({ id: found.id, namespaces: null }) : err(notFound);
}

/** The same where only an org-admin or an admin may come in: whoever sees all projects. */
export async function administeredOrganisation(db: Db, asker: Asker): Promise<Result<CallersOrganisation, Failure>> {
  const found = await callersOrganisation(db, asker);
  return found.ok && found.value.namespaces !== null ? err(orgAdminsOnly) : found;
}

const notTheirs: Failure = { code: 'forbidden', message: 'this credential may not do that' };
const orgAdminsOnly: Failure = { code: 'forbidden', message: 'only an org-admin may do that' };
