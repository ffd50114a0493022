/** The keys of an organisation, without their secrets, as the wire has them. */
import type { z } from 'zod';
import type { Failure } from '../../contracts/failures.ts';
import { type organisationKeyList, organisationKeyRights } from '../../contracts/organisation-keys.ts';
import * as credentialStore from '../../credentials/store.ts';
import type { Db } from '../../db/client.ts';
import { ok, type Result } from '../../lib/result.ts';
import { iso, isoOrNull } from '../../lib/time.ts';
import { administeredOrganisation } from './callers-organisation.ts';
import type { Asker } from './find-scope.ts';

type Keys = Pick<z.input<typeof organisationKeyList>['data'], 'items' | 'total'>;

const dayChars = 10;

/** One page, newest first. */
export async function listOrganisationKeys(
  db: Db,
  asker: Asker,
  page: { page: number; limit: number },
): Promise<Result<Keys, Failure>> {
  const found = await administeredOrganisation(db, asker);
  if (!found.ok) return found;
  const { rows, total } = await credentialStore.list(db, { ...page, kind: 'organisation', owner: found.value.id });
  const items = rows.map((key) => ({
    key_id: key.id,
    name: key.name,
    rights: [...organisationKeyRights],
    created_at: iso(key.createdAt),
    expires_at: isoOrNull(key.expiresAt),
    last_used_on: isoOrNull(key.lastUsedDay)?.slice(0, dayChars) ?? null,
    revoked_at: isoOrNull(key.revokedAt),
  }));
  return ok({ items, total });
}
