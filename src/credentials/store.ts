/** Opaque bearer tokens by their hash. Owns `credentials`; never sees a token. */
import { and, eq, inArray, isNull, type SQL, sql } from 'drizzle-orm';
import type { Role } from '../contracts/route.ts';
import type { Db } from '../db/client.ts';
import { credentials } from '../db/control-schema.ts';
import { guard } from '../db/guards.ts';
import { build, type Write, write } from '../db/write.ts';
import { type CredentialKind, credentialKinds } from '../lib/keys.ts';
import { dayMs, floorTo } from '../lib/time.ts';
import { reporterKeyMs } from './credential.ts';

export interface NewCredential {
  id: string;
  kind: CredentialKind;
  ownerId: string;
  hash: string;
  name: string | null;
  role: Role | null;
  createdAt: number;
  /** When the credential expires, ms; null or absent: never. */
  expiresAt?: number | null;
}

export const insert = (credential: NewCredential): Write => write(build.insert(credentials).values(credential));

/** Whether a row of `credentials` still opens a door at `now`; a reporter's key may have ended beside that. */
const live = (now: number): SQL =>
  sql`coalesce(revoked_at, ${now} + 1) > ${now} AND coalesce(expires_at, ${now} + 1) > ${now}`;

/** A person revokes a credential, also one that would have ended later by itself. */
export const revoke = (id: string, now: number): Write =>
  write(sql`
    UPDATE credentials SET revoked_at = ${now}, revoked_by = 'person'
    WHERE id = ${id} AND coalesce(revoked_at, ${now} + 1) > ${now}`);

/** Revokes all credentials of the owner, as `revoke` does. */
export const revokeAll = (kind: CredentialKind, ownerId: string, now: number): Write =>
  write(sql`
    UPDATE credentials SET revoked_at = ${now}, revoked_by = 'person'
    WHERE kind = ${kind} AND owner_id = ${ownerId} AND coalesce(revoked_at, ${now} + 1) > ${now}`);

/** The old credential works on until `until`, when the new one has taken its place. */
export const rotate = (rotation: { oldId: string; newId: string; until: number }): Write =>
  write(
    build
      .update(credentials)
      .set({ revokedAt: rotation.until, revokedBy: 'rotation', rotatedTo: rotation.newId })
      .where(and(eq(credentials.id, rotation.oldId), isNull(credentials.rotatedTo))),
  );

/** Fails the batch unless the credential is live and no rotation has begun to end it. */
export const guardUnrotated = (id: string, now: number): Write =>
  guard(
    'credential_unrotated',
    sql`EXISTS (SELECT 1 FROM credentials WHERE id = ${id} AND revoked_at IS NULL AND ${live(now)})`,
  );

const accountKeyLeft = (customerId: string, besidesId: string, now: number): SQL => sql`EXISTS (
  SELECT 1 FROM credentials WHERE kind = 'account' AND owner_id = ${customerId} AND id <> ${besidesId}
  AND revoked_at IS NULL AND ${live(now)})`;

/** Whether the customer has another live account key that no rotation ends. */
export async function isAccountKeyLeft(db: Db, customerId: string, besidesId: string, now: number): Promise<boolean> {
  const rows = await db.all<{ left: number }>(sql`SELECT ${accountKeyLeft(customerId, besidesId, now)} AS "left"`);
  return rows[0]?.left === 1;
}

/** Fails the batch unless the customer keeps such a key. */
export const guardAccountKeyLeft = (customerId: string, besidesId: string, now: number): Write =>
  guard('account_key_left', accountKeyLeft(customerId, besidesId, now));

/** Fails the batch when a live admin token has the name by then. */
export const guardAdminName = (name: string, now: number): Write =>
  guard(
    'admin_name',
    sql`NOT EXISTS (SELECT 1 FROM credentials WHERE kind = 'admin' AND name = ${name} AND ${live(now)})`,
  );

/** Whether a live admin token has the name. */
export async function isAdminNameTaken(db: Db, name: string, now: number): Promise<boolean> {
  const rows = await db
    .select({ id: credentials.id })
    .from(credentials)
    .where(and(eq(credentials.kind, 'admin'), eq(credentials.name, name), live(now)));
  return rows.length > 0;
}

/**
 * Makes the hash the only live key of a reporter, also one that was replaced before; the same again changes nothing. One
 * that a person has revoked stays revoked.
 */
export const replaceReporterKey = (key: { id: string; reporterId: string; hash: string; now: number }): Write[] => [
  write(sql`
    UPDATE credentials SET revoked_at = ${key.now}, revoked_by = 'replaced'
    WHERE kind = 'reporter' AND owner_id = ${key.reporterId} AND hash <> ${key.hash} AND revoked_at IS NULL`),
  write(sql`
    INSERT INTO credentials (id, kind, owner_id, hash, name, created_at)
    VALUES (${key.id}, 'reporter', ${key.reporterId}, ${key.hash}, 'provisioner', ${key.now})
    ON CONFLICT (hash) DO UPDATE SET revoked_at = NULL, revoked_by = NULL
    WHERE kind = 'reporter' AND owner_id = excluded.owner_id AND revoked_by = 'replaced'`),
];

/** Why the hash can be no key of the reporter, as a query: a person has revoked it for good, or it is another credential's. */
export const queryUnusable = (db: Db, { hash, reporterId }: { hash: string; reporterId: string }) =>
  db
    .select({ revokedBy: credentials.revokedBy })
    .from(credentials)
    .where(
      and(eq(credentials.hash, hash), sql`(revoked_by = 'person' OR kind <> 'reporter' OR owner_id <> ${reporterId})`),
    );

/** Fails the batch unless the hash is a live key of the reporter by then. */
export const guardReporterKey = ({ hash, reporterId }: { hash: string; reporterId: string }): Write =>
  guard(
    'reporter_key',
    sql`EXISTS (SELECT 1 FROM credentials WHERE hash = ${hash} AND kind = 'reporter' AND owner_id = ${reporterId}
      AND revoked_at IS NULL)`,
  );

/** Notes that a credential was used on the day of `now`: one row written a day, however often it is asked. */
export const noteUse = (id: string, now: number): Write => {
  const day = floorTo(now, dayMs);
  return write(
    sql`UPDATE credentials SET last_used_day = ${day} WHERE id = ${id} AND coalesce(last_used_day, -1) < ${day}`,
  );
};

/** Ends of a reporter's key that no one has to write: nothing that it may report would be taken any more. */
const reporterEnd = sql`(
  SELECT min(coalesce(r.active_until, 9e15), coalesce(c.deactivated_at, 9e15)) + ${reporterKeyMs}
  FROM reporters r JOIN customers c ON c.id = r.customer_id WHERE r.id = credentials.owner_id)`;

const shown = {
  id: credentials.id,
  kind: credentials.kind,
  ownerId: credentials.ownerId,
  name: credentials.name,
  role: credentials.role,
  createdAt: credentials.createdAt,
  expiresAt: credentials.expiresAt,
  lastUsedDay: credentials.lastUsedDay,
  rotatedTo: credentials.rotatedTo,
  revokedAt: sql<number | null>`CASE WHEN kind = 'reporter'
    THEN nullif(min(coalesce(revoked_at, 9e15), coalesce(${reporterEnd}, 9e15)), 9e15) ELSE revoked_at END`,
};

export interface CredentialFilter {
  page: number;
  limit: number;
  kind?: CredentialKind | undefined;
  /** The owner's id, or the id of the cluster whose keys and tokens are meant. */
  owner?: string | undefined;
}

/** One page of credentials, newest first, without hashes. */
export async function list(db: Db, { page, limit, kind, owner }: CredentialFilter) {
  const owners = sql`SELECT ${owner} UNION SELECT key_owner FROM clusters WHERE id = ${owner}
    UNION SELECT token_owner FROM clusters WHERE id = ${owner}`;
  const where = and(
    // Every kind, said one by one, lets the index on kind and owner be used.
    inArray(credentials.kind, kind ? [kind] : credentialKinds),
    owner === undefined ? undefined : sql`owner_id IN (${owners})`,
  );
  const [rows, counted] = await db.batch([
    db
      .select(shown)
      .from(credentials)
      .where(where)
      .orderBy(sql`${credentials.createdAt} DESC, ${credentials.id}`)
      .limit(limit)
      .offset((page - 1) * limit),
    db.select({ total: sql<number>`count(*)` }).from(credentials).where(where),
  ]);
  return { rows, total: counted[0]?.total ?? 0 };
}

/** Those of some credentials that open a door at `now`. Not for keys of reporters, which end with what they report. */
export async function liveAmong(db: Db, ids: readonly string[], now: number): Promise<Set<string>> {
  const rows = await db
    .select({ id: credentials.id })
    .from(credentials)
    .where(sql`id IN (SELECT value FROM json_each(${JSON.stringify(ids)})) AND ${live(now)}`);
  return new Set(rows.map(({ id }) => id));
}

/** One credential without its hash, null when there is none. */
export async function find(db: Db, id: string) {
  const rows = await db.select(shown).from(credentials).where(eq(credentials.id, id));
  return rows[0] ?? null;
}
export type CredentialRow = NonNullable<Awaited<ReturnType<typeof find>>>;
