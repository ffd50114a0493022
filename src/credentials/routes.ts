/** Account keys of a customer. */
import { pageQuery } from '../contracts/common.ts';
import { apiKeyAnswer, apiKeyBody, apiKeyList } from '../contracts/customers.ts';
import { deed } from '../http/deed.ts';
import { type Endpoint, empty, endpoint, json, param, reply } from '../http/endpoint.ts';
import { iso, isoOrNull } from '../lib/time.ts';
import { makeAccountKey, revokeAccountKey } from '../workflows/accounts/account-keys.ts';
import { listOf } from './store.ts';

const make = deed({
  method: 'post',
  path: '/api/customers/:customerId/api-keys',
  summary: 'A further account key, shown once',
  allow: { admin: 'operator' },
  body: apiKeyBody,
  idempotent: true,
  answers: { 201: apiKeyAnswer },
  plan: (context, { customer, body }) => makeAccountKey(context, customer, body.name ?? null),
  answer: ({ keyId, apiKey }) => json(201, { success: true, key_id: keyId, api_key: apiKey }),
});

const list = endpoint({
  method: 'get',
  path: '/api/customers/:customerId/api-keys',
  summary: 'Account keys without their secrets',
  allow: { admin: 'viewer', account: true },
  query: pageQuery,
  answers: { 200: apiKeyList },
  handle: async ({ db, customer, query: { page, limit } }) => {
    const keys = await listOf(db, 'account', customer.customer.id);
    const items = keys.slice((page - 1) * limit, page * limit).map((key) => ({
      key_id: key.id,
      name: key.name,
      created_at: iso(key.createdAt),
      revoked_at: isoOrNull(key.revokedAt),
    }));
    return reply(200, { items, total: keys.length, page, limit });
  },
});

const revoke = deed({
  method: 'delete',
  path: '/api/customers/:customerId/api-keys/:keyId',
  summary: 'Revoke an account key',
  allow: { admin: 'operator' },
  answers: { 204: null },
  plan: (context, call) => revokeAccountKey(context, call.customer, param(call, 'keyId')),
  answer: () => empty(204),
});

export const accountKeyEndpoints: readonly Endpoint[] = [make, list, revoke];
