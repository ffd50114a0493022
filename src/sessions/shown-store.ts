/** Sessions with what is shown of whom they stand for. Reads only. */
import { and, desc, eq, type SQL, sql } from 'drizzle-orm';
import type { Db } from '../db/client.ts';
import { credentials, customers, organisations } from '../db/control-schema.ts';
import { members, sessions } from '../db/session-schema.ts';
import { isLive } from './store.ts';

const queryShown = (db: Db) =>
  db
    .select({
      session: sessions,
      member: { email: members.email, role: members.role },
      customer: { id: customers.id, companyName: customers.companyName },
      organisation: { id: organisations.id, slug: organisations.slug, name: organisations.name },
      token: { name: credentials.name, role: credentials.role },
    })
    .from(sessions)
    .leftJoin(members, and(eq(sessions.kind, 'account'), eq(members.id, sessions.owner)))
    .leftJoin(customers, eq(customers.id, members.customerId))
    .leftJoin(organisations, eq(organisations.id, sessions.organisationId))
    .leftJoin(credentials, and(eq(sessions.method, 'admin_token'), eq(credentials.id, sessions.owner)));

export type ShownSession = Awaited<ReturnType<typeof queryShown>>[number];

/** A live session of staff, null when there is none. */
export async function findStaffSession(db: Db, id: string, now: number): Promise<ShownSession | null> {
  const rows = await queryShown(db).where(and(eq(sessions.id, id), eq(sessions.kind, 'admin'), isLive(now)));
  return rows[0] ?? null;
}

/** A live session of the owner, null when there is none. */
export async function findShown(db: Db, id: string, owner: string, now: number): Promise<ShownSession | null> {
  const rows = await queryShown(db).where(and(eq(sessions.id, id), eq(sessions.owner, owner), isLive(now)));
  return rows[0] ?? null;
}

/** One page of the owner's live sessions, newest first. */
export const listShown = (db: Db, owner: string, now: number, page: Page) =>
  pageOf(db, and(eq(sessions.owner, owner), isLive(now)), page);

/** One page of the live sessions of staff, of one owner or of all, newest first. */
export const listStaffSessions = (db: Db, now: number, { owner, ...page }: Page & { owner?: string | undefined }) =>
  pageOf(
    db,
    and(eq(sessions.kind, 'admin'), owner === undefined ? undefined : eq(sessions.owner, owner), isLive(now)),
    page,
  );

interface Page {
  page: number;
  limit: number;
}

/** Not one batch: there D1 answers objects, in which columns of one name are one. */
async function pageOf(db: Db, where: SQL | undefined, { page, limit }: Page) {
  const [rows, counted] = await Promise.all([
    queryShown(db)
      .where(where)
      .orderBy(desc(sessions.createdAt), sessions.id)
      .limit(limit)
      .offset((page - 1) * limit),
    db.select({ total: sql<number>`count(*)` }).from(sessions).where(where),
  ]);
  return { rows, total: counted[0]?.total ?? 0 };
}
