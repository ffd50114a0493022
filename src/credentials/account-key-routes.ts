/** Account keys of a customer, for admins and for the customer's own keys. */
import * as routes from '../contracts/routes/account-keys.ts';
import { deed } from '../http/deed.ts';
import { type Endpoint, empty, endpoint, json, param, reply } from '../http/endpoint.ts';
import { iso, isoOrNull, msOrNull } from '../lib/time.ts';
import { makeAccountKey, revokeAccountKey, rotateAccountKey } from '../workflows/accounts/account-keys.ts';
import { list } from './store.ts';
import { dayOrNull } from './wire.ts';

const make = deed({
  ...routes.makeAccountKey,
  plan: (context, { customer, body }) =>
    makeAccountKey(context, customer, { name: body.name ?? null, expiresAt: msOrNull(body.expires_at) }),
  answer: ({ keyId, apiKey }) => json(201, { success: true, key_id: keyId, api_key: apiKey }),
});

const rotate = deed({
  ...routes.rotateAccountKey,
  plan: (context, call) =>
    rotateAccountKey(context, call.customer, {
      keyId: param(call, 'keyId'),
      overlapSeconds: call.body.overlap_seconds,
    }),
  answer: ({ keyId, apiKey, oldRevokedAt }) =>
    json(201, { success: true, key_id: keyId, api_key: apiKey, old_revoked_at: iso(oldRevokedAt) }),
});

const listRoute = endpoint({
  ...routes.listAccountKeys,
  handle: async ({ db, customer, query: { page, limit } }) => {
    const found = await list(db, { page, limit, kind: 'account', owner: customer.customer.id });
    const items = found.rows.map((key) => ({
      key_id: key.id,
      name: key.name,
      created_at: iso(key.createdAt),
      expires_at: isoOrNull(key.expiresAt),
      last_used_on: dayOrNull(key.lastUsedDay),
      rotated_to: key.rotatedTo,
      revoked_at: isoOrNull(key.revokedAt),
    }));
    return reply(200, { items, total: found.total, page, limit });
  },
});

const revoke = deed({
  ...routes.revokeAccountKey,
  plan: (context, call) =>
    revokeAccountKey(context, call.customer, {
      keyId: param(call, 'keyId'),
      byCustomer: call.principal.kind === 'account',
    }),
  answer: () => empty(204),
});

export const accountKeyEndpoints: readonly Endpoint[] = [make, rotate, listRoute, revoke];
