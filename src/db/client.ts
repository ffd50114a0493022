/**
 * The way to D1. Stores build statements as plain data, one `commit` runs them: D1 has no interactive transaction, the
 * batch is the atomic unit: it takes effect as one, or not at all.
 */
import { drizzle } from 'drizzle-orm/d1';
import { asDatabaseError } from './failure.ts';
import { tagged } from './tagged.ts';
import type { Write } from './write.ts';

/** A database of ours, control or a usage shard. */
export type Db = ReturnType<typeof wrap>;

const wrap = (database: D1Database) => drizzle(tagged(database));

const opened = new WeakMap<D1Database, Db>();

/** The query builder of a binding; one a binding, so that what is prepared on it can be kept. */
export function openDb(database: D1Database): Db {
  const db = opened.get(database) ?? wrap(database);
  opened.set(database, db);
  return db;
}

/** Runs the statements as one batch, all or nothing. Throws GuardFailed, ConstraintFailed or DatabaseUnavailable. */
export async function commit(db: Db, writes: readonly Write[]): Promise<void> {
  if (writes.length === 0) return;
  try {
    await db.$client.batch(writes.map(({ sql, params }) => db.$client.prepare(sql).bind(...params)));
  } catch (error) {
    throw asDatabaseError(error);
  }
}
