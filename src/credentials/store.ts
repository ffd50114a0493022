/** Opaque bearer tokens by their hash. Owns `credentials`; never sees a token. */
import { and, eq, isNull, sql } from 'drizzle-orm';
import type { Db, Write } from '../db/client.ts';
import { clusters, credentials, reporters } from '../db/control-schema.ts';
import { voucherOf } from '../db/voucher.ts';
import type { CredentialKind } from '../lib/keys.ts';
import type { Role } from './principal.ts';

export interface NewCredential {
  id: string;
  kind: CredentialKind;
  ownerId: string;
  hash: string;
  name: string | null;
  role: Role | null;
  createdAt: number;
}

/** A live credential with what its owner stands for. */
export interface FoundCredential {
  id: string;
  kind: CredentialKind;
  ownerId: string;
  name: string | null;
  role: Role | null;
  reporterCustomerId: string | null;
  /** What a reporter may report, as text (src/usage/voucher-store.ts); null for others. */
  voucher: string | null;
  clusterId: string | null;
}

const liveQuery = (db: Db) =>
  db
    .select({
      id: credentials.id,
      kind: credentials.kind,
      ownerId: credentials.ownerId,
      name: credentials.name,
      role: credentials.role,
      reporterCustomerId: reporters.customerId,
      voucher: voucherOf(reporters.seq),
      clusterId: clusters.id,
    })
    .from(credentials)
    .leftJoin(reporters, and(eq(credentials.kind, 'reporter'), eq(reporters.id, credentials.ownerId)))
    .leftJoin(
      clusters,
      sql`(${credentials.kind} = 'cluster' AND ${clusters.keyOwner} = ${credentials.ownerId})
       OR (${credentials.kind} = 'provisioner' AND ${clusters.tokenOwner} = ${credentials.ownerId})`,
    )
    .where(and(eq(credentials.hash, sql.placeholder('hash')), isNull(credentials.revokedAt)))
    .limit(1)
    .prepare();

/** Every request asks this: the statement's text is made once a database, not once a request. */
const liveQueries = new WeakMap<Db, ReturnType<typeof liveQuery>>();

/**
 * The credential of a hash unless it is revoked; one indexed read. What a reporter vouches for is read with its key,
 * because its reports need it and a second read of D1 would cost a single report as much again.
 */
export async function findLive(db: Db, hash: string): Promise<FoundCredential | null> {
  const query = liveQueries.get(db) ?? liveQuery(db);
  liveQueries.set(db, query);
  const rows = await query.execute({ hash });
  return rows[0] ?? null;
}

export const insert = (db: Db, credential: NewCredential): Write => db.insert(credentials).values(credential);

/** Revokes one live credential of the owner. */
export const revoke = (db: Db, kind: CredentialKind, ownerId: string, id: string, now: number): Write =>
  db
    .update(credentials)
    .set({ revokedAt: now })
    .where(
      and(
        eq(credentials.id, id),
        eq(credentials.kind, kind),
        eq(credentials.ownerId, ownerId),
        isNull(credentials.revokedAt),
      ),
    );

/** Revokes all live credentials of the owner. */
export const revokeAll = (db: Db, kind: CredentialKind, ownerId: string, now: number): Write =>
  db
    .update(credentials)
    .set({ revokedAt: now })
    .where(and(eq(credentials.kind, kind), eq(credentials.ownerId, ownerId), isNull(credentials.revokedAt)));

/** Makes the hash the only live key of a reporter; the same again changes nothing. */
export const replaceReporterKey = (
  db: Db,
  key: { id: string; reporterId: string; hash: string; now: number },
): Write[] => [
  db.run(sql`
    UPDATE credentials SET revoked_at = ${key.now}
    WHERE kind = 'reporter' AND owner_id = ${key.reporterId} AND hash <> ${key.hash} AND revoked_at IS NULL`),
  db.run(sql`
    INSERT INTO credentials (id, kind, owner_id, hash, name, created_at)
    VALUES (${key.id}, 'reporter', ${key.reporterId}, ${key.hash}, 'provisioner', ${key.now})
    ON CONFLICT (hash) DO NOTHING`),
];

/** The owner's credentials, newest first, without hashes. */
export const listOf = (db: Db, kind: CredentialKind, ownerId: string) =>
  db
    .select({
      id: credentials.id,
      name: credentials.name,
      createdAt: credentials.createdAt,
      revokedAt: credentials.revokedAt,
    })
    .from(credentials)
    .where(and(eq(credentials.kind, kind), eq(credentials.ownerId, ownerId)))
    .orderBy(sql`${credentials.createdAt} DESC, ${credentials.id}`);
