/** Rows and messages that can never be stored, with their reason. Owns `dead_letters` of the usage queue. */
import { and, asc, desc, eq, type SQL, sql } from 'drizzle-orm';
import type { Db } from '../db/client.ts';
import { customers } from '../db/control-schema.ts';
import { deadLetters } from '../db/work-schema.ts';
import { build, type Write, write } from '../db/write.ts';
import { sha256Hex } from '../lib/keys.ts';
import { foldCase } from '../lib/text.ts';

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

/** Some letters by their ids, in no order. */
export const findLetters = (db: Db, ids: readonly string[]) =>
  db
    .select()
    .from(deadLetters)
    .where(sql`${deadLetters.id} IN (SELECT value FROM json_each(${JSON.stringify(ids)}))`);

/** The ids of the open letters of a code, oldest first. */
export async function findOpenIds(db: Db, code: string): Promise<string[]> {
  const rows = await db
    .select({ id: deadLetters.id })
    .from(deadLetters)
    .where(and(eq(deadLetters.code, code), open))
    .orderBy(asc(deadLetters.createdAt), asc(deadLetters.id));
  return rows.map(({ id }) => id);
}

/** What nobody has sent again. */
const open = sql`replayed_at IS NULL`;

export interface LetterFilter {
  page: number;
  limit: number;
  queue?: string | undefined;
  code?: string | undefined;
  q?: string | undefined;
  state?: 'open' | 'replayed' | undefined;
}

/** Ids, names as customers/store.ts compares them, and words of the reason; instr, because D1 limits a LIKE pattern. */
const says = (text: string): SQL => {
  const q = text.toLowerCase();
  return sql`(instr(${deadLetters.id}, ${q}) OR instr(coalesce(${deadLetters.customerId}, ''), ${q})
    OR instr(${deadLetters.code}, ${q}) OR instr(lower(${deadLetters.message}), ${q})
    OR instr(coalesce(${customers.companySearch}, upper(${customers.companyName}), ''), ${foldCase(text)}))`;
};

/** One page, newest first, with the names of the customers. */
export async function listLetters(db: Db, { page, limit, queue, code, q, state }: LetterFilter) {
  const where = and(
    queue === undefined ? undefined : eq(deadLetters.queue, queue),
    code === undefined ? undefined : eq(deadLetters.code, code),
    state === undefined ? undefined : state === 'open' ? open : sql`NOT ${open}`,
    q ? says(q) : undefined,
  );
  const theirs = eq(customers.id, deadLetters.customerId);
  const [rows, counted] = await db.batch([
    db
      .select({ letter: deadLetters, companyName: customers.companyName })
      .from(deadLetters)
      .leftJoin(customers, theirs)
      .where(where)
      .orderBy(desc(deadLetters.createdAt), deadLetters.id)
      .limit(limit)
      .offset((page - 1) * limit),
    db.select({ total: sql<number>`count(*)` }).from(deadLetters).leftJoin(customers, theirs).where(where),
  ]);
  return { rows, total: counted[0]?.total ?? 0 };
}

export interface LetterGroup {
  queue: string;
  code: string;
  letters: number;
  customers: number;
  oldest: number;
  newest: number;
  sampleId: string;
  message: string;
}

/** Open letters by their code, the most first; sample and message are the newest's. SQLite takes them from the row of the max. */
export const groupLetters = (db: Db): Promise<LetterGroup[]> =>
  db.all<LetterGroup>(sql`
    SELECT queue, code, count(*) AS letters, count(DISTINCT customer_id) AS customers, min(created_at) AS oldest,
      max(created_at) AS newest, id AS sampleId, message
    FROM dead_letters WHERE ${open} GROUP BY queue, code ORDER BY letters DESC, newest DESC`);

/** Gives a letter up for good. */
export const dropLetter = (id: string): Write => write(build.delete(deadLetters).where(eq(deadLetters.id, id)));

/** Marks a letter as it was read; one that has failed again since stays open. */
export const markReplayed = (letter: { id: string; createdAt: number }, now: number): Write =>
  write(
    build
      .update(deadLetters)
      .set({ replayedAt: now })
      .where(and(eq(deadLetters.id, letter.id), eq(deadLetters.createdAt, letter.createdAt))),
  );
