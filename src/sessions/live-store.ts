/**
 * From the hash of a presented cookie to who calls: one indexed read, with what the session stands for. So a member who is
 * removed or has another role, a token that is revoked, and a customer that is deactivated count from the next request on.
 */
import { and, eq, type SQL, sql } from 'drizzle-orm';
import type { Principal } from '../credentials/principal.ts';
import { rootName } from '../credentials/principal.ts';
import type { Db } from '../db/client.ts';
import { credentials, subscriptions } from '../db/control-schema.ts';
import { members, sessions } from '../db/session-schema.ts';
import { meanings } from '../subscriptions/subscription.ts';
import { noteEveryMs } from './session.ts';
import { hashOfSettings, type StaffIssuer } from './staff.ts';
import { isLive } from './store.ts';

const now = sql.placeholder('now');

/** The token behind a session is live: `revoked_at` and `expires_at` may lie ahead. */
const tokenIsLive = sql`coalesce(${credentials.revokedAt}, 9e15) > ${now} AND coalesce(${credentials.expiresAt}, 9e15) > ${now}`;

const queryOf = (db: Db, which: SQL) =>
  db
    .select({
      session: sessions,
      member: { customerId: members.customerId, role: members.role },
      status: subscriptions.status,
      token: { name: credentials.name, role: credentials.role },
    })
    .from(sessions)
    .leftJoin(members, and(eq(sessions.kind, 'account'), eq(members.id, sessions.owner)))
    .leftJoin(subscriptions, eq(subscriptions.customerId, members.customerId))
    .leftJoin(
      credentials,
      and(
        eq(sessions.method, 'admin_token'),
        eq(credentials.id, sessions.owner),
        eq(credentials.kind, 'admin'),
        tokenIsLive,
      ),
    )
    .where(and(which, isLive(sql`${now}`)))
    .prepare();

type Found = Awaited<ReturnType<ReturnType<typeof queryOf>['execute']>>[number];

/** What admins' sessions are bound to beside their rows. */
export interface Standing {
  /** The SHA-256 of the environment's own token, hex. */
  rootHash: string;
  staffIssuer: StaffIssuer | null;
}

/** An admin, by the staff issuer's word, by the root token of the environment, or by a token that is still live. */
function adminOf({ session, token }: Found, { rootHash, staffIssuer }: Standing): Principal | null {
  const { id: keyId, owner, method, name, role, staffHash } = session;
  if (method === 'issuer') {
    const holds = staffIssuer !== null && staffHash === hashOfSettings(staffIssuer);
    return holds && name && role ? { kind: 'admin', name, role, keyId, owner } : null;
  }
  if (session.rootHash !== null) {
    return session.rootHash === rootHash ? { kind: 'admin', name: rootName, role: 'owner', keyId, owner } : null;
  }
  return token?.role ? { kind: 'admin', name: token.name ?? owner, role: token.role, keyId, owner } : null;
}

/** Who a session that has not ended stands for; null when that does not hold any more. */
function principalOf(found: Found, standing: Standing): Principal | null {
  const { session, member, status } = found;
  const { id: keyId, organisationId, subject, namespaces, endsAt: expiresAt } = session;
  switch (session.kind) {
    case 'account':
      if (!member || !status || !meanings[status].accountKeys) return null;
      return { kind: 'account', customerId: member.customerId, role: member.role, keyId, memberId: session.owner };
    case 'admin':
      return adminOf(found, standing);
    case 'person':
      if (organisationId === null || subject === null) return null;
      return { kind: 'person', organisationId, subject, namespaces, expiresAt, keyId };
  }
}

const queriesOf = (db: Db) => ({
  byHash: queryOf(db, eq(sessions.hash, sql.placeholder('hash'))),
  byIds: queryOf(db, sql`${sessions.id} IN (SELECT value FROM json_each(${sql.placeholder('ids')}))`),
});
const prepared = new WeakMap<Db, ReturnType<typeof queriesOf>>();

function preparedFor(db: Db): ReturnType<typeof queriesOf> {
  const queries = prepared.get(db) ?? queriesOf(db);
  prepared.set(db, queries);
  return queries;
}

/**
 * The principal of a live session, null when it is unknown or has ended, by itself or with what it stands for.
 * @param hash SHA-256 of the cookie's value, hex
 * @param used called with the session's id when its use is to be noted
 */
export async function findSessionPrincipal(
  db: Db,
  presented: Standing & { hash: string; now: number },
  used: (sessionId: string) => void,
): Promise<Principal | null> {
  const [found] = await preparedFor(db).byHash.execute({ hash: presented.hash, now: presented.now });
  const principal = found ? principalOf(found, presented) : null;
  if (found && principal && found.session.lastUsedAt <= presented.now - noteEveryMs) used(found.session.id);
  return principal;
}

/** Those of some sessions that still stand for somebody at `now`, ms. */
export async function standingAmong(
  db: Db,
  ids: readonly string[],
  { now, ...standing }: Standing & { now: number },
): Promise<Set<string>> {
  const found = await preparedFor(db).byIds.execute({ ids: JSON.stringify(ids), now });
  return new Set(found.filter((one) => principalOf(one, standing) !== null).map(({ session }) => session.id));
}
