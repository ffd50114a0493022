/** Credentials of every kind on the wire: listed and revoked in one place, secrets never shown again. */
import { z } from 'zod';
import { idPattern } from '../lib/ids.ts';
import { instant, listOf, pageQuery } from './common.ts';
import { apiKeyBody, apiKeyList } from './customers.ts';

export const credentialId = z.string().regex(idPattern('credential'), 'must look like key_ + 32 hex digits');
export const credentialKind = z.enum(['account', 'reporter', 'cluster', 'provisioner', 'admin']);
export const adminRole = z.enum(['viewer', 'operator', 'owner']);

const personName = apiKeyBody.shape.name.unwrap();

const credential = z.object({
  credential_id: z.string(),
  kind: credentialKind,
  /** A customer, reporter or cluster id; of an admin token nothing. */
  owner: z.string().nullable(),
  name: z.string().nullable(),
  role: adminRole.nullable(),
  created_at: z.string(),
  expires_at: z.string().nullable(),
  /** A day: uses are not counted finer. */
  last_used_on: z.string().nullable(),
  revoked_at: z.string().nullable(),
});

/** GET /api/credentials (owner). */
export const credentialsQuery = pageQuery.extend({ kind: credentialKind.optional(), owner: z.string().optional() });
export const credentialList = listOf(credential);
export type CredentialView = z.infer<typeof credential>;

/** POST /api/admin-tokens (owner): 201 with the token, once. */
export const adminTokenBody = z.strictObject({ name: personName, role: adminRole, expires_at: instant.optional() });
export const adminTokenAnswer = z.object({ credential_id: z.string(), token: z.string() });

/** POST /api/customers/:id/api-keys with what contract-billing adds. */
export const accountKeyBody = apiKeyBody.extend({ expires_at: instant.optional() });

/** GET /api/customers/:id/api-keys; the fields after `revoked_at` are absent in answers of an older API. */
const accountKey = apiKeyList.shape.items.element.extend({
  expires_at: z.string().nullish(),
  last_used_on: z.string().nullish(),
  rotated_to: z.string().nullish(),
});
export type AccountKeyView = z.infer<typeof accountKey>;
export const accountKeyList = listOf(accountKey);

/** A day in which both the old and the new key work. */
export const overlapSecondsDefault = 86_400;
/** POST …/api-keys/:keyId/rotate: a new key now, the old one revoked after the overlap. */
export const rotateBody = z.strictObject({ overlap_seconds: z.number().int().min(0).default(overlapSecondsDefault) });
export const rotateAnswer = z.object({ key_id: z.string(), api_key: z.string(), old_revoked_at: z.string() });
