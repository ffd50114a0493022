/** The audit log on the wire: who did what to what, newest first. */
import { z } from 'zod';
import { customerId, instant, listOf, organisationId, pageQuery, searchText } from './common.ts';
import { enveloped, organisationQuery } from './organisation-billing.ts';

const word = z.string().min(1).max(200);

/**
 * `actor` and `action` are beginnings: `admin:` are all admins, `job.` is everything about jobs. `subject` is the whole id
 * of what was changed; `q` looks in all three. Entries of `[from, to)`. `format=csv` is all of them in one file.
 */
const filter = pageQuery.extend({
  actor: word.optional(),
  action: word.optional(),
  subject: word.optional(),
  q: searchText.optional(),
  from: instant.optional(),
  to: instant.optional(),
  format: z.enum(['json', 'csv']).default('json'),
});

/** GET /api/billing/audit. */
export const ownAuditQuery = filter.extend(organisationQuery.shape);

/** GET /api/audit: the entries that concern one customer or one organisation, or all. */
export const auditQuery = filter.extend({
  customer_id: customerId.optional(),
  organisation_id: organisationId.optional(),
});

/**
 * `customer_id` is the customer whom the entry concerns, null where it concerns none. `credential_id` and the whole of
 * `details` are for admins; others see what of the details is about what is theirs.
 */
const entry = z.object({
  audit_id: z.string(),
  at: z.string(),
  actor: z.string(),
  credential_id: z.string().nullable(),
  action: z.string(),
  subject: z.string(),
  customer_id: z.string().nullable(),
  details: z.record(z.string(), z.unknown()),
  request_id: z.string(),
});
export type AuditView = z.infer<typeof entry>;
export const auditList = listOf(entry);
export const ownAuditAnswer = enveloped(auditList);
