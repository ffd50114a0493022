/** Mailed links as rows. Owns `sign_in_links`; knows the hashes of their secrets only. */
import { eq, sql } from 'drizzle-orm';
import type { Db } from '../db/client.ts';
import { guard } from '../db/guards.ts';
import { signInLinks } from '../db/session-schema.ts';
import { build, type Write, write } from '../db/write.ts';
import { linkMs } from './session.ts';

export type LinkRow = typeof signInLinks.$inferSelect;

export const insertLink = (link: { id: string; hash: string; email: string; now: number }): Write =>
  write(
    build.insert(signInLinks).values({
      id: link.id,
      hash: link.hash,
      email: link.email,
      createdAt: link.now,
      expiresAt: link.now + linkMs,
    }),
  );

const usable = (id: string, now: number) =>
  sql`EXISTS (SELECT 1 FROM sign_in_links WHERE id = ${id} AND used_at IS NULL AND expires_at > ${now})`;

/** Uses the link up; fails the batch when somebody else has done so, or it is too old. */
export const useLink = (id: string, now: number): Write[] => [
  guard('link_unused', usable(id, now)),
  write(build.update(signInLinks).set({ usedAt: now }).where(eq(signInLinks.id, id))),
];

/** The link with that hash of its secret, null when it does not sign in, or not any more. */
export async function findUsable(db: Db, hash: string, now: number): Promise<LinkRow | null> {
  const [link] = await db.select().from(signInLinks).where(eq(signInLinks.hash, hash));
  return link && link.usedAt === null && link.expiresAt > now ? link : null;
}

export async function findLink(db: Db, id: string): Promise<LinkRow | null> {
  const rows = await db.select().from(signInLinks).where(eq(signInLinks.id, id));
  return rows[0] ?? null;
}

/** Forgets links that sign nobody in any more. */
export const forgetLinks = (now: number): Write => write(sql`DELETE FROM sign_in_links WHERE expires_at <= ${now}`);
