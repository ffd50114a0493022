/** Sessions as rows. Owns `sessions`; never sees a cookie. One that has ended has no row. */
import { eq, type SQL, sql } from 'drizzle-orm';
import { sessions } from '../db/session-schema.ts';
import { build, type Write, write } from '../db/write.ts';
import { endOf, type Grant, idleMs, noteEveryMs, ownerOfGrant } from './session.ts';

export type SessionRow = typeof sessions.$inferSelect;

export interface NewSession {
  id: string;
  /** SHA-256 of the cookie's value, hex. */
  hash: string;
  grant: Grant;
  now: number;
}

const blank = {
  rootHash: null,
  staffHash: null,
  name: null,
  role: null,
  organisationId: null,
  subject: null,
  namespaces: null,
};

/** The row of a session that is opened now. */
export function rowOf({ id, hash, grant, now }: NewSession): SessionRow {
  const row = { id, hash, owner: ownerOfGrant(grant), createdAt: now, lastUsedAt: now, endsAt: endOf(grant, now) };
  return { ...row, ...blank, ...columnsOf(grant) };
}

/** Stores a session. */
export const insert = (row: SessionRow): Write => write(build.insert(sessions).values(row));

function columnsOf(grant: Grant) {
  switch (grant.kind) {
    case 'account':
      return { kind: 'account', method: grant.method } as const;
    case 'token':
      return { kind: 'admin', method: 'admin_token' } as const;
    case 'root':
      return { kind: 'admin', method: 'admin_token', rootHash: grant.rootHash } as const;
    case 'staff':
      return {
        kind: 'admin',
        method: 'issuer',
        name: grant.name,
        role: grant.role,
        staffHash: grant.staffHash,
      } as const;
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

/** Ends one session. */
export const end = (id: string): Write => write(build.delete(sessions).where(eq(sessions.id, id)));

/** Ends all sessions of the owner. */
export const endAll = (owner: string): Write => write(build.delete(sessions).where(eq(sessions.owner, owner)));

/** Ends the sessions of a person's memberships that have the password hash, but the one of that id. */
export const endByPassword = (password: { email: string; hash: string; besidesId: string }): Write =>
  write(sql`DELETE FROM sessions WHERE id <> ${password.besidesId}
    AND owner IN (SELECT id FROM members WHERE email = ${password.email} AND password_hash = ${password.hash})`);

/** Ends the sessions of all members of a customer. */
export const endAllOfCustomer = (customerId: string): Write =>
  write(sql`DELETE FROM sessions WHERE owner IN (SELECT id FROM members WHERE customer_id = ${customerId})`);

/** Ends the sessions of all people of an organisation, whose issuer is another from now on. */
export const endAllOfOrganisation = (organisationId: string): Write =>
  write(sql`DELETE FROM sessions WHERE kind = 'person' AND organisation_id = ${organisationId}`);

/** Forgets sessions that have ended by themselves. */
export const forgetEnded = (now: number): Write =>
  write(sql`DELETE FROM sessions WHERE ends_at <= ${now} OR last_used_at <= ${now - idleMs}`);
