/** Keys and tokens of every kind, and the admin tokens. */
import { adminTokenAnswer, adminTokenBody, credentialList, credentialsQuery } from '../contracts/credentials.ts';
import { deed } from '../http/deed.ts';
import { type Endpoint, empty, endpoint, json, param, reply } from '../http/endpoint.ts';
import { msOrNull } from '../lib/time.ts';
import { makeAdminToken } from '../workflows/accounts/make-admin-token.ts';
import { revokeCredential } from '../workflows/accounts/revoke-credential.ts';
import { list } from './store.ts';
import { toCredential } from './wire.ts';

const listRoute = endpoint({
  method: 'get',
  path: '/api/credentials',
  summary: 'Keys and tokens of every kind, newest first, without their secrets',
  allow: { admin: 'owner' },
  query: credentialsQuery,
  answers: { 200: credentialList },
  handle: async ({ db, query }) => {
    const found = await list(db, query);
    return reply(200, {
      items: found.rows.map(toCredential),
      total: found.total,
      page: query.page,
      limit: query.limit,
    });
  },
});

const revoke = deed({
  method: 'delete',
  path: '/api/credentials/:credentialId',
  summary: 'Revoke a key or token; operators those of clusters only',
  allow: { admin: 'operator' },
  answers: { 204: null },
  plan: (context, call) => {
    if (call.principal.kind !== 'admin') throw new Error('the route admits admins only');
    return revokeCredential(context, { credentialId: param(call, 'credentialId'), role: call.principal.role });
  },
  answer: () => empty(204),
});

const makeToken = deed({
  method: 'post',
  path: '/api/admin-tokens',
  summary: 'An admin token, shown once',
  allow: { admin: 'owner' },
  body: adminTokenBody,
  idempotent: true,
  answers: { 201: adminTokenAnswer },
  plan: (context, { body }) =>
    makeAdminToken(context, { name: body.name, role: body.role, expiresAt: msOrNull(body.expires_at) }),
  answer: ({ credentialId, token }) => json(201, { success: true, credential_id: credentialId, token }),
});

export const credentialEndpoints: readonly Endpoint[] = [listRoute, revoke, makeToken];
