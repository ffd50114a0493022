/** Makes a provisioner token or a cluster key, shown once. */
import * as clusterStore from '../../clusters/store.ts';
import { notFound } from '../../contracts/failures.ts';
import { type KeyWish, refuseExpired } from '../../credentials/credential.ts';
import * as credentialStore from '../../credentials/store.ts';
import { newId } from '../../lib/ids.ts';
import { newKey, sha256Hex } from '../../lib/keys.ts';
import { err, ok } from '../../lib/result.ts';
import type { Context, Planned } from '../deed.ts';

export interface MadeClusterCredential {
  keyId: string;
  secret: string;
}

export async function makeClusterCredential(
  { db, now, random }: Context,
  clusterId: string,
  kind: 'provisioner' | 'cluster',
  { name, expiresAt }: KeyWish,
): Promise<Planned<MadeClusterCredential>> {
  const expired = refuseExpired(expiresAt, now);
  if (expired) return err(expired);
  const found = await clusterStore.find(db, clusterId);
  if (!found) return err(notFound);
  const ownerId = kind === 'provisioner' ? found.cluster.tokenOwner : found.cluster.keyOwner;
  const made = { keyId: newId('credential', random), secret: newKey(ownerId, random) };
  const hash = await sha256Hex(made.secret);
  return ok({
    value: made,
    writes: [
      credentialStore.insert({
        id: made.keyId,
        kind,
        ownerId,
        hash,
        name: name ?? clusterId,
        role: null,
        createdAt: now,
        expiresAt,
      }),
    ],
    audit: [{ action: `cluster.${kind}_credential_created`, subject: clusterId, details: { key_id: made.keyId } }],
  });
}
