/** Account keys of a customer: listed, made and revoked, each change with its audit row in the same batch. */
import { record } from '../../audit/store.ts';
import * as credentialStore from '../../credentials/store.ts';
import { findCustomer } from '../../customers/store.ts';
import { commit, type Db } from '../../db/client.ts';
import type { Write } from '../../db/write.ts';
import { newId } from '../../lib/ids.ts';
import { newKey, sha256Hex } from '../../lib/keys.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import type { Deps } from '../deps.ts';

export type KeyFailure = { code: 'not_found' | 'already_deactivated'; message: string };

const missing: KeyFailure = { code: 'not_found', message: 'there is nothing here, or not for you' };

export interface MadeKey {
  keyId: string;
  apiKey: string;
}

/** A new key with the statements that store it; for workflows that make one among other things. */
export async function planAccountKey(
  deps: Deps,
  customerId: string,
  name: string | null,
): Promise<{ key: MadeKey; writes: Write[] }> {
  const key = { keyId: newId('credential', deps.random), apiKey: newKey(customerId, deps.random) };
  const writes = [
    credentialStore.insert({
      id: key.keyId,
      kind: 'account',
      ownerId: customerId,
      hash: await sha256Hex(key.apiKey),
      name,
      role: null,
      createdAt: deps.now,
    }),
  ];
  return { key, writes };
}

/** The customer's keys without their secrets, newest first; null when there is no such customer. */
export async function accountKeysOf(db: Db, customerId: string) {
  return (await findCustomer(db, customerId)) && credentialStore.listOf(db, 'account', customerId);
}

/** Makes a further account key. A deactivated customer gets none. */
export async function makeAccountKey(
  deps: Deps,
  customerId: string,
  name: string | null,
  receipt: (key: MadeKey) => Promise<Write[]>,
): Promise<Result<MadeKey, KeyFailure>> {
  const customer = await findCustomer(deps.db, customerId);
  if (!customer) return err(missing);
  if (customer.deactivatedAt !== null) {
    return err({ code: 'already_deactivated', message: 'a deactivated customer gets no keys; reactivate it first' });
  }
  const { key, writes } = await planAccountKey(deps, customerId, name);
  const deed = { action: 'api_key.created', subject: customerId, details: { key_id: key.keyId } };
  await commit(deps.db, [...writes, record(deps.random, deps.actor, deps.now, deed), ...(await receipt(key))]);
  return ok(key);
}

/** Revokes one account key; one that is revoked already, or somebody else's, is not found. */
export async function revokeAccountKey(
  deps: Deps,
  customerId: string,
  keyId: string,
): Promise<Result<null, KeyFailure>> {
  const keys = await credentialStore.listOf(deps.db, 'account', customerId);
  if (!keys.some((key) => key.id === keyId && key.revokedAt === null)) return err(missing);
  const deed = { action: 'api_key.revoked', subject: customerId, details: { key_id: keyId } };
  await commit(deps.db, [
    credentialStore.revoke('account', customerId, keyId, deps.now),
    record(deps.random, deps.actor, deps.now, deed),
  ]);
  return ok(null);
}
