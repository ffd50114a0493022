/**
 * A D1 binding whose failures say that they come from it. What an error means is decided by where it was thrown: a body
 * that breaks off may use the same words as a database that is gone.
 */

/** Something that a D1 binding threw; `cause` is that. */
export class ThrownByD1 extends Error {
  override name = 'ThrownByD1';
  constructor(cause: unknown) {
    super('D1 failed', { cause });
  }
}

function tag<T>(run: () => T): T {
  try {
    return run();
  } catch (error) {
    throw new ThrownByD1(error);
  }
}

async function tagLater<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    throw new ThrownByD1(error);
  }
}

/** The statements that a batch is made of, by what stands for them. */
const inner = new WeakMap<object, D1PreparedStatement>();

function taggedStatement(statement: D1PreparedStatement): D1PreparedStatement {
  const tagged = {
    bind: (...values: unknown[]) => taggedStatement(tag(() => statement.bind(...values))),
    first: (...column: []) => tagLater(() => statement.first(...column)),
    run: () => tagLater(() => statement.run()),
    all: () => tagLater(() => statement.all()),
    raw: (...options: []) => tagLater(() => statement.raw(...options)),
  } as unknown as D1PreparedStatement;
  inner.set(tagged, statement);
  return tagged;
}

/** The binding's calls that we use, each with its failures tagged. */
export const tagged = (database: D1Database): D1Database =>
  ({
    prepare: (sql: string) => taggedStatement(tag(() => database.prepare(sql))),
    batch: (statements: D1PreparedStatement[]) =>
      tagLater(() => database.batch(statements.map((statement) => inner.get(statement) ?? statement))),
  }) as unknown as D1Database;
