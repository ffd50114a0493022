/** Clusters: where customers are placed. Owns `clusters`. */
import { asc, eq, type SQL, sql } from 'drizzle-orm';
import type { Db } from '../db/client.ts';
import { clusters } from '../db/control-schema.ts';
import { guard } from '../db/guards.ts';
import { deployments } from '../db/work-schema.ts';
import { build, type Write, write } from '../db/write.ts';
import { paying } from '../subscriptions/subscription.ts';
import { type Asker, fits, type Limits, limitsOf } from './placement.ts';

export type ClusterRow = typeof clusters.$inferSelect;

/** Namespaces of ours in a cluster, as SQL over `clusters`. */
const used = sql<number>`(SELECT count(*) FROM ${deployments} WHERE ${deployments.clusterId} = ${clusters.id} AND ${deployments.status} <> 'deleted')`;

export const insert = (row: typeof clusters.$inferInsert): Write => write(build.insert(clusters).values(row));

/** One cluster with the number of namespaces it has. */
export async function find(db: Db, id: string) {
  const rows = await db.select({ cluster: clusters, used }).from(clusters).where(eq(clusters.id, id));
  return rows[0] ?? null;
}

export async function list(db: Db, page: number, limit: number) {
  const [rows, counted] = await db.batch([
    db
      .select({ cluster: clusters, used })
      .from(clusters)
      .orderBy(asc(clusters.id))
      .limit(limit)
      .offset((page - 1) * limit),
    db.select({ total: sql<number>`count(*)` }).from(clusters),
  ]);
  return { rows, total: counted[0]?.total ?? 0 };
}

/** A suspended trial was never paid for: it does not keep its place. */
const pays = sql`(s.status IN (SELECT value FROM json_each(${JSON.stringify(paying)})) AND s.suspended_for IS NOT 'trial_ended')`;

/** Stacks of a cluster that count (src/clusters/placement.ts), all or those of customers who do not pay, as SQL. */
const stacks = (clusterId: SQL, unpaidOnly: boolean): SQL<number> => sql<number>`(
  SELECT count(*) FROM deployments d JOIN subscriptions s ON s.customer_id = d.customer_id
  WHERE d.cluster_id = ${clusterId} AND d.status <> 'deleted'
    AND ${unpaidOnly ? sql`d.phase = 'running' AND NOT ${pays}` : sql`(d.phase = 'running' OR ${pays})`})`;

/** What a new customer may be placed by. */
export interface Placement {
  preferred: string;
  asker: Asker;
  unpaidPercent: number;
}

/** The cluster whose doorbell the queue is, null when nobody has it. */
export async function findByQueue(db: Db, queueBinding: string): Promise<string | null> {
  const rows = await db
    .select({ id: clusters.id })
    .from(clusters)
    .where(eq(clusters.queueBinding, queueBinding))
    .limit(1);
  return rows[0]?.id ?? null;
}

/** Fails the batch when another cluster has the doorbell queue by then. */
export const guardQueueFree = ({ id, queueBinding }: Pick<ClusterRow, 'id' | 'queueBinding'>): Write =>
  guard('queue_free', sql`NOT EXISTS (SELECT 1 FROM clusters WHERE queue_binding = ${queueBinding} AND id <> ${id})`);

/** A cluster with room, and what the batch must find still to be so. */
export interface Place {
  clusterId: string;
  limits: Limits;
  asker: Asker;
}

/** Every cluster with its load, as a query. */
export const queryLoads = (db: Db) =>
  db
    .select({
      cluster: clusters,
      stacks: stacks(sql`clusters.id`, false),
      unpaid: stacks(sql`clusters.id`, true),
    })
    .from(clusters);

/** The preferred cluster where it has room, else the emptiest that has any; `none` where there is no cluster at all. */
export function choosePlace(
  rows: Awaited<ReturnType<typeof queryLoads>>,
  { preferred, asker, unpaidPercent }: Placement,
): Place | 'none' | 'full' {
  if (rows.length === 0) return 'none';
  const places = rows
    .map(({ cluster, ...load }) => ({ id: cluster.id, load, limits: limitsOf(cluster, unpaidPercent) }))
    .filter(({ load, limits }) => fits(load, limits, asker))
    .sort((a, b) => Number(a.id !== preferred) - Number(b.id !== preferred) || a.load.stacks - b.load.stacks);
  const [place] = places;
  return place ? { clusterId: place.id, limits: place.limits, asker } : 'full';
}

/** Fails the batch when the place is taken by then. */
export const guardPlace = ({ clusterId, limits, asker }: Place): Write =>
  guard(
    'cluster_room',
    sql`${stacks(sql`${clusterId}`, false)} < ${limits[asker]}
      AND (${asker === 'admin' ? 1 : 0} OR ${stacks(sql`${clusterId}`, true)} < ${limits.unpaid})`,
  );
