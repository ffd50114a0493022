/** Revokes a key or token of any kind, at once and for good, or ends a session of staff, which an owner may do to anybody's. */
import { type Failure, notFound } from '../../contracts/failures.ts';
import type { Role } from '../../contracts/route.ts';
import { isLive } from '../../credentials/credential.ts';
import * as credentialStore from '../../credentials/store.ts';
import { idPattern } from '../../lib/ids.ts';
import { err, ok } from '../../lib/result.ts';
import { findStaffSession } from '../../sessions/shown-store.ts';
import { end, endAll } from '../../sessions/store.ts';
import type { Context, Planned } from '../deed.ts';

/** One that has ended already is not found. An operator revokes what belongs to clusters, an owner everything. */
export async function revokeCredential(
  { db, now }: Context,
  { credentialId, role }: { credentialId: string; role: Role },
): Promise<Planned<null>> {
  if (idPattern('session').test(credentialId)) return await endStaffSession({ db, now }, credentialId, role);
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

async function endStaffSession(
  { db, now }: Pick<Context, 'db' | 'now'>,
  id: string,
  role: Role,
): Promise<Planned<null>> {
  const found = await findStaffSession(db, id, now);
  if (!found) return err(notFound);
  if (role !== 'owner') return err(notTheirs);
  const { owner } = found.session;
  return ok({
    value: null,
    writes: [end(id)],
    audit: [{ action: 'session.ended', subject: id, details: { owner } }],
  });
}

const notTheirs: Failure = { code: 'forbidden', message: 'only an owner may revoke a credential of this kind' };
