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
  actor: word
    .optional()
    .describe('How the actor’s name begins: `admin:` are all admins; who is none asks for `staff`.'),
  action: word.optional().describe('How the action begins: `job.` is everything about jobs.'),
  subject: word.optional().describe('The whole id of what was changed.'),
  q: searchText.optional().describe('Part of actor, action or subject.'),
  from: instant.optional().describe('Only entries of this instant or later.'),
  to: instant.optional().describe('Only entries before this instant.'),
  format: z.enum(['json', 'csv']).default('json').describe('csv is all entries in one file.'),
});

/** GET /api/billing/audit. */
export const ownAuditQuery = filter.extend(organisationQuery.shape);

/** GET /api/audit: the entries that concern one customer or one organisation, or all. */
export const auditQuery = filter.extend({
  customer_id: customerId.optional().describe('Only what concerns this customer.'),
  organisation_id: organisationId.optional().describe('Only what concerns this organisation.'),
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
