/** Sessions as rows. Owns `sessions`; never sees a cookie. One that has ended has no row. */
import { and, desc, eq, gt, type SQL, sql } from 'drizzle-orm';
import type { Db } from '../db/client.ts';
import { sessions } from '../db/session-schema.ts';
import { build, type Write, write } from '../db/write.ts';
import { endOf, type Grant, idleMs, noteEveryMs, ownerOfGrant } from './session.ts';

export interface NewSession {
  id: string;
  /** SHA-256 of the cookie's value, hex. */
  hash: string;
  grant: Grant;
  now: number;
}

/** Stores a session. */
export function insert({ id, hash, grant, now }: NewSession): Write {
  const row = { id, hash, owner: ownerOfGrant(grant), createdAt: now, lastUsedAt: now, endsAt: endOf(grant, now) };
  return write(build.insert(sessions).values({ ...row, ...columnsOf(grant) }));
}

function columnsOf(grant: Grant) {
  switch (grant.kind) {
    case 'account':
      return { kind: 'account', method: grant.method } as const;
    case 'token':
      return { kind: 'admin', method: 'admin_token' } as const;
    case 'root':
      return { kind: 'admin', method: 'admin_token', rootHash: grant.rootHash } as const;
    case 'staff':
      return { kind: 'admin', method: 'issuer', name: grant.name, role: grant.role } as const;
    case 'person': {
      const { organisationId, subject, namespaces } = grant;
      return { kind: 'person', method: 'issuer', organisationId, subject, namespaces } as const;
    }
  }
}

/** Whether a row of `sessions` still opens a door, as far as the row itself says. */
export const isLive = (now: number | SQL): SQL =>
  sql`${sessions.endsAt} > ${now} AND ${sessions.lastUsedAt} + ${idleMs} > ${now}`;

/** Notes that a session was used. */
export const noteUse = (id: string, now: number): Write =>
  write(sql`UPDATE sessions SET last_used_at = ${now} WHERE id = ${id} AND last_used_at <= ${now - noteEveryMs}`);

/** Ends one session of the owner. */
export const end = (id: string, owner: string): Write =>
  write(build.delete(sessions).where(and(eq(sessions.id, id), eq(sessions.owner, owner))));

/** Ends all sessions of the owner, but the one of that id. */
export const endAll = (owner: string, besidesId: string | null = null): Write =>
  write(sql`DELETE FROM sessions WHERE owner = ${owner} AND id IS NOT ${besidesId}`);

/** Ends the sessions of all members of a customer. */
export const endAllOfCustomer = (customerId: string): Write =>
  write(sql`DELETE FROM sessions WHERE owner IN (SELECT id FROM members WHERE customer_id = ${customerId})`);

/** Ends the sessions of all people of an organisation, whose issuer is another from now on. */
export const endAllOfOrganisation = (organisationId: string): Write =>
  write(sql`DELETE FROM sessions WHERE kind = 'person' AND organisation_id = ${organisationId}`);

/** Forgets sessions that have ended by themselves. */
export const forgetEnded = (now: number): Write =>
  write(sql`DELETE FROM sessions WHERE ends_at <= ${now} OR last_used_at <= ${now - idleMs}`);

export type SessionRow = typeof sessions.$inferSelect;

/** A live session of the owner, null when there is none. */
export async function find(db: Db, id: string, owner: string, now: number): Promise<SessionRow | null> {
  const rows = await db
    .select()
    .from(sessions)
    .where(and(eq(sessions.id, id), eq(sessions.owner, owner), isLive(now)));
  return rows[0] ?? null;
}

/** One page of the owner's live sessions, newest first. */
export async function list(db: Db, owner: string, now: number, { page, limit }: { page: number; limit: number }) {
  const where = and(eq(sessions.owner, owner), gt(sessions.endsAt, now), isLive(now));
  const [rows, counted] = await db.batch([
    db
      .select()
      .from(sessions)
      .where(where)
      .orderBy(desc(sessions.createdAt), sessions.id)
      .limit(limit)
      .offset((page - 1) * limit),
    db.select({ total: sql<number>`count(*)` }).from(sessions).where(where),
  ]);
  return { rows, total: counted[0]?.total ?? 0 };
}
