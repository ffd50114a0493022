/**
 * The way to D1. Stores build statements, workflows hand them to one `commit`: D1 has no interactive transaction, the
 * batch is the atomic unit and rolls back whole (design §2, rule 3).
 */
import { type Query, type SQL, sql } from 'drizzle-orm';
import type { BatchItem } from 'drizzle-orm/batch';
import { drizzle } from 'drizzle-orm/d1';

/** A database of ours, control or a usage shard. */
export type Db = ReturnType<typeof wrap>;

/** One unexecuted statement of a batch. */
export type Write = BatchItem<'sqlite'>;

const wrap = (database: D1Database) => drizzle(database);

const opened = new WeakMap<D1Database, Db>();

/** The query builder of a binding; one a binding, so that what is prepared on it can be kept. */
export function openDb(database: D1Database): Db {
  const db = opened.get(database) ?? wrap(database);
  opened.set(database, db);
  return db;
}

/** A condition of the batch did not hold: nothing was written. The workflow reads again to say why. */
export class GuardFailed extends Error {
  override name = 'GuardFailed';
}

/** A unique key or a rule of the schema refused the batch; `constraint` is SQLite's or the trigger's own words. */
export class ConstraintFailed extends Error {
  override name = 'ConstraintFailed';
  readonly constraint: string;
  constructor(constraint: string) {
    super(constraint);
    this.constraint = constraint;
  }
}

/** The database could not be asked or could not answer. What was asked may or may not have happened. */
export class DatabaseUnavailable extends Error {
  override name = 'DatabaseUnavailable';
}

/** Fails the whole batch unless the condition holds when the batch runs. */
export const guard = (db: Db, condition: SQL): Write =>
  db.run(sql`INSERT INTO guards (failed) SELECT 1 WHERE NOT (${condition})`);

/** A statement with its parameters bound: Drizzle's own `batch` drops those of raw SQL (0.45, d1/session `batch`). */
function prepared(db: Db, write: Write): D1PreparedStatement {
  const built = write as unknown as { getQuery?: () => Query; toSQL?: () => Query };
  const query = built.getQuery?.() ?? built.toSQL?.();
  if (!query) throw new Error('a write that cannot say its SQL');
  return db.$client.prepare(query.sql).bind(...query.params);
}

/** Runs the statements as one batch, all or nothing. Throws GuardFailed, ConstraintFailed or DatabaseUnavailable. */
export async function commit(db: Db, writes: readonly Write[]): Promise<void> {
  if (writes.length === 0) return;
  try {
    await db.$client.batch(writes.map((write) => prepared(db, write)));
  } catch (error) {
    throw asDatabaseError(error);
  }
}

/** The causes of an error, outermost first, as one text: drizzle wraps D1's own words. */
const wordsOf = (error: unknown): string => {
  const words: string[] = [];
  for (let e: unknown = error; e instanceof Error; e = e.cause) words.push(e.message);
  return words.join('\n');
};

/** Sorts what D1 throws into the three kinds above; anything else is returned as it is (a broken statement is a bug). */
export function asDatabaseError(error: unknown): unknown {
  const words = wordsOf(error);
  if (words.includes('guard_failed')) return new GuardFailed('a condition of the batch did not hold');
  const constraint =
    /(UNIQUE constraint failed: [\w., ]+|CHECK constraint failed: \w+|FOREIGN KEY constraint failed|period_overlap|meter_owned|audit_log is append-only)/.exec(
      words,
    );
  if (constraint?.[1]) return new ConstraintFailed(constraint[1]);
  return isOutage(words) ? new DatabaseUnavailable('the database is not available', { cause: error }) : error;
}

/**
 * Cloudflare documents no codes; these are D1's words for "not now" (developers.cloudflare.com/d1/observability/debug-d1).
 * A statement that SQLite itself refuses says `SQLITE_…` or names the syntax, and is ours to mend, not to retry.
 */
const isOutage = (words: string): boolean =>
  /Network connection lost|storage caused object to be reset|reset because its code was updated|D1 DB is overloaded|storage operation exceeded timeout|D1_ERROR: (Internal|D1 )|Cannot resolve D1 DB|injected outage|SQLITE_BUSY|SQLITE_IOERR/i.test(
    words,
  );
