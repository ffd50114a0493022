/** From queries of the wire to what is read of the audit log, and from rows to answers and lines of CSV. Pure. */
import type { z } from 'zod';
import type { AuditView, auditQuery, ownAuditQuery } from '../contracts/audit.ts';
import { csvLine } from '../lib/csv.ts';
import { iso, msOrNull } from '../lib/time.ts';
import { tenantDetails } from './entry.ts';
import type { AuditFilter, AuditRow } from './read-store.ts';

type Query = Pick<
  z.output<typeof auditQuery> & z.output<typeof ownAuditQuery>,
  'actor' | 'action' | 'subject' | 'q' | 'from' | 'to'
>;

/** What a query asks for, beside whose entries and which page. */
export const toFilter = ({ from, to, ...words }: Query): Omit<AuditFilter, 'page' | 'limit'> => ({
  actor: words.actor,
  action: words.action,
  subject: words.subject,
  q: words.q,
  from: msOrNull(from) ?? undefined,
  to: msOrNull(to) ?? undefined,
});

/** An entry; `whole` is an admin's view. */
export const toEntry =
  (whole: boolean) =>
  (row: AuditRow): AuditView => ({
    audit_id: row.id,
    at: iso(row.at),
    actor: row.actor,
    credential_id: whole ? row.credentialId : null,
    action: row.action,
    subject: row.subject,
    customer_id: row.customerId,
    details: whole ? row.details : tenantDetails(row.details),
    request_id: row.requestId,
  });

const columns = [
  'at',
  'actor',
  'action',
  'subject',
  'customer_id',
  'details',
  'credential_id',
  'request_id',
  'audit_id',
] as const satisfies (keyof AuditView)[];

/** All entries as a file. */
export const toCsv = (entries: readonly AuditView[]): string =>
  [
    csvLine(columns),
    ...entries.map((entry) =>
      csvLine(columns.map((name) => (name === 'details' ? JSON.stringify(entry.details) : entry[name]))),
    ),
  ].join('');
