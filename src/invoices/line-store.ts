/** Lines of invoices as rows: what was said of a period, what is on its way, what Stripe has. Owns `invoice_lines`; decides nothing. */
import { and, asc, eq, type SQL, sql } from 'drizzle-orm';
import type { CostLine } from '../contracts/cost.ts';
import type { HeldWhy } from '../contracts/invoices.ts';
import type { Db } from '../db/client.ts';
import { guard } from '../db/guards.ts';
import { invoiceLines } from '../db/invoice-schema.ts';
import { type Write, write } from '../db/write.ts';
import type { NewLine, Said } from './lines.ts';

export type LineRow = typeof invoiceLines.$inferSelect;

/** A line as it is written. */
export interface WrittenLine extends Omit<NewLine, 'period'> {
  id: string;
  period: NewLine['period'] | null;
  by: LineRow['by'];
  state: LineRow['state'];
  stripeLineId: string | null;
  /** Absent, or null, of a line that is not held. */
  heldWhy?: HeldWhy | null;
}

/** Bytes of one parameter of D1 stay far below its 2 MB. */
const linesAtOnce = 500;

/** Writes lines, some at a time. @param clash what becomes of one that is there already */
function writeLines(invoiceId: string, lines: readonly WrittenLine[], clash: SQL): Write[] {
  const writes: Write[] = [];
  for (let from = 0; from < lines.length; from += linesAtOnce) {
    const rows = lines
      .slice(from, from + linesAtOnce)
      .map((line) => [
        line.lineId,
        line.id,
        line.identity,
        line.by,
        line.period?.start ?? null,
        line.period?.end ?? null,
        line.deltaOf,
        line.meter,
        line.amountCents,
        JSON.stringify(line.body),
        line.state,
        line.stripeLineId,
        line.heldWhy ? JSON.stringify(line.heldWhy) : null,
      ]);
    writes.push(
      write(sql`
        INSERT INTO invoice_lines (invoice_id, line_id, id, identity, by, period_start, period_end, delta_of, meter, amount_cents, body, state, stripe_line_id, held_why)
        SELECT ${invoiceId}, value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6, value ->> 7,
          value ->> 8, value ->> 9, value ->> 10, value ->> 11, value ->> 12
        FROM json_each(${JSON.stringify(rows)}) WHERE true ${clash}`),
    );
  }
  return writes;
}

/** Adds lines; one that is there already stays as it is. */
export const insertLines = (invoiceId: string, lines: readonly WrittenLine[]): Write[] =>
  writeLines(invoiceId, lines, sql`ON CONFLICT DO NOTHING`);

/** Keeps lines as Stripe has them: one that is there, and was not known to be billed, is, on the invoice that Stripe has it on. */
export const keepBilled = (invoiceId: string, lines: readonly WrittenLine[]): Write[] =>
  writeLines(
    invoiceId,
    lines,
    sql`ON CONFLICT (id) DO UPDATE SET invoice_id = excluded.invoice_id, line_id = excluded.line_id, delta_of = excluded.delta_of,
      state = 'billed', stripe_line_id = excluded.stripe_line_id`,
  );

/** Lines of an invoice, its periods one after another. */
export const findLines = (db: Db, invoiceId: string): Promise<LineRow[]> =>
  db
    .select()
    .from(invoiceLines)
    .where(eq(invoiceLines.invoiceId, invoiceId))
    .orderBy(asc(invoiceLines.by), asc(invoiceLines.periodStart), sql`rowid`);

export async function findLine(db: Db, id: string): Promise<LineRow | null> {
  const rows = await db.select().from(invoiceLines).where(eq(invoiceLines.id, id));
  return rows[0] ?? null;
}

/** What invoices say of a customer's periods, and which of them was the first to bill each. */
export interface SaidOf {
  said: Said[];
  /** Null where none has billed it. */
  firstBill: string | null;
}

interface SaidRow {
  periodStart: number;
  identity: string;
  amountCents: number;
  billedCents: number;
  body: string;
}

/**
 * Whether an invoice is void and another was rated since, which has said anew what it said. It became void when it was changed last: a
 * void one is changed no more. A change after the end says nothing anew.
 */
const isSaidNoMore = sql`i.state = 'void' AND EXISTS (SELECT 1 FROM invoices n
  WHERE n.customer_id = i.customer_id AND n.kind <> 'delta' AND n.rated_at >= i.updated_at)`;

/**
 * What is said of periods, by their start. What is held or rejected was said, too: it is decided about by itself.
 * @param withVoid whether what was said on a void invoice counts, unless it was said anew: it is not billed again then
 */
export async function findSaid(
  db: Db,
  customerId: string,
  starts: readonly number[],
  withVoid: boolean,
): Promise<Map<number, SaidOf>> {
  const counted = withVoid ? sql`NOT (${isSaidNoMore})` : sql`i.state <> 'void'`;
  const [lines, bills] = await Promise.all([
    db.all<SaidRow>(sql`
      SELECT l.period_start AS periodStart, l.identity, sum(l.amount_cents) AS amountCents,
        sum(CASE l.state WHEN 'released' THEN 0 ELSE l.amount_cents END) AS billedCents,
        (SELECT n.body FROM invoice_lines n JOIN invoices m ON m.id = n.invoice_id
          WHERE m.customer_id = i.customer_id AND n.period_start = l.period_start AND n.identity = l.identity ORDER BY n.rowid DESC LIMIT 1) AS body
      FROM invoices i JOIN invoice_lines l ON l.invoice_id = i.id
      WHERE i.customer_id = ${customerId} AND ${counted} AND l.by = 'tenantry'
        AND l.period_start IN (SELECT value FROM json_each(${JSON.stringify(starts)}))
      GROUP BY l.period_start, l.identity`),
    db.all<{ periodStart: number; id: string }>(sql`
      SELECT coalesce(l.period_start, i.period_start) AS periodStart, i.id FROM invoices i
      LEFT JOIN invoice_lines l ON l.invoice_id = i.id AND l.by = 'tenantry'
      WHERE i.customer_id = ${customerId} AND ${counted} AND i.rated_at IS NOT NULL
        AND coalesce(l.period_start, i.period_start) IN (SELECT value FROM json_each(${JSON.stringify(starts)}))
      ORDER BY i.rated_at, i.id`),
  ]);
  return new Map(
    starts.map((start) => [
      start,
      {
        said: lines
          .filter(({ periodStart }) => periodStart === start)
          .map(({ body, ...line }) => ({ ...line, body: JSON.parse(body) as CostLine })),
        firstBill: bills.find(({ periodStart }) => periodStart === start)?.id ?? null,
      },
    ]),
  );
}

/** What a meter has cost on average on the customer's newest invoices with usage, cents by meter. */
export async function findUsual(db: Db, customerId: string, invoicesMax: number): Promise<Map<string, number>> {
  const rows = await db.all<{ meter: string; cents: number }>(sql`
    WITH recent AS (SELECT id FROM invoices WHERE customer_id = ${customerId} AND period_start IS NOT NULL
      AND finalized_at IS NOT NULL AND state <> 'void' ORDER BY period_start DESC LIMIT ${invoicesMax})
    SELECT l.meter, sum(l.amount_cents) * 1.0 / (SELECT count(*) FROM recent) AS cents
    FROM invoice_lines l JOIN recent r ON r.id = l.invoice_id WHERE l.by = 'tenantry' AND l.state = 'billed' GROUP BY l.meter`);
  return new Map(rows.map(({ meter, cents }) => [meter, cents]));
}

/** Stripe has these lines of ours: pairs of our id and Stripe's. */
export const markBilled = (invoiceId: string, pairs: readonly (readonly [string, string])[]): Write =>
  write(sql`
    UPDATE invoice_lines SET state = 'billed', stripe_line_id = (
      SELECT value ->> 1 FROM json_each(${JSON.stringify(pairs)}) WHERE value ->> 0 = invoice_lines.id)
    WHERE invoice_id = ${invoiceId} AND state = 'planned'
      AND id IN (SELECT value ->> 0 FROM json_each(${JSON.stringify(pairs)}))`);

/**
 * What of the invoice Stripe does not have is said of nothing: the next one bills it, also where it was there and was removed. Lines that
 * cost nothing are never there.
 * @param missing ids of ours
 */
export const dropMissing = (invoiceId: string, missing: readonly string[]): Write[] => [
  write(
    sql`UPDATE invoice_lines SET state = 'billed' WHERE invoice_id = ${invoiceId} AND state = 'planned' AND amount_cents = 0`,
  ),
  write(sql`DELETE FROM invoice_lines WHERE invoice_id = ${invoiceId} AND by = 'tenantry' AND state IN ('planned', 'billed')
    AND id IN (SELECT value FROM json_each(${JSON.stringify(missing)}))`),
];

/** All that is planned of the invoice is billed: by a sum, and not line by line. */
export const billAll = (invoiceId: string): Write =>
  write(sql`UPDATE invoice_lines SET state = 'billed' WHERE invoice_id = ${invoiceId} AND state = 'planned'`);

/** Nothing that is planned of the invoice is asked for: it is written off. */
export const writeOff = (invoiceId: string): Write =>
  write(sql`UPDATE invoice_lines SET state = 'rejected' WHERE invoice_id = ${invoiceId} AND state = 'planned'`);

/** Released lines of other invoices of the customer come on this one. */
export const takeReleased = (customerId: string, invoiceId: string): Write =>
  write(sql`
    UPDATE invoice_lines SET delta_of = coalesce(delta_of, invoice_id), line_id = line_id || '/' || id, invoice_id = ${invoiceId}, state = 'planned'
    WHERE state = 'released' AND invoice_id IN (SELECT id FROM invoices WHERE customer_id = ${customerId})`);

/** A released line says how it comes about by what is known now. */
export const retell = (id: string, body: CostLine): Write =>
  write(
    sql`UPDATE invoice_lines SET body = ${JSON.stringify(body)} WHERE id = ${id} AND state IN ('released', 'planned')`,
  );

/** A released line as it is then. */
export const toTaken = (line: LineRow): LineRow => ({
  ...line,
  lineId: `${line.lineId}/${line.id}`,
  deltaOf: line.deltaOf ?? line.invoiceId,
  state: 'planned',
});

/** Released lines of a customer. */
export const findReleased = (db: Db, customerId: string): Promise<LineRow[]> =>
  db
    .select()
    .from(invoiceLines)
    .where(sql`state = 'released' AND invoice_id IN (SELECT id FROM invoices WHERE customer_id = ${customerId})`);

/** Nothing of a void invoice waits for anybody. */
export const rejectHeld = (invoiceId: string): Write =>
  write(
    sql`UPDATE invoice_lines SET state = 'rejected' WHERE invoice_id = ${invoiceId} AND state IN ('held', 'released')`,
  );

/** Fails the batch where somebody has decided about the line. */
export const guardHeld = (id: string): Write =>
  guard('line_held', sql`EXISTS (SELECT 1 FROM invoice_lines WHERE id = ${id} AND state = 'held')`);

/** A held line in another state. */
export const decide = (id: string, to: 'planned' | 'released' | 'rejected'): Write =>
  write(sql`UPDATE invoice_lines SET state = ${to} WHERE id = ${id} AND state = 'held'`);

interface HeldFilter {
  invoiceId: string | undefined;
  customerId: string | undefined;
  page: number;
  limit: number;
}

/** One page of the lines that wait for a decision, oldest first. Its condition names the index's, which is small. */
export async function listHeld(db: Db, { invoiceId, customerId, page, limit }: HeldFilter) {
  const where = and(
    sql`state IN ('held', 'released') AND state = 'held'`,
    invoiceId === undefined ? undefined : eq(invoiceLines.invoiceId, invoiceId),
    customerId === undefined
      ? undefined
      : sql`invoice_id IN (SELECT id FROM invoices WHERE customer_id = ${customerId})`,
  );
  const [rows, counted] = await db.batch([
    db
      .select()
      .from(invoiceLines)
      .where(where)
      .orderBy(sql`rowid`)
      .limit(limit)
      .offset((page - 1) * limit),
    db.select({ total: sql<number>`count(*)` }).from(invoiceLines).where(where),
  ]);
  return { rows, total: counted[0]?.total ?? 0 };
}
