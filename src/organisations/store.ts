/** Organisations as rows. Signup writes them together with the customer (customers/store.ts). */
import { desc, sql } from 'drizzle-orm';
import type { Db } from '../db/client.ts';
import { organisations } from '../db/control-schema.ts';

/** Organisations, newest first. */
export async function listOrganisations(db: Db, page: number, limit: number) {
  const [rows, counted] = await db.batch([
    db
      .select()
      .from(organisations)
      .orderBy(desc(organisations.createdAt))
      .limit(limit)
      .offset((page - 1) * limit),
    db.select({ total: sql<number>`count(*)` }).from(organisations),
  ]);
  return { rows, total: counted[0]?.total ?? 0 };
}
