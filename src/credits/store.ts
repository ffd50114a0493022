/**
 * The ledger of prepaid credit. Owns `credit_grants`, `credit_entries` and `credit_reservations`. What is left of a grant is the
 * sum of its entries (trigger), and a CHECK refuses an entry that would make it negative: of two drafts that take the same credit
 * at once the second one's batch fails.
 */
import { and, eq, gt, or, type SQL, sql } from 'drizzle-orm';
import type { CreditKind } from '../contracts/credits.ts';
import type { Db } from '../db/client.ts';
import { creditEntries, creditGrants, creditReservations } from '../db/credit-schema.ts';
import { guard } from '../db/guards.ts';
import { build, type Write, write } from '../db/write.ts';
import type { LeftCredit, Taken } from './credit.ts';

export type GrantRow = typeof creditGrants.$inferSelect;
export type ReservationRow = typeof creditReservations.$inferSelect;

/** An entry as it is read: with its grant's expiry and the customer's balance after it. */
export interface ShownEntry {
  creditId: string;
  kind: CreditKind;
  amountCents: number;
  balanceCents: number;
  expiresAt: number | null;
  invoiceId: string | null;
  reason: string;
  actor: string;
  createdAt: number;
}

/** A grant with the entry that fills it. @param invoiceId the invoice that gives it back, where one does */
export const insertGrant = ({
  reason,
  actor,
  invoiceId = null,
  ...row
}: Omit<GrantRow, 'leftCents'> & { reason: string; actor: string; invoiceId?: string | null }): Write[] => [
  write(build.insert(creditGrants).values(row)),
  write(
    build.insert(creditEntries).values({
      creditId: row.id,
      customerId: row.customerId,
      kind: 'grant',
      amountCents: row.amountCents,
      invoiceId,
      reason,
      actor,
      createdAt: row.createdAt,
    }),
  ),
];

/** Fails the batch unless nothing of the grant was used. */
export const guardUnused = (creditId: string): Write =>
  guard(
    'credit_unused',
    sql`EXISTS (SELECT 1 FROM credit_grants WHERE id = ${creditId} AND left_cents = amount_cents)`,
  );

/** Takes all of a grant back. */
export const refund = (grant: GrantRow, by: { reason: string; actor: string; now: number }): Write =>
  write(
    build.insert(creditEntries).values({
      creditId: grant.id,
      customerId: grant.customerId,
      kind: 'refund',
      amountCents: -grant.amountCents,
      reason: by.reason,
      actor: by.actor,
      createdAt: by.now,
    }),
  );

/** What an invoice takes, with the row that keeps it from taking twice. */
export const reserve = (
  { invoiceId, customerId, actor, now }: { invoiceId: string; customerId: string; actor: string; now: number },
  taken: readonly Taken[],
): Write[] => [
  write(
    build.insert(creditReservations).values({
      invoiceId,
      customerId,
      amountCents: taken.reduce((sum, { cents }) => sum + cents, 0),
      state: 'reserved',
      reservedAt: now,
    }),
  ),
  ...taken.map(({ creditId, cents }) =>
    write(
      build.insert(creditEntries).values({
        creditId,
        customerId,
        kind: 'apply',
        amountCents: -cents,
        invoiceId,
        reason: 'taken by an invoice',
        actor,
        createdAt: now,
      }),
    ),
  ),
];

/** The invoice is final, and what it has taken is spent. */
export const consume = (invoiceId: string, now: number): Write =>
  write(
    build
      .update(creditReservations)
      .set({ state: 'consumed', settledAt: now })
      .where(and(eq(creditReservations.invoiceId, invoiceId), eq(creditReservations.state, 'reserved'))),
  );

/** The invoice is void: what it has taken is back with the grants it came from, once. */
export const release = (invoiceId: string, { actor, now }: { actor: string; now: number }): Write[] => [
  write(sql`
    INSERT INTO credit_entries (credit_id, customer_id, kind, amount_cents, invoice_id, reason, actor, created_at)
    SELECT credit_id, customer_id, 'release', -amount_cents, invoice_id, 'the invoice is void', ${actor}, ${now}
    FROM credit_entries WHERE invoice_id = ${invoiceId} AND kind = 'apply'
      AND EXISTS (SELECT 1 FROM credit_reservations WHERE invoice_id = ${invoiceId} AND state <> 'released')`),
  write(sql`UPDATE credit_reservations SET state = 'released', settled_at = ${now}
    WHERE invoice_id = ${invoiceId} AND state <> 'released'`),
];

/** Ends what is left of grants whose time is over, the longest over first. */
export const expire = ({ actor, now, limit }: { actor: string; now: number; limit: number }): Write =>
  write(sql`
    INSERT INTO credit_entries (credit_id, customer_id, kind, amount_cents, reason, actor, created_at)
    SELECT id, customer_id, 'expire', -left_cents, 'its time is over', ${actor}, ${now} FROM credit_grants
    WHERE left_cents > 0 AND expires_at IS NOT NULL AND expires_at <= ${now} ORDER BY expires_at LIMIT ${limit}`);

export async function findGrant(db: Db, customerId: string, creditId: string): Promise<GrantRow | null> {
  const rows = await db
    .select()
    .from(creditGrants)
    .where(and(eq(creditGrants.id, creditId), eq(creditGrants.customerId, customerId)));
  return rows[0] ?? null;
}

/** What may be used of a customer's credit at `now`, and what the invoice has taken already (null: nothing). */
export async function findUsable(
  db: Db,
  { customerId, invoiceId, now }: { customerId: string; invoiceId: string; now: number },
): Promise<{ grants: LeftCredit[]; reservation: ReservationRow | null }> {
  const [grants, reservations] = await db.batch([
    db
      .select({
        id: creditGrants.id,
        leftCents: creditGrants.leftCents,
        expiresAt: creditGrants.expiresAt,
        createdAt: creditGrants.createdAt,
      })
      .from(creditGrants)
      .where(and(eq(creditGrants.customerId, customerId), gt(creditGrants.leftCents, 0), inTime(now))),
    db.select().from(creditReservations).where(eq(creditReservations.invoiceId, invoiceId)),
  ]);
  return { grants, reservation: reservations[0] ?? null };
}

const inTime = (now: number): SQL | undefined =>
  or(sql`${creditGrants.expiresAt} IS NULL`, gt(creditGrants.expiresAt, now));

/** A customer's balance: all that is left, whether or not cron has ended by now what is over. */
const balanceOf = (customerId: string): SQL =>
  sql`SELECT coalesce(sum(left_cents), 0) AS balance FROM credit_grants WHERE customer_id = ${customerId}`;

export async function findBalance(db: Db, customerId: string): Promise<number> {
  const rows = await db.all<{ balance: number }>(balanceOf(customerId));
  return rows[0]?.balance ?? 0;
}

/** One page of a customer's entries, newest first, with how many there are and the balance. */
export async function listEntries(
  db: Db,
  customerId: string,
  { page, limit }: { page: number; limit: number },
): Promise<{ entries: ShownEntry[]; total: number; balanceCents: number }> {
  const [entries, [counted]] = await Promise.all([
    db.all<ShownEntry>(sql`
      SELECT credit_id AS creditId, kind, amount_cents AS amountCents, balance AS balanceCents, expires_at AS expiresAt,
        invoice_id AS invoiceId, reason, actor, created_at AS createdAt FROM (
        SELECT e.*, g.expires_at, sum(e.amount_cents) OVER (ORDER BY e.seq) AS balance
        FROM credit_entries e JOIN credit_grants g ON g.id = e.credit_id WHERE e.customer_id = ${customerId})
      ORDER BY seq DESC LIMIT ${limit} OFFSET ${(page - 1) * limit}`),
    db.all<{ total: number; balance: number }>(sql`
      SELECT count(*) AS total, (${balanceOf(customerId)}) AS balance FROM credit_entries WHERE customer_id = ${customerId}`),
  ]);
  return { entries, total: counted?.total ?? 0, balanceCents: counted?.balance ?? 0 };
}
