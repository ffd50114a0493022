/** The audit log on the wire: who did what to what, newest first. */
import { z } from 'zod';
import { customerId, instant, listOf, organisationId, pageQuery } from './common.ts';

const wordCharsMax = 200;
const word = z.string().min(1).max(wordCharsMax);

/**
 * `actor` and `action` are beginnings: `admin:` are all admins, `job.` is everything about jobs. `target` is the whole id.
 * Entries of `[from, to)`. `format=csv` is all of them in one file, at most 10,000.
 */
const filter = pageQuery.extend({
  actor: word.optional(),
  action: word.optional(),
  target: word.optional(),
  from: instant.optional(),
  to: instant.optional(),
  format: z.enum(['json', 'csv']).default('json'),
});

/** An organisation's or a customer's own entries; an admin names the organisation by its slug. */
export const ownAuditQuery = filter.extend({ organisation: word.optional() });

/** Everybody's entries, for admins: those that concern one customer or one organisation, or all. */
export const auditQuery = filter.extend({
  customer_id: customerId.optional(),
  organisation_id: organisationId.optional(),
});

/**
 * `customer_id` is the customer whom the entry concerns, null where it concerns none. `credential_id` and the whole of
 * `details` are for admins; a customer's people see what of the details is about what is theirs.
 */
const entry = z.object({
  audit_id: z.string(),
  at: z.string(),
  actor: z.string(),
  credential_id: z.string().nullable(),
  action: z.string(),
  target: z.string(),
  customer_id: z.string().nullable(),
  details: z.record(z.string(), z.unknown()),
  request_id: z.string(),
});
export type AuditView = z.infer<typeof entry>;
export const auditList = listOf(entry);

/** In the envelope of `/api/billing`. */
export const ownAuditAnswer = z.object({ success: z.literal(true), data: auditList, timestamp: z.string() });
