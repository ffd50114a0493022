/** Rows and messages that can never be stored, with their reason. Owns `dead_letters` of the usage queue. */
import { and, desc, eq, sql } from 'drizzle-orm';
import type { Db } from '../db/client.ts';
import { deadLetters } from '../db/work-schema.ts';
import { build, type Write, write } from '../db/write.ts';
import { sha256Hex } from '../lib/keys.ts';

const usageQueue = 'tenantry-usage';

export interface DeadLetter {
  customerId: string | null;
  code: string;
  message: string;
  body: unknown;
}

const idHexChars = 32;

/** A letter's id comes from its content, so that a message that comes twice makes one letter. */
export async function letterId(letter: DeadLetter): Promise<string> {
  const hash = await sha256Hex(`${usageQueue} ${letter.code} ${JSON.stringify(letter.body)}`);
  return `dead_${hash.slice(0, idHexChars)}`;
}

/** Writes one letter; one that fails again after a replay is open again, and dates from then. */
export const insertLetter = (id: string, letter: DeadLetter, now: number): Write =>
  write(
    build
      .insert(deadLetters)
      .values({ id, queue: usageQueue, createdAt: now, ...letter })
      .onConflictDoUpdate({ target: deadLetters.id, set: { replayedAt: null, createdAt: now } }),
  );

export async function findLetter(db: Db, id: string) {
  const rows = await db.select().from(deadLetters).where(eq(deadLetters.id, id));
  return rows[0] ?? null;
}

/** One page, newest first. */
export async function listLetters(db: Db, page: number, limit: number) {
  const [rows, counted] = await db.batch([
    db
      .select()
      .from(deadLetters)
      .orderBy(desc(deadLetters.createdAt), deadLetters.id)
      .limit(limit)
      .offset((page - 1) * limit),
    db.select({ total: sql<number>`count(*)` }).from(deadLetters),
  ]);
  return { rows, total: counted[0]?.total ?? 0 };
}

/** Marks a letter as it was read; one that has failed again since stays open. */
export const markReplayed = (letter: { id: string; createdAt: number }, now: number): Write =>
  write(
    build
      .update(deadLetters)
      .set({ replayedAt: now })
      .where(and(eq(deadLetters.id, letter.id), eq(deadLetters.createdAt, letter.createdAt))),
  );
