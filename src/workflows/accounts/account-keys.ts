/** Account keys of a customer: made and revoked. */
import { type Failure, notFound } from '../../contracts/failures.ts';
import * as credentialStore from '../../credentials/store.ts';
import type { WholeCustomer } from '../../customers/store.ts';
import type { Write } from '../../db/write.ts';
import { newId } from '../../lib/ids.ts';
import { newKey, sha256Hex } from '../../lib/keys.ts';
import { err, ok } from '../../lib/result.ts';
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
  name: string | null,
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
  });
  return { key, stored };
}

/** A further account key. A deactivated customer gets none, also one that is being deactivated beside this. */
export async function makeAccountKey(
  context: Context,
  { customer, subscription }: WholeCustomer,
  name: string | null,
): Promise<Planned<MadeKey>> {
  if (!meanings[subscription.status].accountKeys) return err(deactivated);
  const { key, stored } = await newAccountKey(context, customer.id, name);
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

/** Revokes one account key; one that is revoked already, or somebody else's, is not found. */
export async function revokeAccountKey(
  { db, now }: Context,
  { customer }: WholeCustomer,
  keyId: string,
): Promise<Planned<null>> {
  const keys = await credentialStore.listOf(db, 'account', customer.id);
  if (!keys.some((key) => key.id === keyId && key.revokedAt === null)) return err(notFound);
  return ok({
    value: null,
    writes: [credentialStore.revoke('account', customer.id, keyId, now)],
    audit: [{ action: 'api_key.revoked', subject: customer.id, details: { key_id: keyId } }],
  });
}
