/** Organisations as rows. Owns `organisations`. */
import { desc, eq, sql } from 'drizzle-orm';
import type { Db } from '../db/client.ts';
import { organisations } from '../db/control-schema.ts';
import { build, type Write, write } from '../db/write.ts';

export const insertOrganisation = (row: typeof organisations.$inferInsert): Write =>
  write(build.insert(organisations).values(row));

export async function findOrganisation(db: Db, id: string) {
  const rows = await db.select().from(organisations).where(eq(organisations.id, id));
  return rows[0] ?? null;
}

export async function findOrganisationBySlug(db: Db, slug: string) {
  const rows = await db.select().from(organisations).where(eq(organisations.slug, slug));
  return rows[0] ?? null;
}

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
