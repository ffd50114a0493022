/** A database as it was: its rows are copied, and put back later, as a restore does. */

type Rows = readonly Record<string, unknown>[];

/** What all of a database's tables held at one moment. */
export type Copied = ReadonlyMap<string, Rows>;

const tablesOf = async (db: D1Database): Promise<string[]> => {
  const found = await db
    .prepare(
      `SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE '_cf_%'
      AND name NOT LIKE 'd1_%'`,
    )
    .all<{ name: string }>();
  return found.results.map(({ name }) => name);
};

export async function copyOf(db: D1Database): Promise<Copied> {
  const tables = await tablesOf(db);
  const copied = tables.map(
    async (name) => [name, (await db.prepare(`SELECT * FROM "${name}"`).all()).results] as const,
  );
  return new Map(await Promise.all(copied));
}

/** Puts the rows back. Triggers are of what people and programs do, and say nothing of a restore. */
export async function putBack(db: D1Database, copied: Copied): Promise<void> {
  const { results: triggers } = await db
    .prepare(`SELECT name, sql FROM sqlite_master WHERE type = 'trigger'`)
    .all<{ name: string; sql: string }>();
  const inserts = [...copied].flatMap(([table, rows]) =>
    rows.map((row) => {
      const columns = Object.keys(row);
      const names = columns.map((column) => `"${column}"`).join(', ');
      const marks = columns.map(() => '?').join(', ');
      return db.prepare(`INSERT INTO "${table}" (${names}) VALUES (${marks})`).bind(...Object.values(row));
    }),
  );
  await db.batch([
    db.prepare('PRAGMA defer_foreign_keys = on'),
    ...triggers.map(({ name }) => db.prepare(`DROP TRIGGER "${name}"`)),
    ...[...copied.keys()].map((table) => db.prepare(`DELETE FROM "${table}"`)),
    ...inserts,
    ...triggers.map(({ sql }) => db.prepare(sql)),
  ]);
}
