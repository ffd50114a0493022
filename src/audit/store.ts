/** The append-only audit log: who did what to whom, in the same batch as the deed. Never a secret in `details`. */
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
