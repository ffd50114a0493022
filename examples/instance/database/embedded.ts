/** PostgreSQL inside this process (PGlite), in a folder: for a machine that has no server. One process has the folder. */
import { mkdir } from 'node:fs/promises';
import type { PGlite } from '@electric-sql/pglite';
import type { Database, Queries } from './database.ts';

export async function openEmbedded(folder: string): Promise<Database> {
  await mkdir(folder, { recursive: true });
  // Asked for only here: the image does not have it.
  const { PGlite: Lite } = await import('@electric-sql/pglite');
  const lite: PGlite = await Lite.create(folder);
  const queriesOf = (on: Pick<PGlite, 'query'>): Queries => ({
    query: async <Row>(sql: string, values: readonly unknown[] = []) => (await on.query<Row>(sql, [...values])).rows,
  });
  return {
    ...queriesOf(lite),
    transaction: (work) => lite.transaction((transaction) => work(queriesOf(transaction as Pick<PGlite, 'query'>))),
    close: () => lite.close(),
  };
}
