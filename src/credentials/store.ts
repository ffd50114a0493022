/** Opaque bearer tokens by their hash. Owns `credentials`; never sees a token. */
import { and, eq, isNull, sql } from 'drizzle-orm';
import type { Db } from '../db/client.ts';
import { credentials } from '../db/control-schema.ts';
import { build, type Write, write } from '../db/write.ts';
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

export const insert = (credential: NewCredential): Write => write(build.insert(credentials).values(credential));

/** Revokes one live credential of the owner. */
export const revoke = (kind: CredentialKind, ownerId: string, id: string, now: number): Write =>
  write(
    build
      .update(credentials)
      .set({ revokedAt: now })
      .where(
        and(
          eq(credentials.id, id),
          eq(credentials.kind, kind),
          eq(credentials.ownerId, ownerId),
          isNull(credentials.revokedAt),
        ),
      ),
  );

/** Revokes all live credentials of the owner. */
export const revokeAll = (kind: CredentialKind, ownerId: string, now: number): Write =>
  write(
    build
      .update(credentials)
      .set({ revokedAt: now })
      .where(and(eq(credentials.kind, kind), eq(credentials.ownerId, ownerId), isNull(credentials.revokedAt))),
  );

/** Makes the hash the only live key of a reporter, also one that was replaced before; the same again changes nothing. */
export const replaceReporterKey = (key: { id: string; reporterId: string; hash: string; now: number }): Write[] => [
  write(sql`
    UPDATE credentials SET revoked_at = ${key.now}
    WHERE kind = 'reporter' AND owner_id = ${key.reporterId} AND hash <> ${key.hash} AND revoked_at IS NULL`),
  write(sql`
    INSERT INTO credentials (id, kind, owner_id, hash, name, created_at)
    VALUES (${key.id}, 'reporter', ${key.reporterId}, ${key.hash}, 'provisioner', ${key.now})
    ON CONFLICT (hash) DO UPDATE SET revoked_at = NULL WHERE kind = 'reporter' AND owner_id = excluded.owner_id`),
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
