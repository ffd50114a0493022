/**
 * From the hash of a presented key to who calls: one indexed read, the most frequent one there is. What a reporter may
 * report is read with its key, because its reports need it and a second read of D1 would cost a single report as much again.
 */
import { and, eq, isNull, sql } from 'drizzle-orm';
import type { Db } from '../db/client.ts';
import { clusters, credentials, reporters } from '../db/control-schema.ts';
import { rightsOf } from '../db/reporter-rights.ts';
import type { CredentialKind } from '../lib/keys.ts';
import type { Principal } from './principal.ts';
import { type Recent, recent } from './recent.ts';

/** A key by its owner, as it says itself, and the hash of the whole. */
type Presented = { owner: string; hash: string };
type Find = (key: Presented) => Promise<Principal | null>;

const isLive = and(
  eq(credentials.hash, sql.placeholder('hash')),
  eq(credentials.ownerId, sql.placeholder('owner')),
  isNull(credentials.revokedAt),
);

/** One query a kind, made once a database: their text costs as much as running them. */
function findersOf(db: Db): Record<CredentialKind, Find> {
  const plain = db
    .select({ keyId: credentials.id, name: credentials.name, role: credentials.role })
    .from(credentials)
    .where(and(isLive, eq(credentials.kind, sql.placeholder('kind'))))
    .prepare();
  const ofReporter = db
    .select({ keyId: credentials.id, customerId: reporters.customerId, rights: rightsOf(reporters.seq) })
    .from(credentials)
    .innerJoin(reporters, eq(reporters.id, credentials.ownerId))
    .where(and(isLive, eq(credentials.kind, 'reporter')))
    .prepare();
  const ofCluster = (kind: 'cluster' | 'provisioner') =>
    db
      .select({ keyId: credentials.id, clusterId: clusters.id })
      .from(credentials)
      .innerJoin(clusters, eq(kind === 'cluster' ? clusters.keyOwner : clusters.tokenOwner, credentials.ownerId))
      .where(and(isLive, eq(credentials.kind, kind)))
      .prepare();
  const [cluster, provisioner] = [ofCluster('cluster'), ofCluster('provisioner')];
  return {
    async account(key) {
      const [row] = await plain.execute({ ...key, kind: 'account' });
      return row ? { kind: 'account', customerId: key.owner, keyId: row.keyId } : null;
    },
    async admin(key) {
      const [row] = await plain.execute({ ...key, kind: 'admin' });
      return row ? { kind: 'admin', name: row.name ?? key.owner, role: row.role ?? 'viewer' } : null;
    },
    async reporter(key) {
      const [row] = await ofReporter.execute(key);
      if (!row?.rights) return null;
      const { customerId, keyId, rights } = row;
      return { kind: 'reporter', reporterId: key.owner, customerId, keyId, rights };
    },
    async cluster(key) {
      const [row] = await cluster.execute(key);
      return row ? { kind: 'cluster', clusterId: row.clusterId, keyId: row.keyId } : null;
    },
    async provisioner(key) {
      const [row] = await provisioner.execute(key);
      return row ? { kind: 'provisioner', clusterId: row.clusterId, keyId: row.keyId } : null;
    },
  };
}

const opened = new WeakMap<Db, { finders: Record<CredentialKind, Find>; remembered: Recent<Principal> }>();

/**
 * The principal of a live credential, null when it is unknown or revoked. A reporter's is remembered for a moment: it sends
 * thousands of reports, and one judged by an ownership that has just changed is judged again before it is stored
 * (src/workflows/metering/store-usage.ts). All others are read every time.
 */
export async function findPrincipal(
  db: Db,
  kind: CredentialKind,
  key: Presented,
  now: number,
): Promise<Principal | null> {
  const { finders, remembered } = opened.get(db) ?? { finders: findersOf(db), remembered: recent<Principal>() };
  opened.set(db, { finders, remembered });
  if (kind !== 'reporter') return await finders[kind](key);
  const known = remembered.get(key.hash, now);
  if (known) return known;
  const found = await finders.reporter(key);
  if (found) remembered.set(key.hash, found, now);
  return found;
}
