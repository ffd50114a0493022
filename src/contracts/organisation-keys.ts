/** Keys of an organisation on the wire: what its own Prometheus reads `/api/billing/metrics` with, and nothing else. */
import { z } from 'zod';
import { instant, lineText, listOf, pageQuery } from './common.ts';
import { enveloped, organisationQuery } from './organisation-billing.ts';

export const organisationKeyRights = ['metrics:read'] as const;
const rights = z.array(z.enum(organisationKeyRights));
const nameCharsMax = 100;

/** POST /api/billing/keys: 201 with the key, once. */
export const organisationKeyBody = z.strictObject({
  name: lineText(nameCharsMax).optional(),
  expires_at: instant.optional(),
});
export const organisationKeyAnswer = enveloped(z.object({ key_id: z.string(), api_key: z.string(), rights }));

const key = z.object({
  key_id: z.string(),
  name: z.string().nullable(),
  rights,
  created_at: z.string(),
  expires_at: z.string().nullable(),
  /** A day, UTC. */
  last_used_on: z.string().nullable(),
  revoked_at: z.string().nullable(),
});
export const organisationKeysQuery = pageQuery.extend(organisationQuery.shape);
export const organisationKeyList = enveloped(listOf(key));
