/** Account keys of a customer, for admins and for the customer's own keys. */
import { pageQuery } from '../contracts/common.ts';
import { apiKeyAnswer, apiKeyBody, apiKeyList, rotateAnswer, rotateBody } from '../contracts/customers.ts';
import { deed } from '../http/deed.ts';
import { type Endpoint, empty, endpoint, json, param, reply } from '../http/endpoint.ts';
import { iso, isoOrNull, msOrNull } from '../lib/time.ts';
import { makeAccountKey, revokeAccountKey, rotateAccountKey } from '../workflows/accounts/account-keys.ts';
import { list } from './store.ts';
import { dayOrNull } from './wire.ts';

const allow = { admin: 'operator', account: true } as const;

const make = deed({
  method: 'post',
  path: '/api/customers/:customerId/api-keys',
  summary: 'A further account key, shown once',
  allow,
  body: apiKeyBody,
  idempotent: true,
  answers: { 201: apiKeyAnswer },
  plan: (context, { customer, body }) =>
    makeAccountKey(context, customer, { name: body.name ?? null, expiresAt: msOrNull(body.expires_at) }),
  answer: ({ keyId, apiKey }) => json(201, { success: true, key_id: keyId, api_key: apiKey }),
});

const rotate = deed({
  method: 'post',
  path: '/api/customers/:customerId/api-keys/:keyId/rotate',
  summary: 'A new account key in the place of one that works on for a while',
  allow,
  body: rotateBody,
  idempotent: true,
  answers: { 201: rotateAnswer },
  plan: (context, call) =>
    rotateAccountKey(context, call.customer, {
      keyId: param(call, 'keyId'),
      overlapSeconds: call.body.overlap_seconds,
    }),
  answer: ({ keyId, apiKey, oldRevokedAt }) =>
    json(201, { success: true, key_id: keyId, api_key: apiKey, old_revoked_at: iso(oldRevokedAt) }),
});

const listRoute = endpoint({
  method: 'get',
  path: '/api/customers/:customerId/api-keys',
  summary: 'Account keys without their secrets',
  allow: { admin: 'viewer', account: true },
  query: pageQuery,
  answers: { 200: apiKeyList },
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
  method: 'delete',
  path: '/api/customers/:customerId/api-keys/:keyId',
  summary: 'Revoke an account key',
  allow,
  answers: { 204: null },
  plan: (context, call) =>
    revokeAccountKey(context, call.customer, {
      keyId: param(call, 'keyId'),
      byCustomer: call.principal.kind === 'account',
    }),
  answer: () => empty(204),
});

export const accountKeyEndpoints: readonly Endpoint[] = [make, rotate, listRoute, revoke];
