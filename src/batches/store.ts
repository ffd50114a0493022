/** Orders for many jobs or dead letters, and what became of each item. Owns `batches` and `batch_items`; decides nothing. */
import { and, asc, desc, eq, gt, inArray, isNull, lt, type SQL, sql } from 'drizzle-orm';
import type { BatchAction } from '../contracts/queue.ts';
import type { Db } from '../db/client.ts';
import { guard } from '../db/guards.ts';
import { batches, batchItems } from '../db/work-schema.ts';
import { build, type Write, write } from '../db/write.ts';

export type BatchRow = typeof batches.$inferSelect;

/** Items of one statement: a parameter of D1 has at most 2 MB. */
const itemsPerStatement = 10_000;

/** A new order for these things, in order; one for nothing is done at once. */
export function insertBatch(
  row: Omit<BatchRow, 'matched' | 'taken' | 'finishedAt'>,
  subjects: readonly string[],
): Write[] {
  const parts = Array.from({ length: Math.ceil(subjects.length / itemsPerStatement) }, (_, n) => n * itemsPerStatement);
  return [
    write(
      build.insert(batches).values({
        ...row,
        matched: subjects.length,
        finishedAt: subjects.length === 0 ? row.createdAt : null,
      }),
    ),
    ...parts.map((from) =>
      write(sql`
        INSERT INTO batch_items (batch_id, place, subject)
        SELECT ${row.id}, ${from} + key + 1, value FROM json_each(${JSON.stringify(subjects.slice(from, from + itemsPerStatement))})`),
    ),
  ];
}

export async function findBatch(db: Db, id: string): Promise<BatchRow | null> {
  const rows = await db.select().from(batches).where(eq(batches.id, id));
  return rows[0] ?? null;
}

/** The newest order of its kind that somebody gave; null where there is none. */
export async function findNewest(db: Db, action: BatchAction, startedBy: string): Promise<BatchRow | null> {
  const rows = await db
    .select()
    .from(batches)
    .where(and(eq(batches.action, action), eq(batches.startedBy, startedBy)))
    .orderBy(desc(batches.createdAt))
    .limit(1);
  return rows[0] ?? null;
}

/** An order and how many of its items have come to which outcome. */
export async function findWithOutcomes(db: Db, id: string) {
  const [rows, outcomes] = await db.batch([
    db.select().from(batches).where(eq(batches.id, id)),
    db
      .select({ outcome: batchItems.outcome, items: sql<number>`count(*)` })
      .from(batchItems)
      .where(and(eq(batchItems.batchId, id), sql`${batchItems.outcome} IS NOT NULL`))
      .groupBy(batchItems.outcome)
      .orderBy(asc(batchItems.outcome)),
  ]);
  const [batch] = rows;
  return batch ? { batch, outcomes: outcomes.map(({ outcome, items }) => ({ outcome: outcome ?? '', items })) } : null;
}

/** The orders that are not done, oldest first. */
export async function findRunning(db: Db, actions: readonly BatchAction[], limit: number): Promise<string[]> {
  const rows = await db
    .select({ id: batches.id })
    .from(batches)
    .where(and(isNull(batches.finishedAt), inArray(batches.action, [...actions])))
    .orderBy(asc(batches.createdAt))
    .limit(limit);
  return rows.map(({ id }) => id);
}

export type BatchItem = Pick<typeof batchItems.$inferSelect, 'place' | 'subject'>;

/** The items behind a place, in order. */
export const findItems = (db: Db, id: string, after: number, limit: number): Promise<BatchItem[]> =>
  db
    .select({ place: batchItems.place, subject: batchItems.subject })
    .from(batchItems)
    .where(and(eq(batchItems.batchId, id), gt(batchItems.place, after)))
    .orderBy(asc(batchItems.place))
    .limit(limit);

/** Says what becomes of some items: `done`, or the code of a refusal, by the SQL that decides it in the batch. */
export const decideAll = (batchId: string, items: readonly Pick<BatchItem, 'place'>[], outcome: SQL): Write =>
  write(sql`
    UPDATE batch_items SET outcome = ${outcome}
    WHERE batch_id = ${batchId} AND place IN (SELECT value FROM json_each(${JSON.stringify(items.map(({ place }) => place))}))`);

/** Says it of one. */
export const decide = (batchId: string, place: number, outcome: SQL): Write => decideAll(batchId, [{ place }], outcome);

/** Whether an item was decided to be done, a statement ago. */
export const isDone = (batchId: string, place: number): SQL =>
  sql`EXISTS (SELECT 1 FROM batch_items WHERE batch_id = ${batchId} AND place = ${place} AND outcome = 'done')`;

/** Goes on in an order by some items. Fails the batch where somebody else has gone on from the same place. */
export const advance = ({ id, taken }: BatchRow, items: number, now: number): Write[] => [
  guard(
    'batch_place',
    sql`EXISTS (SELECT 1 FROM batches WHERE id = ${id} AND taken = ${taken} AND finished_at IS NULL)`,
  ),
  write(sql`
    UPDATE batches SET taken = taken + ${items}, finished_at = iif(taken + ${items} >= matched, ${now}, NULL) WHERE id = ${id}`),
];

/** Forgets orders that were done before an instant. */
export const forgetBatches = (before: number): Write[] => [
  write(sql`DELETE FROM batch_items WHERE batch_id IN (SELECT id FROM batches WHERE finished_at < ${before})`),
  write(build.delete(batches).where(lt(batches.finishedAt, before))),
];
