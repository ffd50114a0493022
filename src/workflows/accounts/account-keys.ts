/** Account keys of a customer: made, rotated and revoked, by admins and by the customer's own keys. */
import { type Failure, notFound } from '../../contracts/failures.ts';
import { expiryAfter, isLive, type KeyWish, overlapEnd, refuseExpired } from '../../credentials/credential.ts';
import * as credentialStore from '../../credentials/store.ts';
import type { WholeCustomer } from '../../customers/store.ts';
import type { Write } from '../../db/write.ts';
import { newId } from '../../lib/ids.ts';
import { newKey, sha256Hex } from '../../lib/keys.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import { guardStatus } from '../../subscriptions/store.ts';
import { meanings } from '../../subscriptions/subscription.ts';
import type { Context, Planned } from '../deed.ts';

export interface MadeKey {
  keyId: string;
  apiKey: string;
}

/** A new key with the statement that stores it; for workflows that make one among other things. */
export async function newAccountKey(
  { random, now }: Context,
  customerId: string,
  { name, expiresAt }: KeyWish,
): Promise<{ key: MadeKey; stored: Write }> {
  const key = { keyId: newId('credential', random), apiKey: newKey(customerId, random) };
  const stored = credentialStore.insert({
    id: key.keyId,
    kind: 'account',
    ownerId: customerId,
    hash: await sha256Hex(key.apiKey),
    name,
    role: null,
    createdAt: now,
    expiresAt,
  });
  return { key, stored };
}

/** A further account key. A deactivated customer gets none, also one that is being deactivated beside this. */
export async function makeAccountKey(
  context: Context,
  { customer, subscription }: WholeCustomer,
  wish: KeyWish,
): Promise<Planned<MadeKey>> {
  if (!meanings[subscription.status].accountKeys) return err(deactivated);
  const expired = refuseExpired(wish.expiresAt, context.now);
  if (expired) return err(expired);
  const { key, stored } = await newAccountKey(context, customer.id, wish);
  return ok({
    value: key,
    writes: [guardStatus(customer.id, subscription.status), stored],
    audit: [{ action: 'api_key.created', subject: customer.id, details: { key_id: key.keyId } }],
  });
}

const deactivated: Failure = {
  code: 'already_deactivated',
  message: 'a deactivated customer gets no keys; reactivate it first',
};

/** The customer's own live key of that id; one that has ended, or is somebody else's, is not found. */
async function findLive(
  { db, now }: Context,
  customerId: string,
  keyId: string,
): Promise<Result<credentialStore.CredentialRow, Failure>> {
  const key = await credentialStore.find(db, keyId);
  const theirs = key?.kind === 'account' && key.ownerId === customerId && isLive(key, now);
  return theirs ? ok(key) : err(notFound);
}

export const alreadyRotated = (rotatedTo: string): Failure => ({
  code: 'already_rotated',
  message: `this key has been rotated already, to ${rotatedTo}`,
});

/** A new key in an old one's place. */
export interface Rotated extends MadeKey {
  /** When the old key ends, ms. */
  oldRevokedAt: number;
}

/** A new key of the same name and as long a life; the old one works on for the overlap, or until it ends by itself. */
export async function rotateAccountKey(
  context: Context,
  { customer, subscription }: WholeCustomer,
  rotation: { keyId: string; overlapSeconds: number },
): Promise<Planned<Rotated>> {
  const { now } = context;
  if (!meanings[subscription.status].accountKeys) return err(deactivated);
  const found = await findLive(context, customer.id, rotation.keyId);
  if (!found.ok) return found;
  const old = found.value;
  if (old.rotatedTo !== null) return err(alreadyRotated(old.rotatedTo));
  const oldRevokedAt = overlapEnd(old, rotation.overlapSeconds, now);
  const wish = { name: old.name, expiresAt: expiryAfter(old, now) };
  const { key, stored } = await newAccountKey(context, customer.id, wish);
  return ok({
    value: { ...key, oldRevokedAt },
    writes: [
      guardStatus(customer.id, subscription.status),
      credentialStore.guardUnrotated(old.id, now),
      stored,
      credentialStore.rotate({ oldId: old.id, newId: key.keyId, until: oldRevokedAt }),
    ],
    audit: [{ action: 'api_key.rotated', subject: customer.id, details: { key_id: old.id, rotated_to: key.keyId } }],
  });
}

/**
 * Revokes one account key. A customer must keep another live one that no rotation ends, so that nobody locks themselves
 * out; an admin may take the last.
 */
export async function revokeAccountKey(
  context: Context,
  { customer }: WholeCustomer,
  revocation: { keyId: string; byCustomer: boolean },
): Promise<Planned<null>> {
  const { db, now } = context;
  const { keyId, byCustomer } = revocation;
  const found = await findLive(context, customer.id, keyId);
  if (!found.ok) return found;
  if (byCustomer && !(await credentialStore.isAccountKeyLeft(db, customer.id, keyId, now))) return err(lastKey);
  return ok({
    value: null,
    writes: [
      ...(byCustomer ? [credentialStore.guardAccountKeyLeft(customer.id, keyId, now)] : []),
      credentialStore.revoke(keyId, now),
    ],
    audit: [{ action: 'api_key.revoked', subject: customer.id, details: { key_id: keyId } }],
  });
}

const lastKey: Failure = {
  code: 'last_key',
  message: 'this is the last key that stays; make or rotate one before you revoke it',
};
