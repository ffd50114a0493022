/** Whose entries of the audit log a caller of `/api/billing` may read. */
import type { Failure } from '../../contracts/failures.ts';
import type { Db } from '../../db/client.ts';
import { ok, type Result } from '../../lib/result.ts';
import { administeredOrganisation } from './callers-organisation.ts';
import type { Asker } from './find-scope.ts';

/** One of the two: never everybody's. */
export type OwnConcern = { organisationId: string } | { customerId: string };

/** An account key's own customer; else the organisation that the caller administers. */
export async function whoseAudit(db: Db, asker: Asker): Promise<Result<OwnConcern, Failure>> {
  const { principal } = asker;
  if (principal.kind === 'account') return ok({ customerId: principal.customerId });
  const found = await administeredOrganisation(db, asker);
  return found.ok ? ok({ organisationId: found.value.id }) : found;
}
