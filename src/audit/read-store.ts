/**
 * Reads of the audit log: which entries concern whom, decided in SQL by what their subjects are. Reads tables of other
 * domains for that; writes none.
 */
import { and, desc, type SQL, sql } from 'drizzle-orm';
import type { Db } from '../db/client.ts';
import { auditLog } from '../db/work-schema.ts';
import { staffActor } from './entry.ts';

/** Whose entries are meant; both absent: everybody's. */
export interface Concern {
  organisationId?: string | undefined;
  customerId?: string | undefined;
}

export interface AuditFilter extends Concern {
  /** Whether staff are not told apart: their names are their employer's business (entry.ts). */
  masksStaff?: boolean;
  /** Beginnings of the actor's name and of the action; the subject whole; a part of any of the three, whatever its case. */
  actor?: string | undefined;
  action?: string | undefined;
  subject?: string | undefined;
  q?: string | undefined;
  /** `[from, to)`, ms. */
  from?: number | undefined;
  to?: number | undefined;
  page: number;
  limit: number;
}

/**
 * Every id that an entry's subject can be, and the customer behind it. D1 takes five terms in one compound, so there are two.
 * `reporterKeys` joins `reporters r` and `credentials k` from the side that is known: SQLite would begin with all keys.
 */
const subjects = (reporterKeys: SQL): SQL => sql`
  SELECT id AS subject, id AS customer_id FROM customers
  UNION ALL SELECT id, customer_id FROM jobs
  UNION ALL SELECT id, customer_id FROM reporters
  UNION ALL SELECT id, owner_id FROM credentials WHERE kind = 'account'
  UNION ALL SELECT k.id, r.customer_id FROM ${reporterKeys} WHERE k.kind = 'reporter' AND k.owner_id = r.id`;
const moreSubjects = sql`SELECT id AS subject, customer_id FROM dead_letters WHERE customer_id IS NOT NULL`;

/**
 * The customer that an entry itself names. Jobs and dead letters are forgotten one day, so their entries name whose they were;
 * of other entries the subject alone decides.
 */
const named = sql`details ->> 'customer_id'`;
const isForgettable = sql`(action GLOB 'job.*' OR action GLOB 'dead_letter.*')`;

/** Entries about what one of some customers has, or had. */
const concerns = (ids: SQL, customers: SQL): SQL =>
  sql`(subject IN (${ids}) OR (${named} IN (${customers}) AND ${isForgettable}))`;

/** The ids that are one of some customers' things. */
const idsOf = (customers: SQL): SQL => sql`
  SELECT subject FROM (${subjects(sql`reporters r CROSS JOIN credentials k`)}) WHERE customer_id IN (${customers})
  UNION ALL SELECT subject FROM (${moreSubjects}) WHERE customer_id IN (${customers})`;

const customersOf = (organisationId: string): SQL =>
  sql`SELECT id FROM customers WHERE organisation_id = ${organisationId}`;

/** What an organisation is concerned by: itself, its keys, its customers' things. */
const idsOfOrganisation = (id: string): SQL => sql`
  SELECT ${id} UNION ALL SELECT id FROM credentials WHERE kind = 'organisation' AND owner_id = ${id}
  UNION ALL SELECT * FROM (${idsOf(customersOf(id))})`;

/** Texts that begin so. */
const begins = (column: SQL, beginning: string): SQL => sql`substr(${column}, 1, length(${beginning})) = ${beginning}`;

/** Who did something, as the reader of the log is told: what is not shown is not found either. */
const actorIn = ({ masksStaff }: AuditFilter): SQL<string> =>
  masksStaff ? sql`CASE WHEN actor GLOB 'admin:*' THEN ${staffActor} ELSE actor END` : sql`actor`;

function whereOf(filter: AuditFilter): SQL | undefined {
  const who = actorIn(filter);
  const { organisationId, customerId, actor, action, subject, q, from, to } = filter;
  return and(
    organisationId === undefined ? undefined : concerns(idsOfOrganisation(organisationId), customersOf(organisationId)),
    customerId === undefined ? undefined : concerns(idsOf(sql`SELECT ${customerId}`), sql`${customerId}`),
    actor === undefined ? undefined : begins(who, actor),
    action === undefined ? undefined : begins(sql`action`, action),
    subject === undefined ? undefined : sql`subject = ${subject}`,
    q === undefined ? undefined : sql`instr(lower(${who} || ' ' || action || ' ' || subject), lower(${q})) > 0`,
    from === undefined ? undefined : sql`at >= ${from}`,
    to === undefined ? undefined : sql`at < ${to}`,
  );
}

/** The customer whom an entry concerns. */
const concerned = sql<string | null>`coalesce(
  (SELECT customer_id FROM (${subjects(sql`credentials k CROSS JOIN reporters r`)}) found WHERE found.subject = audit_log.subject),
  (SELECT customer_id FROM (${moreSubjects}) found WHERE found.subject = audit_log.subject),
  CASE WHEN ${isForgettable} THEN ${named} END)`;

const shown = {
  id: auditLog.id,
  at: auditLog.at,
  credentialId: auditLog.credentialId,
  action: auditLog.action,
  subject: auditLog.subject,
  details: auditLog.details,
  requestId: auditLog.requestId,
  customerId: concerned.as('customer_id'),
};

/** One page of the log, newest first; entries of one deed in the order in which they were written, the last first. */
export async function listAudit(db: Db, filter: AuditFilter) {
  const where = whereOf(filter);
  const [rows, counted] = await db.batch([
    db
      .select({ ...shown, actor: actorIn(filter).as('actor_shown') })
      .from(auditLog)
      .where(where)
      .orderBy(desc(auditLog.at), sql`rowid DESC`)
      .limit(filter.limit)
      .offset((filter.page - 1) * filter.limit),
    db.select({ total: sql<number>`count(*)` }).from(auditLog).where(where),
  ]);
  return { rows, total: counted[0]?.total ?? 0 };
}
export type AuditRow = Awaited<ReturnType<typeof listAudit>>['rows'][number];
