/** Whose entries of the audit log a caller of `/api/billing` may read. */
import type { Failure } from '../../contracts/failures.ts';
import type { Principal } from '../../credentials/principal.ts';
import type { Db } from '../../db/client.ts';
import { ok, type Result } from '../../lib/result.ts';
import { administeredOrganisation } from './callers-organisation.ts';

/** One of the two: never everybody's. */
export type OwnConcern = { organisationId: string } | { customerId: string };

/** An account key's own customer; else the organisation that the caller administers. */
export async function whoseAudit(
  db: Db,
  principal: Principal,
  slug: string | undefined,
): Promise<Result<OwnConcern, Failure>> {
  if (principal.kind === 'account') return ok({ customerId: principal.customerId });
  const found = await administeredOrganisation(db, principal, slug);
  return found.ok ? ok({ organisationId: found.value.id }) : found;
}
