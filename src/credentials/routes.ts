/** Keys and tokens of every kind, and the admin tokens. */
import * as routes from '../contracts/routes/credentials.ts';
import { deed } from '../http/deed.ts';
import { type Endpoint, empty, endpoint, json, param, reply } from '../http/endpoint.ts';
import { iso, msOrNull } from '../lib/time.ts';
import { listCredentials } from '../workflows/accounts/list-credentials.ts';
import { makeAdminToken } from '../workflows/accounts/make-admin-token.ts';
import { revokeCredential } from '../workflows/accounts/revoke-credential.ts';
import { rotateCredential } from '../workflows/accounts/rotate-credential.ts';
import { toCredential } from './wire.ts';

const listRoute = endpoint({
  ...routes.listCredentials,
  handle: async ({ db, now, query }) => {
    const found = await listCredentials({ db, now: now() }, query);
    return reply(200, {
      items: found.rows.map(toCredential),
      total: found.total,
      page: query.page,
      limit: query.limit,
    });
  },
});

const revoke = deed({
  ...routes.revokeCredential,
  plan: (context, call) => {
    if (call.principal.kind !== 'admin') throw new Error('the route admits admins only');
    return revokeCredential(context, { credentialId: param(call, 'credentialId'), role: call.principal.role });
  },
  answer: () => empty(204),
});

const rotate = deed({
  ...routes.rotateCredential,
  plan: (context, call) => {
    if (call.principal.kind !== 'admin') throw new Error('the route admits admins only');
    return rotateCredential(context, {
      credentialId: param(call, 'credentialId'),
      overlapSeconds: call.body.overlap_seconds,
      role: call.principal.role,
    });
  },
  answer: ({ credentialId, secret, oldRevokedAt }) =>
    json(201, { success: true, credential_id: credentialId, secret, old_revoked_at: iso(oldRevokedAt) }),
});

const makeToken = deed({
  ...routes.makeAdminToken,
  plan: (context, { body }) =>
    makeAdminToken(context, { name: body.name, role: body.role, expiresAt: msOrNull(body.expires_at) }),
  answer: ({ credentialId, token }) => json(201, { success: true, credential_id: credentialId, token }),
});

export const credentialEndpoints: readonly Endpoint[] = [listRoute, revoke, rotate, makeToken];
