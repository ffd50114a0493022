/** Clusters: where customers are placed. Owns `clusters`. */
import { asc, eq, sql } from 'drizzle-orm';
import type { Db } from '../db/client.ts';
import { clusters } from '../db/control-schema.ts';
import { guard } from '../db/guards.ts';
import { deployments } from '../db/work-schema.ts';
import { build, type Write, write } from '../db/write.ts';

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

/** The cluster with the most room that has any; the preferred one first. */
export async function findRoom(db: Db, preferred: string): Promise<ClusterRow | null> {
  const rows = await db
    .select({ cluster: clusters })
    .from(clusters)
    .where(sql`${used} < ${clusters.namespacesMax}`)
    .orderBy(sql`${clusters.id} <> ${preferred}, ${used}`)
    .limit(1);
  return rows[0]?.cluster ?? null;
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

/** Whether there is a cluster at all. */
export async function exists(db: Db): Promise<boolean> {
  return (await db.select({ id: clusters.id }).from(clusters).limit(1)).length > 0;
}

/** Fails the batch when the cluster is full by then. */
export const guardRoom = (clusterId: string): Write =>
  guard(
    'cluster_room',
    sql`(SELECT count(*) FROM deployments WHERE cluster_id = ${clusterId} AND status <> 'deleted')
      < (SELECT namespaces_max FROM clusters WHERE id = ${clusterId})`,
  );
