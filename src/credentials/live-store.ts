/**
 * From the hash of a presented key to who calls: one indexed read, the most frequent one there is. What a reporter may
 * report is read with its key, because its reports need it and a second read of D1 would cost a single report as much again.
 */
import { and, eq, sql } from 'drizzle-orm';
import type { Db } from '../db/client.ts';
import { clusters, credentials, customers, reporters } from '../db/control-schema.ts';
import { rightsOf } from '../db/reporter-rights.ts';
import type { CredentialKind } from '../lib/keys.ts';
import { dayMs, floorTo } from '../lib/time.ts';
import { reporterKeyMs } from './credential.ts';
import type { Principal } from './principal.ts';
import { type Recent, recent } from './recent.ts';

/** A key that a caller sent: the owner that stands in it, and the SHA-256 of all of it. */
type Presented = { owner: string; hash: string };
/** A live credential; `lastUsedDay` is the start of a UTC day. */
interface Found {
  principal: Exclude<Principal, { kind: 'public' }>;
  lastUsedDay: number | null;
}
type Find = (key: Presented & { now: number }) => Promise<Found | null>;

const now = sql.placeholder('now');

/** `revoked_at` and `expires_at` may lie ahead. */
const isLive = and(
  eq(credentials.hash, sql.placeholder('hash')),
  eq(credentials.ownerId, sql.placeholder('owner')),
  sql`coalesce(${credentials.revokedAt}, 9e15) > ${now}`,
  sql`coalesce(${credentials.expiresAt}, 9e15) > ${now}`,
);

/** A reporter that has ended, or whose customer is deactivated, has a key as long as it may still report what it has seen. */
const reportsStill = sql`
  min(coalesce(${reporters.activeUntil}, 9e15), coalesce(${customers.deactivatedAt}, 9e15)) + ${reporterKeyMs} > ${now}`;

/** One query a kind, made once a database: their text costs as much as running them. */
function findersOf(db: Db): Record<CredentialKind, Find> {
  const key = { keyId: credentials.id, lastUsedDay: credentials.lastUsedDay };
  const plain = db
    .select({ ...key, name: credentials.name, role: credentials.role })
    .from(credentials)
    .where(and(isLive, eq(credentials.kind, sql.placeholder('kind'))))
    .prepare();
  const ofReporter = db
    .select({ ...key, customerId: reporters.customerId, rights: rightsOf(reporters.seq) })
    .from(credentials)
    .innerJoin(reporters, eq(reporters.id, credentials.ownerId))
    .innerJoin(customers, eq(customers.id, reporters.customerId))
    .where(and(isLive, eq(credentials.kind, 'reporter'), reportsStill))
    .prepare();
  const ofCluster = (kind: 'cluster' | 'provisioner') =>
    db
      .select({ ...key, clusterId: clusters.id })
      .from(credentials)
      .innerJoin(clusters, eq(kind === 'cluster' ? clusters.keyOwner : clusters.tokenOwner, credentials.ownerId))
      .where(and(isLive, eq(credentials.kind, kind)))
      .prepare();
  const [cluster, provisioner] = [ofCluster('cluster'), ofCluster('provisioner')];
  return {
    async account(key) {
      const [row] = await plain.execute({ ...key, kind: 'account' });
      return row
        ? {
            ...row,
            principal: { kind: 'account', customerId: key.owner, role: 'owner', keyId: row.keyId, memberId: null },
          }
        : null;
    },
    async admin(key) {
      const [row] = await plain.execute({ ...key, kind: 'admin' });
      if (!row) return null;
      const { keyId, name, role } = row;
      return { ...row, principal: { kind: 'admin', name: name ?? key.owner, role: role ?? 'viewer', keyId } };
    },
    async organisation(key) {
      const [row] = await plain.execute({ ...key, kind: 'organisation' });
      if (!row) return null;
      return { ...row, principal: { kind: 'organisation', organisationId: key.owner, keyId: row.keyId } };
    },
    async reporter(key) {
      const [row] = await ofReporter.execute({ ...key });
      if (!row?.rights) return null;
      const { customerId, keyId, rights } = row;
      return { ...row, principal: { kind: 'reporter', reporterId: key.owner, customerId, keyId, rights } };
    },
    async cluster(key) {
      const [row] = await cluster.execute({ ...key });
      return row ? { ...row, principal: { kind: 'cluster', clusterId: row.clusterId, keyId: row.keyId } } : null;
    },
    async provisioner(key) {
      const [row] = await provisioner.execute({ ...key });
      return row ? { ...row, principal: { kind: 'provisioner', clusterId: row.clusterId, keyId: row.keyId } } : null;
    },
  };
}

const opened = new WeakMap<Db, { finders: Record<CredentialKind, Find>; remembered: Recent<Principal> }>();

/**
 * The principal of a live credential, null when it is unknown, expired or revoked. A reporter's is remembered for a moment:
 * it sends thousands of reports, and one judged by an ownership that has just changed is judged again before it is stored
 * (src/workflows/metering/store-usage.ts). All others are read every time.
 * @param used called with the credential's id when no use of today is noted yet
 */
export async function findPrincipal(
  db: Db,
  kind: CredentialKind,
  key: Presented,
  now: number,
  used: (keyId: string) => void = () => {},
): Promise<Principal | null> {
  const { finders, remembered } = opened.get(db) ?? { finders: findersOf(db), remembered: recent<Principal>() };
  opened.set(db, { finders, remembered });
  const known = kind === 'reporter' ? remembered.get(key.hash, now) : null;
  if (known) return known;
  const found = await finders[kind]({ ...key, now });
  if (!found) return null;
  if ((found.lastUsedDay ?? -1) < floorTo(now, dayMs)) used(found.principal.keyId);
  if (kind === 'reporter') remembered.set(key.hash, found.principal, now);
  return found.principal;
}
