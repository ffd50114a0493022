/** Statements of a batch as plain data. Stores make them, `commit` (client.ts) runs them. */
import { type Query, SQL } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/d1';
import { SQLiteSyncDialect } from 'drizzle-orm/sqlite-core';

/** One statement: nothing runs before `commit`, whoever awaits or prints it. */
export interface Write {
  readonly sql: string;
  readonly params: readonly unknown[];
}

/** Builds statements that `write` turns into data. It has no database: awaiting one of its statements throws. */
export const build = drizzle(undefined as unknown as D1Database);

const dialect = new SQLiteSyncDialect();

/** A statement as data: one of `build`'s, or SQL with its parameters. */
export function write(statement: SQL | { toSQL(): Query }): Write {
  const { sql, params } = statement instanceof SQL ? dialect.sqlToQuery(statement) : statement.toSQL();
  return { sql, params };
}
