/** The newest results of the ledger's rules. Owns `invariant_results`. */
import { asc } from 'drizzle-orm';
import type { Db } from '../db/client.ts';
import { invariantResults } from '../db/stripe-schema.ts';
import { build, type Write, write } from '../db/write.ts';

export type InvariantResult = typeof invariantResults.$inferSelect;

export const findResults = (db: Db): Promise<InvariantResult[]> =>
  db.select().from(invariantResults).orderBy(asc(invariantResults.ok), asc(invariantResults.name));

/** Keeps the result in the place of the one before. */
export const keepResult = ({ name, ...result }: InvariantResult): Write =>
  write(
    build
      .insert(invariantResults)
      .values({ name, ...result })
      .onConflictDoUpdate({ target: invariantResults.name, set: result }),
  );
