/** Invoices as rows. Owns `invoices`; decides nothing. */
import { and, desc, eq, gte, lt, type SQL, sql } from 'drizzle-orm';
import type { InvoiceState } from '../contracts/invoices.ts';
import type { Db } from '../db/client.ts';
import { guard } from '../db/guards.ts';
import { invoices } from '../db/invoice-schema.ts';
import { build, type Write, write } from '../db/write.ts';

export type InvoiceRow = typeof invoices.$inferSelect;
export type NewInvoice = typeof invoices.$inferInsert;

/** An invoice of which nothing is known but what is given. */
export const blank = (
  given: Pick<InvoiceRow, 'id' | 'customerId' | 'kind' | 'state' | 'createdAt' | 'updatedAt'> & Partial<InvoiceRow>,
): InvoiceRow => ({
  periodStart: null,
  periodEnd: null,
  stripeInvoiceId: null,
  holdUntil: null,
  holdReason: null,
  lookAt: null,
  number: null,
  subtotalCents: 0,
  creditCents: 0,
  taxCents: 0,
  totalCents: 0,
  amountDueCents: 0,
  dueAt: null,
  hostedUrl: null,
  late: false,
  shadow: false,
  ratedAt: null,
  orderedAt: null,
  finalizedAt: null,
  paidAt: null,
  ...given,
});

/** Adds an invoice, unless Stripe's is known already, or another one has its period. */
export const insert = (row: NewInvoice): Write => write(build.insert(invoices).values(row).onConflictDoNothing());

/** Fails the batch unless the invoice is as it was read. */
export const guardUnchanged = ({ id, state, updatedAt, ratedAt, orderedAt }: InvoiceRow): Write =>
  guard(
    'invoice_unchanged',
    sql`EXISTS (SELECT 1 FROM invoices WHERE id = ${id} AND state = ${state} AND updated_at = ${updatedAt}
      AND rated_at IS ${ratedAt} AND ordered_at IS ${orderedAt})`,
  );

/** Changes an invoice. Each change is told from the one before, also within a millisecond. */
export const change = (row: InvoiceRow, fields: Partial<NewInvoice>, now: number): Write =>
  write(
    build
      .update(invoices)
      .set({ ...fields, updatedAt: Math.max(now, row.updatedAt + 1) })
      .where(eq(invoices.id, row.id)),
  );

/** Only when cron looks again. */
export const lookAgain = (id: string, at: number | null): Write =>
  write(build.update(invoices).set({ lookAt: at }).where(eq(invoices.id, id)));

/** Cron looks at all that wait for the brake. */
export const lookAtPaused = (now: number): Write =>
  write(sql`UPDATE invoices SET look_at = ${now} WHERE look_at IS NOT NULL AND hold_reason = 'paused'`);

/** A time of its own for each of the customer's changes: who rates an invoice has read them all. */
export async function findMoment(db: Db, customerId: string): Promise<string> {
  const rows = await db.all<{ moment: string }>(sql`SELECT ${momentOf(customerId)} AS moment`);
  return rows[0]?.moment ?? '';
}

const momentOf = (customerId: string): SQL =>
  sql`(SELECT count(*) || '/' || coalesce(sum(updated_at), 0) FROM invoices WHERE customer_id = ${customerId})`;

/** Fails the batch where another invoice of the customer has changed since it was read. */
export const guardMoment = (customerId: string, moment: string): Write =>
  guard('invoices_unchanged', sql`${momentOf(customerId)} = ${moment}`);

export async function find(db: Db, id: string): Promise<InvoiceRow | null> {
  const rows = await db.select().from(invoices).where(eq(invoices.id, id));
  return rows[0] ?? null;
}

/** Some invoices, by their ids. */
export async function findMany(db: Db, ids: readonly string[]): Promise<Map<string, InvoiceRow>> {
  const rows = await db
    .select()
    .from(invoices)
    .where(sql`${invoices.id} IN (SELECT value FROM json_each(${JSON.stringify(ids)}))`);
  return new Map(rows.map((row) => [row.id, row]));
}

/** The invoice that Stripe calls so; else the one of ours that it was made for. */
export async function findAtStripe(db: Db, stripeId: string, ourId: string | null): Promise<InvoiceRow | null> {
  const rows = await db
    .select()
    .from(invoices)
    .where(sql`stripe_invoice_id = ${stripeId} OR (id = ${ourId} AND stripe_invoice_id IS NULL)`)
    .orderBy(desc(sql`stripe_invoice_id IS NOT NULL`))
    .limit(1);
  return rows[0] ?? null;
}

/** Those that Stripe calls so, by that. */
export async function findManyAtStripe(db: Db, stripeIds: readonly string[]): Promise<Map<string, InvoiceRow>> {
  const rows = await db
    .select()
    .from(invoices)
    .where(sql`${invoices.stripeInvoiceId} IN (SELECT value FROM json_each(${JSON.stringify(stripeIds)}))`);
  return new Map(rows.map((row) => [row.stripeInvoiceId ?? '', row]));
}

/** Which of the invoices have a statement that can be had. */
export async function findSigned(db: Db, ids: readonly string[]): Promise<ReadonlySet<string>> {
  const rows = await db.all<{ id: string }>(sql`SELECT invoice_id AS id FROM statements
    WHERE signed_at IS NOT NULL AND invoice_id IN (SELECT value FROM json_each(${JSON.stringify(ids)}))`);
  return new Set(rows.map(({ id }) => id));
}

/** All invoices of a customer, oldest first: a dozen a year. */
export const findOf = (db: Db, customerId: string): Promise<InvoiceRow[]> =>
  db.select().from(invoices).where(eq(invoices.customerId, customerId)).orderBy(invoices.createdAt, invoices.id);

/** Stripe's id of an invoice that it has. */
export const setStripeId = (id: string, stripeInvoiceId: string): Write =>
  write(
    build
      .update(invoices)
      .set({ stripeInvoiceId, updatedAt: sql`updated_at + 1` })
      .where(and(eq(invoices.id, id), sql`stripe_invoice_id IS NULL`)),
  );

/** The state of one that is still in another. */
export const move = (id: string, from: readonly InvoiceState[], to: InvoiceState): Write =>
  write(sql`UPDATE invoices SET state = ${to}, hold_reason = NULL, updated_at = updated_at + 1
    WHERE id = ${id} AND state IN (SELECT value FROM json_each(${JSON.stringify(from)}))`);

/** One that is done with here: Stripe has no invoice of it. */
export const finish = (id: string, from: readonly InvoiceState[], now: number): Write =>
  write(sql`UPDATE invoices SET state = 'paid', hold_reason = NULL, finalized_at = ${now}, paid_at = ${now}, updated_at = updated_at + 1
    WHERE id = ${id} AND state IN (SELECT value FROM json_each(${JSON.stringify(from)}))`);

/** Until when Stripe keeps the draft, ms. */
export const moveHold = (id: string, until: number): Write =>
  write(sql`UPDATE invoices SET hold_until = ${until}, updated_at = updated_at + 1 WHERE id = ${id}`);

interface InvoiceFilter {
  customerId: string | undefined;
  state: InvoiceState | undefined;
  /** ms */
  from: number | null;
  to: number | null;
  q: string | undefined;
  page: number;
  limit: number;
}

/** One page, newest first, and how many there are. `q` is looked for with instr: a LIKE pattern is limited to 50 bytes in D1. */
export async function list(db: Db, { customerId, state, from, to, q, page, limit }: InvoiceFilter) {
  const where = and(
    customerId === undefined ? undefined : eq(invoices.customerId, customerId),
    state === undefined ? undefined : eq(invoices.state, state),
    from === null ? undefined : gte(invoices.createdAt, from),
    to === null ? undefined : lt(invoices.createdAt, to),
    q === undefined
      ? undefined
      : sql`(instr(upper(coalesce(number, '')), upper(${q})) OR instr(id, ${q}) OR instr(coalesce(stripe_invoice_id, ''), ${q}) OR instr(customer_id, ${q}))`,
  );
  const [rows, counted] = await db.batch([
    db
      .select()
      .from(invoices)
      .where(where)
      .orderBy(desc(invoices.createdAt), desc(invoices.id))
      .limit(limit)
      .offset((page - 1) * limit),
    db.select({ total: sql<number>`count(*)` }).from(invoices).where(where),
  ]);
  return { rows, total: counted[0]?.total ?? 0 };
}
