/** Signups that wait for their email to be verified, one an email. Owns `pending_signups`; knows the hashes of their secrets only. */
import { and, eq, gt, lte, sql } from 'drizzle-orm';
import type { Db } from '../db/client.ts';
import { guard } from '../db/guards.ts';
import { pendingSignups } from '../db/stripe-schema.ts';
import { build, type Write, write } from '../db/write.ts';

export type PendingSignup = typeof pendingSignups.$inferSelect;

/** Keeps a signup in the place of the email's last one, whose link works no more. */
export const keepPending = (row: PendingSignup): Write[] => [
  write(build.delete(pendingSignups).where(eq(pendingSignups.email, row.email))),
  write(build.insert(pendingSignups).values(row)),
];

/** The signup with that hash of its secret, while its link works. */
export async function findPending(db: Db, hash: string, now: number): Promise<PendingSignup | null> {
  const rows = await db
    .select()
    .from(pendingSignups)
    .where(and(eq(pendingSignups.hash, hash), gt(pendingSignups.expiresAt, now)));
  return rows[0] ?? null;
}

/** The signup of that id, with whether somebody has its email by now. */
export async function findForMail(db: Db, id: string) {
  const rows = await db
    .select({
      pending: pendingSignups,
      // Written out: of a single table drizzle names columns bare, and the subquery takes them for its own.
      isKnown: sql<number>`EXISTS (SELECT 1 FROM customers c WHERE c.email = pending_signups.email)`.as('is_known'),
    })
    .from(pendingSignups)
    .where(eq(pendingSignups.id, id));
  return rows[0] ?? null;
}

/** Uses the signup up; fails the batch where somebody was faster. */
export const usePending = (id: string): Write[] => [
  guard('signup_pending', sql`EXISTS (SELECT 1 FROM pending_signups WHERE id = ${id})`),
  write(build.delete(pendingSignups).where(eq(pendingSignups.id, id))),
];

/** Forgets what nobody has verified in time. */
export const forgetPending = (now: number): Write =>
  write(build.delete(pendingSignups).where(lte(pendingSignups.expiresAt, now)));
