/** Issued licences: claims and hashes, never tokens. Owns `licences`. */
import { and, desc, eq, isNull, type SQL, sql } from 'drizzle-orm';
import type { LicenceClaims } from '../contracts/licences.ts';
import type { Db } from '../db/client.ts';
import { guard } from '../db/guards.ts';
import { licences } from '../db/licence-schema.ts';
import { build, type Write, write } from '../db/write.ts';
import { secondMs } from '../lib/time.ts';
import type { SignedLicence } from './keyring.ts';

/** Two licences may be issued in one millisecond: the one inserted later is the newer. */
const newestFirst = sql`licences.rowid DESC`;

export type LicenceRow = typeof licences.$inferSelect;

/** Puts an issued licence in force, in the place of the one that was; the token itself is only hashed. */
export const supersede = (
  action: LicenceRow['action'],
  claims: LicenceClaims,
  signed: Pick<SignedLicence, 'kid' | 'sha256'>,
  now: number,
): Write[] => [
  write(sql`UPDATE licences SET in_force = 0 WHERE customer_id = ${claims.sub} AND in_force = 1`),
  write(
    build.insert(licences).values({
      jti: claims.jti,
      customerId: claims.sub,
      action,
      plan: claims.plan,
      claims,
      kid: signed.kid,
      tokenSha256: signed.sha256,
      issuedAt: now,
    }),
  ),
];

/** Whether the licence is in force and not revoked. */
export const isInForce = (jti: string): SQL =>
  sql`EXISTS (SELECT 1 FROM licences WHERE jti = ${jti} AND in_force = 1 AND revoked_at IS NULL)`;

/** Whether a licence of the customer is in force and not revoked. */
export const isLicensed = (customerId: string): SQL =>
  sql`EXISTS (SELECT 1 FROM licences WHERE customer_id = ${customerId} AND in_force = 1 AND revoked_at IS NULL)`;

/** Puts an issued licence in the place of the one named, where that is in force and not revoked by then. */
export const supersedeWhereInForce = (
  oldJti: string,
  action: LicenceRow['action'],
  claims: LicenceClaims,
  signed: Pick<SignedLicence, 'kid' | 'sha256'>,
  now: number,
): Write[] => [
  write(sql`
    INSERT INTO licences (jti, customer_id, action, plan, claims, kid, token_sha256, issued_at)
    SELECT ${claims.jti}, ${claims.sub}, ${action}, ${claims.plan}, ${JSON.stringify(claims)}, ${signed.kid}, ${signed.sha256}, ${now}
    WHERE ${isInForce(oldJti)}`),
  write(sql`UPDATE licences SET in_force = 0 WHERE jti = ${oldJti} AND revoked_at IS NULL`),
];

/** The customers whose licence in force is not revoked. */
export async function findLicensed(db: Db): Promise<string[]> {
  const rows = await db.all<{ customerId: string }>(
    sql`SELECT customer_id AS customerId FROM licences WHERE in_force = 1 AND revoked_at IS NULL ORDER BY customer_id`,
  );
  return rows.map(({ customerId }) => customerId);
}

/** Fails the batch unless the licence is still the one in force, and not revoked. */
export const guardInForce = (jti: string): Write => guard('licence_in_force', isInForce(jti));

/** Fails the batch when another licence has taken its place, be it revoked or not. */
export const guardNewest = (jti: string): Write =>
  guard('licence_newest', sql`EXISTS (SELECT 1 FROM licences WHERE jti = ${jti} AND in_force = 1)`);

/**
 * Customers whose licence in force was signed by a key that is none of `kids`; revoked ones are left as they are. The keys
 * in use are found by jumps through their index, since there are few of them and a row for every customer.
 */
export async function findOfGoneKeys(db: Db, kids: readonly string[], limit: number): Promise<string[]> {
  const counted = sql`in_force = 1 AND revoked_at IS NULL`;
  const rows = await db.all<{ customerId: string }>(sql`
    WITH RECURSIVE used(kid) AS (
      SELECT min(kid) FROM licences WHERE ${counted}
      UNION ALL
      SELECT (SELECT min(kid) FROM licences WHERE ${counted} AND kid > used.kid) FROM used WHERE used.kid IS NOT NULL)
    SELECT l.customer_id AS customerId FROM used JOIN licences l ON l.kid = used.kid AND l.in_force = 1 AND l.revoked_at IS NULL
    WHERE used.kid NOT IN (SELECT value FROM json_each(${JSON.stringify(kids)})) LIMIT ${limit}`);
  return rows.map(({ customerId }) => customerId);
}

/** The licence in force: the newest one, revoked or not. */
export async function newest(db: Db, customerId: string): Promise<LicenceRow | null> {
  const rows = await db
    .select()
    .from(licences)
    .where(eq(licences.customerId, customerId))
    .orderBy(desc(licences.issuedAt), newestFirst)
    .limit(1);
  return rows[0] ?? null;
}

/** One licence by its id. */
export async function findByJti(db: Db, jti: string): Promise<LicenceRow | null> {
  const rows = await db.select().from(licences).where(eq(licences.jti, jti));
  return rows[0] ?? null;
}

/** Licences in one revocation list at most, 0.7 MB of it; those that live longest are told of first. */
export const revocationsMax = 20_000;

const expirySeconds = sql`claims ->> '$.exp'`;
/** Every key that has signed a licence, found by jumps through the index: they are few. */
const signers = sql`
  signers(kid) AS (
    SELECT min(kid) FROM licences
    UNION ALL
    SELECT (SELECT min(kid) FROM licences WHERE kid > signers.kid) FROM signers WHERE signers.kid IS NOT NULL)`;

/**
 * What verifiers that are offline must be told of: revoked licences that have not expired, and keys outside of `kids` that
 * signed licences which have not expired.
 */
export async function findRevoked(
  db: Db,
  kids: readonly string[],
  now: number,
): Promise<{ jtis: string[]; kids: string[] }> {
  const nowSeconds = Math.floor(now / secondMs);
  const jtis = sql`SELECT jti AS name FROM licences WHERE revoked_at IS NOT NULL AND ${expirySeconds} > ${nowSeconds}
    ORDER BY ${expirySeconds} DESC, jti LIMIT ${revocationsMax}`;
  const gone = sql`WITH RECURSIVE ${signers} SELECT kid AS name FROM signers
    WHERE kid NOT IN (SELECT value FROM json_each(${JSON.stringify(kids)}))
    AND EXISTS (SELECT 1 FROM licences WHERE licences.kid = signers.kid AND ${expirySeconds} > ${nowSeconds})`;
  const [revoked, early] = await Promise.all([db.all<{ name: string }>(jtis), db.all<{ name: string }>(gone)]);
  return { jtis: revoked.map(({ name }) => name), kids: early.map(({ name }) => name) };
}

/** Of each of these keys: how many licences in force it signed, and when the last of all its licences expires, seconds. */
export const findNeed = (
  db: Db,
  kids: readonly string[],
): Promise<{ kid: string; inForce: number; lastExpiry: number | null }[]> =>
  db.all(sql`
    SELECT value AS kid,
      (SELECT count(*) FROM licences WHERE kid = value AND in_force = 1 AND revoked_at IS NULL) AS inForce,
      (SELECT max(${expirySeconds}) FROM licences WHERE kid = value) AS lastExpiry
    FROM json_each(${JSON.stringify(kids)})`);

/** All licences of a customer, newest first. */
export const history = (db: Db, customerId: string) =>
  db.select().from(licences).where(eq(licences.customerId, customerId)).orderBy(desc(licences.issuedAt), newestFirst);

/** Revokes whatever of the customer is not revoked yet. */
export const revokeAll = (customerId: string, reason: string, now: number): Write =>
  write(
    build
      .update(licences)
      .set({ revokedAt: now, revokedReason: reason })
      .where(and(eq(licences.customerId, customerId), isNull(licences.revokedAt))),
  );
