/** Keys of an organisation, for its org-admins and for admins. */
import { organisationKeyRights } from '../contracts/organisation-keys.ts';
import * as routes from '../contracts/routes/organisation-keys.ts';
import { deed } from '../http/deed.ts';
import { type Endpoint, empty, endpoint, json, param, reply } from '../http/endpoint.ts';
import { iso, isoOrNull, msOrNull } from '../lib/time.ts';
import { makeOrganisationKey, revokeOrganisationKey } from '../workflows/organisations/organisation-keys.ts';
import { listOrganisationKeys, type OrganisationKeys } from '../workflows/organisations/read-keys.ts';

const make = deed({
  ...routes.makeOrganisationKey,
  plan: (context, { principal, query, body }) =>
    makeOrganisationKey(
      context,
      { principal, organisation: query.organisation },
      { name: body.name ?? null, expiresAt: msOrNull(body.expires_at) },
    ),
  answer: ({ keyId, apiKey }, call) =>
    json(201, {
      success: true,
      data: { key_id: keyId, api_key: apiKey, rights: [...organisationKeyRights] },
      timestamp: iso(call.now()),
    }),
});

const dayChars = 10;

const toKey = (key: OrganisationKeys['rows'][number]) => ({
  key_id: key.id,
  name: key.name,
  rights: [...organisationKeyRights],
  created_at: iso(key.createdAt),
  expires_at: isoOrNull(key.expiresAt),
  last_used_on: isoOrNull(key.lastUsedDay)?.slice(0, dayChars) ?? null,
  revoked_at: isoOrNull(key.revokedAt),
});

const list = endpoint({
  ...routes.listOrganisationKeys,
  handle: async ({ db, principal, now, query: { organisation, page, limit } }) => {
    const found = await listOrganisationKeys(db, { principal, organisation }, { page, limit });
    if (!found.ok) return found;
    const data = { items: found.value.rows.map(toKey), total: found.value.total, page, limit };
    return reply(200, { success: true, data, timestamp: iso(now()) });
  },
});

const revoke = deed({
  ...routes.revokeOrganisationKey,
  plan: (context, call) =>
    revokeOrganisationKey(
      context,
      { principal: call.principal, organisation: call.query.organisation },
      param(call, 'keyId'),
    ),
  answer: () => empty(204),
});

export const organisationKeyEndpoints: readonly Endpoint[] = [make, list, revoke];
