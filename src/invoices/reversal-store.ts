/** Money that went back: refunds and disputes, as Stripe told them. Owns `payment_reversals`; decides nothing. */
import { type SQL, sql } from 'drizzle-orm';
import { paymentReversals } from '../db/stripe-schema.ts';
import { build, type Write, write } from '../db/write.ts';

export type Reversal = Omit<typeof paymentReversals.$inferSelect, 'updatedAt'>;

/** Whether something of it is news: what is kept says otherwise, or nothing yet. */
export const isNews = ({ id, amountCents, status, reason }: Reversal): SQL => sql`NOT EXISTS (
  SELECT 1 FROM payment_reversals WHERE id = ${id} AND amount_cents = ${amountCents} AND status = ${status} AND reason IS ${reason})`;

/** Keeps it as it is now. */
export const keepReversal = (row: Reversal, now: number): Write =>
  write(
    build
      .insert(paymentReversals)
      .values({ ...row, updatedAt: now })
      .onConflictDoUpdate({
        target: paymentReversals.id,
        set: { amountCents: row.amountCents, status: row.status, reason: row.reason, updatedAt: now },
        setWhere: isNews(row),
      }),
  );
