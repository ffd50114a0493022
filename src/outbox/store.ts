/**
 * What must reach a queue or Stripe, as rows written in the batch of their cause. A row is claimed for a minute, sent,
 * and confirmed; whoever dies in between leaves a claim that runs out. Sending twice is harmless by design: doorbells
 * carry no work, Stripe calls carry an idempotency key of (row, epoch).
 */
import { and, eq, lte, ne, sql } from 'drizzle-orm';
import type { Db } from '../db/client.ts';
import { outbox } from '../db/work-schema.ts';
import { build, type Write, write } from '../db/write.ts';
import { minuteMs } from '../lib/time.ts';

export type OutboxRow = typeof outbox.$inferSelect;
export type OutboxKind = OutboxRow['kind'];

const claimMs = minuteMs;

/** Plans one delivery. */
export const plan = (row: { id: string; kind: OutboxKind; payload: OutboxRow['payload']; now: number }): Write =>
  write(
    build.insert(outbox).values({
      id: row.id,
      kind: row.kind,
      payload: row.payload,
      state: 'planned',
      nextAt: row.now,
      createdAt: row.now,
    }),
  );

/** Claims due rows for this sender, oldest first; nobody else gets them for a minute. */
export async function claimDue(db: Db, now: number, limit: number, ids?: readonly string[]): Promise<OutboxRow[]> {
  const chosen = ids
    ? sql`${outbox.id} IN (SELECT value FROM json_each(${JSON.stringify(ids)}))`
    : sql`${outbox.id} IN (SELECT id FROM outbox WHERE state <> 'confirmed' AND next_at <= ${now} AND claimed_until <= ${now} ORDER BY next_at LIMIT ${limit})`;
  return await db
    .update(outbox)
    .set({ claimedUntil: now + claimMs, attempts: sql`${outbox.attempts} + 1` })
    .where(and(chosen, ne(outbox.state, 'confirmed'), lte(outbox.claimedUntil, now)))
    .returning();
}

/** The call is about to be made: from here on its outcome may be unclear. */
export const markSent = (id: string, now: number): Write =>
  write(
    build
      .update(outbox)
      .set({ state: 'sent', sentAt: sql`coalesce(${outbox.sentAt}, ${now})` })
      .where(and(eq(outbox.id, id), eq(outbox.state, 'planned'))),
  );

/** The other side has it. */
export const confirm = (id: string): Write =>
  write(build.update(outbox).set({ state: 'confirmed', lastError: null }).where(eq(outbox.id, id)));

/** A look-up showed that the last attempt never arrived: the next one goes under a new key. */
export const nextEpoch = (id: string, epoch: number): Write =>
  write(
    build
      .update(outbox)
      .set({ epoch: epoch + 1, state: 'planned', sentAt: null })
      .where(and(eq(outbox.id, id), eq(outbox.epoch, epoch))),
  );

/** Tries again later. `error` is a short word of ours, not the other side's text. */
export const postpone = (id: string, nextAt: number, error: string): Write =>
  write(build.update(outbox).set({ nextAt, claimedUntil: 0, lastError: error }).where(eq(outbox.id, id)));

/** Confirmed rows are kept a week for people who look, then forgotten. */
export const forgetConfirmed = (before: number): Write =>
  write(build.delete(outbox).where(and(eq(outbox.state, 'confirmed'), lte(outbox.createdAt, before))));
