/** Which invoices have a statement, and which keys signed any. Owns `statements` and `statement_keys`. */
import { and, asc, eq, isNotNull, isNull, sql } from 'drizzle-orm';
import type { Db } from '../db/client.ts';
import { customers } from '../db/control-schema.ts';
import { invoiceLines, invoices } from '../db/invoice-schema.ts';
import { statementKeys, statements } from '../db/statement-schema.ts';
import { build, type Write, write } from '../db/write.ts';
import type { StatementJwk } from './keys.ts';

export type StatementRow = typeof statements.$inferSelect;
export type PreparedRow = Pick<
  StatementRow,
  'invoiceId' | 'customerId' | 'periodStart' | 'run' | 'windows' | 'windowParts' | 'preparedAt'
>;

/** Notes what was prepared in the place of what was before; one that is signed stays. */
export const notePrepared = (row: PreparedRow): Write =>
  write(
    build
      .insert(statements)
      .values(row)
      .onConflictDoUpdate({ target: statements.invoiceId, set: row, setWhere: isNull(statements.signedAt) }),
  );

/** Whether the invoice has one, signed or not. */
export const isPrepared = async (db: Db, invoiceId: string): Promise<boolean> =>
  (await db.select({ id: statements.invoiceId }).from(statements).where(eq(statements.invoiceId, invoiceId))).length >
  0;

export interface Signing {
  invoiceId: string;
  /** What was signed: nothing is noted when another preparing has taken its place. */
  run: string;
  jti: string;
  sha256: string;
  key: StatementJwk;
  now: number;
}

/** Notes a signature, and its key among those that stay published. */
export const noteSigned = ({ invoiceId, run, jti, sha256, key, now }: Signing): Write[] => [
  write(
    build
      .update(statements)
      .set({ jti, sha256, kid: key.kid, signedAt: now })
      .where(and(eq(statements.invoiceId, invoiceId), eq(statements.run, run), isNull(statements.signedAt))),
  ),
  write(
    build
      .insert(statementKeys)
      .values({ kid: key.kid, jwk: key, firstSignedAt: now })
      .onConflictDoNothing({ target: statementKeys.kid }),
  ),
];

/** The keys that have signed anything, the newest first. */
export const findKeys = async (db: Db): Promise<StatementJwk[]> => {
  const rows = await db
    .select({ jwk: statementKeys.jwk })
    .from(statementKeys)
    .orderBy(sql`${statementKeys.firstSignedAt} DESC`);
  return rows.map(({ jwk }) => jwk);
};

/** A prepared statement with the shard that its customer's usage lies in. */
export interface Unsigned {
  invoiceId: string;
  customerId: string;
  run: string;
  usageShard: number;
  /** Our lines on the invoice were computed and not billed. */
  shadow: boolean;
}

/** Statements of final invoices that wait for their signature, the oldest first. */
export const findUnsigned = (db: Db, limit: number): Promise<Unsigned[]> =>
  db
    .select({
      invoiceId: statements.invoiceId,
      customerId: statements.customerId,
      run: statements.run,
      usageShard: customers.usageShard,
      shadow: invoices.shadow,
    })
    .from(statements)
    .innerJoin(invoices, eq(invoices.id, statements.invoiceId))
    .innerJoin(customers, eq(customers.id, statements.customerId))
    .where(and(isNull(statements.signedAt), isNotNull(invoices.finalizedAt)))
    .orderBy(asc(statements.preparedAt))
    .limit(limit);

/** The lines of an invoice as they were frozen. */
export const findLines = (db: Db, invoiceId: string) =>
  db.select().from(invoiceLines).where(eq(invoiceLines.invoiceId, invoiceId)).orderBy(asc(sql`rowid`));

/** Whose an invoice is, with its statement where it has one; null when there is no such invoice. */
export async function findOfInvoice(db: Db, invoiceId: string) {
  const rows = await db
    .select({ customerId: invoices.customerId, usageShard: customers.usageShard, statement: statements })
    .from(invoices)
    .innerJoin(customers, eq(customers.id, invoices.customerId))
    .leftJoin(statements, eq(statements.invoiceId, invoices.id))
    .where(eq(invoices.id, invoiceId));
  return rows[0] ?? null;
}
