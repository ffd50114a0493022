/** Revokes a key or token of any kind, at once and for good. */
import { type Failure, notFound } from '../../contracts/failures.ts';
import type { Role } from '../../contracts/route.ts';
import { isLive } from '../../credentials/credential.ts';
import * as credentialStore from '../../credentials/store.ts';
import { err, ok } from '../../lib/result.ts';
import { endAll } from '../../sessions/store.ts';
import type { Context, Planned } from '../deed.ts';

/** One that has ended already is not found. An operator revokes what belongs to clusters, an owner everything. */
export async function revokeCredential(
  { db, now }: Context,
  { credentialId, role }: { credentialId: string; role: Role },
): Promise<Planned<null>> {
  const found = await credentialStore.find(db, credentialId);
  if (!found || !isLive(found, now)) return err(notFound);
  if (role !== 'owner' && found.kind !== 'cluster' && found.kind !== 'provisioner') return err(notTheirs);
  return ok({
    value: null,
    writes: [credentialStore.revoke(credentialId, now), endAll(credentialId)],
    audit: [
      { action: 'credential.revoked', subject: credentialId, details: { kind: found.kind, owner: found.ownerId } },
    ],
  });
}

const notTheirs: Failure = { code: 'forbidden', message: 'only an owner may revoke a credential of this kind' };
