/** Keys and tokens of every kind on the wire (admin). */
import { z } from 'zod';
import { idPattern } from '../lib/ids.ts';
import { credentialKinds } from '../lib/keys.ts';
import { instant, listOf, pageQuery } from './common.ts';

export const credentialId = z.string().regex(idPattern('credential'), 'must look like key_ + 32 hex digits');
/** A `session` is one of staff; those of customers and people are their owners' own. */
export const credentialKind = z.enum([...credentialKinds, 'session']);
/** What is revoked one by one: a key or token, or a session of staff. */
export const revocableId = z.union([credentialId, z.string().regex(idPattern('session'))], {
  error: 'must look like key_ or ses_ + 32 hex digits',
});
export const adminRole = z.enum(['viewer', 'operator', 'owner']);

/** GET /api/credentials: `owner` is the id that the key begins with, or a cluster's own id. */
export const credentialsQuery = pageQuery.extend({
  kind: credentialKind
    .optional()
    .describe('Only credentials of this kind. `session`: the open sessions of staff, which are in no other list.'),
  owner: z.string().min(1).max(100).optional().describe('The id of the customer, reporter or cluster that has them.'),
});

/** Never a secret, nor its hash. A session has the name and role that it was opened with. `revoked_at` may lie ahead; `last_used_on` is a day (UTC). */
const credential = z.object({
  credential_id: z.string(),
  kind: credentialKind,
  owner: z.string(),
  name: z.string().nullable(),
  role: adminRole.nullable(),
  created_at: z.string(),
  expires_at: z.string().nullable(),
  last_used_on: z.string().nullable(),
  /** The credential that a rotation made in its place. */
  rotated_to: z.string().nullable().default(null),
  revoked_at: z.string().nullable(),
});
export type CredentialView = z.infer<typeof credential>;
export const credentialList = listOf(credential);

/** A name that nobody can mistake for another one: it stands in the audit log. */
const tokenName = z
  .string()
  .max(64)
  .regex(/^[a-z0-9][a-z0-9._@+-]*$/, 'must be lower-case letters, digits and . _ @ + -');

/** POST /api/admin-tokens: 201 with the token, once. */
export const adminTokenBody = z.strictObject({ name: tokenName, role: adminRole, expires_at: instant.optional() });
export const adminTokenAnswer = z.object({ success: z.literal(true), credential_id: z.string(), token: z.string() });

/** POST /api/credentials/:id/rotate: 201 with the new key or token, once; the old one works on until `old_revoked_at`. */
export const rotatedCredential = z.object({
  success: z.literal(true),
  credential_id: z.string(),
  secret: z.string(),
  old_revoked_at: z.string(),
});
