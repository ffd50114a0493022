/** The audit log, for admins, org-admins and account keys. */
import type { AuditView } from '../contracts/audit.ts';
import type { Failure } from '../contracts/failures.ts';
import * as routes from '../contracts/routes/audit.ts';
import type { Db } from '../db/client.ts';
import { type Endpoint, endpoint, reply, type TextAnswer } from '../http/endpoint.ts';
import { err, ok, type Result } from '../lib/result.ts';
import { iso } from '../lib/time.ts';
import { whoseAudit } from '../workflows/organisations/whose-audit.ts';
import { type AuditFilter, listAudit } from './read-store.ts';
import { toCsv, toEntry, toFilter } from './wire.ts';

/** A file is not paged and never in part. */
const csvRowsMax = 10_000;

/** All entries of a filter as one file. */
async function fileOf(
  db: Db,
  filter: Omit<AuditFilter, 'page' | 'limit'>,
  view: ReturnType<typeof toEntry>,
): Promise<Result<TextAnswer, Failure>> {
  const { rows, total } = await listAudit(db, { ...filter, page: 1, limit: csvRowsMax });
  if (total > csvRowsMax) {
    const message = `the file would have ${total} lines, at most ${csvRowsMax}: ask for a shorter range`;
    return err({ code: 'validation_failed', message, details: { issues: [{ path: 'from', message }] } });
  }
  const text = { content: toCsv(rows.map(view)), type: 'text/csv; charset=utf-8' };
  return ok({ status: 200, text, headers: { 'content-disposition': 'attachment; filename="audit.csv"' } });
}

async function pageOf(db: Db, filter: AuditFilter, view: ReturnType<typeof toEntry>) {
  const { rows, total } = await listAudit(db, filter);
  const items: AuditView[] = rows.map(view);
  return { items, total, page: filter.page, limit: filter.limit };
}

const all = endpoint({
  ...routes.listAudit,
  handle: async ({ db, query: { page, limit, format, customer_id, organisation_id, ...asked } }) => {
    const filter = { ...toFilter(asked), customerId: customer_id, organisationId: organisation_id };
    if (format === 'csv') return await fileOf(db, filter, toEntry(true));
    return reply(200, await pageOf(db, { ...filter, page, limit }, toEntry(true)));
  },
});

const own = endpoint({
  ...routes.listBillingAudit,
  handle: async ({ db, principal, now, query: { page, limit, format, organisation, ...asked } }) => {
    const concern = await whoseAudit(db, { principal, organisation });
    if (!concern.ok) return concern;
    const whole = principal.kind === 'admin';
    const filter = { ...toFilter(asked), ...concern.value, masksStaff: !whole };
    const view = toEntry(whole);
    if (format === 'csv') return await fileOf(db, filter, view);
    const data = await pageOf(db, { ...filter, page, limit }, view);
    return reply(200, { success: true, data, timestamp: iso(now()) });
  },
});

export const auditEndpoints: readonly Endpoint[] = [all, own];
