/** Keys of an organisation: made and revoked by its org-admins and by admins. */
import { notFound } from '../../contracts/failures.ts';
import { isLive } from '../../credentials/credential.ts';
import * as credentialStore from '../../credentials/store.ts';
import { newId } from '../../lib/ids.ts';
import { newKey, sha256Hex } from '../../lib/keys.ts';
import { err, ok } from '../../lib/result.ts';
import { invalid } from '../../organisations/invalid.ts';
import type { Context, Planned } from '../deed.ts';
import { administeredOrganisation } from './callers-organisation.ts';
import type { Asker } from './find-scope.ts';

export interface MadeOrganisationKey {
  keyId: string;
  apiKey: string;
}

/** A new key; `expiresAt` in ms, null for one without an end. */
export async function makeOrganisationKey(
  { db, random, now }: Context,
  asker: Asker,
  wish: { name: string | null; expiresAt: number | null },
): Promise<Planned<MadeOrganisationKey>> {
  const found = await administeredOrganisation(db, asker);
  if (!found.ok) return found;
  if (wish.expiresAt !== null && wish.expiresAt <= now) return err(invalid('expires_at', 'must lie ahead'));
  const { id: ownerId } = found.value;
  const made = { keyId: newId('credential', random), apiKey: newKey(ownerId, random) };
  const row = { id: made.keyId, kind: 'organisation', ownerId, role: null, createdAt: now, ...wish } as const;
  return ok({
    value: made,
    writes: [credentialStore.insert({ ...row, hash: await sha256Hex(made.apiKey) })],
    audit: [{ action: 'organisation_key.created', subject: ownerId, details: { key_id: made.keyId, name: wish.name } }],
  });
}

/** Revokes a key; one that has ended, or is somebody else's, is not found. */
export async function revokeOrganisationKey({ db, now }: Context, asker: Asker, keyId: string): Promise<Planned<null>> {
  const found = await administeredOrganisation(db, asker);
  if (!found.ok) return found;
  const { id: ownerId } = found.value;
  const key = await credentialStore.find(db, keyId);
  if (key?.kind !== 'organisation' || key.ownerId !== ownerId || !isLive(key, now)) return err(notFound);
  return ok({
    value: null,
    writes: [credentialStore.revoke(keyId, now)],
    audit: [{ action: 'organisation_key.revoked', subject: ownerId, details: { key_id: keyId } }],
  });
}
