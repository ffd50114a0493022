/**
 * A new key or token of any kind in an old one's place: same owner, name, role and length of life. The old one works on for
 * the overlap. The key of a deployment's own reporter is its provisioner's to make.
 */
import { type Failure, notFound } from '../../contracts/failures.ts';
import type { Role } from '../../contracts/route.ts';
import { expiryAfter, isLive, overlapEnd } from '../../credentials/credential.ts';
import * as credentialStore from '../../credentials/store.ts';
import { findWhole } from '../../customers/store.ts';
import type { Db } from '../../db/client.ts';
import { newId } from '../../lib/ids.ts';
import { type CredentialKind, newKey, sha256Hex } from '../../lib/keys.ts';
import { err, ok } from '../../lib/result.ts';
import { iso } from '../../lib/time.ts';
import { queryReporter } from '../../reporters/ownership-store.ts';
import type { Context, Planned } from '../deed.ts';
import { alreadyRotated, rotateAccountKey } from './account-keys.ts';

export interface Rotation {
  credentialId: string;
  overlapSeconds: number;
  /** Of the admin who asks. */
  role: Role;
}

export interface RotatedCredential {
  credentialId: string;
  secret: string;
  /** When the old one ends, ms. */
  oldRevokedAt: number;
}

/** What operators make, they may rotate; the rest is an owner's. */
const ofOperators: readonly CredentialKind[] = ['cluster', 'provisioner', 'reporter'];

export async function rotateCredential(context: Context, rotation: Rotation): Promise<Planned<RotatedCredential>> {
  const { db, now, random } = context;
  const old = await credentialStore.find(db, rotation.credentialId);
  if (!old || !isLive(old, now)) return err(notFound);
  if (rotation.role !== 'owner' && !ofOperators.includes(old.kind)) return err(notTheirs);
  if (old.kind === 'account') return await rotateForCustomer(context, old, rotation);
  if (old.rotatedTo !== null) return err(alreadyRotated(old.rotatedTo));
  if (old.kind === 'reporter' && (await isOfDeployment(db, old.ownerId, now))) return err(ofDeployment);
  const made = { credentialId: newId('credential', random), secret: newKey(old.ownerId, random) };
  const oldRevokedAt = overlapEnd(old, rotation.overlapSeconds, now);
  return ok({
    value: { ...made, oldRevokedAt },
    writes: [
      credentialStore.guardUnrotated(old.id, now),
      credentialStore.insert({
        id: made.credentialId,
        kind: old.kind,
        ownerId: old.ownerId,
        hash: await sha256Hex(made.secret),
        name: old.name,
        role: old.role,
        createdAt: now,
        expiresAt: expiryAfter(old, now),
      }),
      credentialStore.rotate({ oldId: old.id, newId: made.credentialId, until: oldRevokedAt }),
    ],
    audit: [
      {
        action: 'credential.rotated',
        subject: old.id,
        details: { kind: old.kind, owner: old.ownerId, rotated_to: made.credentialId, until: iso(oldRevokedAt) },
      },
    ],
  });
}

/** An account key is rotated by the rules of its customer. */
async function rotateForCustomer(
  context: Context,
  old: credentialStore.CredentialRow,
  { overlapSeconds }: Rotation,
): Promise<Planned<RotatedCredential>> {
  const whole = await findWhole(context.db, old.ownerId);
  if (!whole) return err(notFound);
  const planned = await rotateAccountKey(context, whole, { keyId: old.id, overlapSeconds });
  if (!planned.ok) return planned;
  const { keyId: credentialId, apiKey: secret, oldRevokedAt } = planned.value.value;
  return ok({ ...planned.value, value: { credentialId, secret, oldRevokedAt } });
}

async function isOfDeployment(db: Db, reporterId: string, now: number): Promise<boolean> {
  const [reporter] = await queryReporter(db, reporterId, now);
  return reporter !== undefined && reporter.source !== 'admin';
}

const notTheirs: Failure = { code: 'forbidden', message: 'only an owner may rotate a credential of this kind' };
const ofDeployment: Failure = {
  code: 'key_of_deployment',
  message: 'the provisioner makes and keeps this key; revoke it, and the next job makes another',
};
