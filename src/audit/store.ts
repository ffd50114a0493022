/** The append-only audit log: who did what to whom, in the same batch as the deed. Never a secret in `details`. */
import { type SQL, sql } from 'drizzle-orm';
import { auditLog } from '../db/work-schema.ts';
import { build, type Write, write } from '../db/write.ts';
import { newId, type Random } from '../lib/ids.ts';

/** Who did something (the named actor), and by which request. */
export interface Actor {
  name: string;
  /** The id of the credential that was used; null for the public and for cron. */
  credentialId: string | null;
  requestId: string;
}

/** What was done, as one row of the log says it. */
export interface AuditEntry {
  action: string;
  /** The id of the customer, job or other thing that was changed. */
  subject: string;
  details?: Record<string, unknown>;
}

/** One row of the log. */
export const record = (random: Random, actor: Actor, now: number, entry: AuditEntry): Write =>
  write(
    build.insert(auditLog).values({
      id: newId('audit', random),
      at: now,
      actor: actor.name,
      credentialId: actor.credentialId,
      action: entry.action,
      subject: entry.subject,
      details: entry.details ?? {},
      requestId: actor.requestId,
    }),
  );

/** One row of the log, only where a condition holds when the batch runs: of what may turn out not to be done. */
export const recordWhere = (random: Random, actor: Actor, now: number, entry: AuditEntry, holds: SQL): Write =>
  write(sql`
    INSERT INTO audit_log (id, at, actor, credential_id, action, subject, details, request_id)
    SELECT ${newId('audit', random)}, ${now}, ${actor.name}, ${actor.credentialId}, ${entry.action}, ${entry.subject},
      ${JSON.stringify(entry.details ?? {})}, ${actor.requestId} WHERE ${holds}`);
