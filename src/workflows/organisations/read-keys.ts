/** The keys of an organisation, without their secrets. Reads only. */
import type { Failure } from '../../contracts/failures.ts';
import * as credentialStore from '../../credentials/store.ts';
import type { Db } from '../../db/client.ts';
import { ok, type Result } from '../../lib/result.ts';
import { administeredOrganisation } from './callers-organisation.ts';
import type { Asker } from './find-scope.ts';

export type OrganisationKeys = Awaited<ReturnType<typeof credentialStore.list>>;

/** One page, newest first. */
export async function listOrganisationKeys(
  db: Db,
  asker: Asker,
  page: { page: number; limit: number },
): Promise<Result<OrganisationKeys, Failure>> {
  const found = await administeredOrganisation(db, asker);
  if (!found.ok) return found;
  return ok(await credentialStore.list(db, { ...page, kind: 'organisation', owner: found.value.id }));
}
