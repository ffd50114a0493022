/** The append-only audit log: who did what to whom, in the same batch as the deed. Never a secret in `details`. */
import { type SQL, sql } from 'drizzle-orm';
import type { Db } from '../db/client.ts';
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

/** The newest row's id, and whether the log has that of `id`. Rows are never deleted. */
export async function findNewestAnd(db: Db, id: string | null): Promise<{ newest: string | null; has: boolean }> {
  const [row] = await db.all<{ newest: string | null; has: number }>(sql`
    SELECT (SELECT id FROM audit_log ORDER BY rowid DESC LIMIT 1) AS newest,
      EXISTS (SELECT 1 FROM audit_log WHERE id = ${id}) AS has`);
  return { newest: row?.newest ?? null, has: row?.has === 1 };
}
