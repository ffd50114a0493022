/** Projects: namespaces of organisations in clusters, as rows. Owns `projects`. */
import { and, asc, eq, isNotNull, isNull, type SQL, sql } from 'drizzle-orm';
import type { Db } from '../db/client.ts';
import { projects } from '../db/control-schema.ts';
import { guard } from '../db/guards.ts';
import { build, type Write, write } from '../db/write.ts';
import { namesBefore } from './namespace.ts';

export type ProjectRow = typeof projects.$inferSelect;

export const insertProject = (row: typeof projects.$inferInsert): Write => write(build.insert(projects).values(row));

/** Gives a project its labels; none are null. */
export const setProjectLabels = (seq: number, labels: Readonly<Record<string, string>>): Write =>
  write(
    build
      .update(projects)
      .set({ labels: Object.keys(labels).length === 0 ? null : { ...labels } })
      .where(eq(projects.seq, seq)),
  );

/** The namespace as a project in a cluster, null when nobody has it. */
export async function findProject(db: Db, clusterId: string, namespace: string) {
  const rows = await db
    .select()
    .from(projects)
    .where(and(eq(projects.clusterId, clusterId), eq(projects.namespace, namespace)));
  return rows[0] ?? null;
}

/** The namespaces of a customer that are attached, its own too. */
export const findAttached = (db: Db, customerId: string): Promise<Pick<ProjectRow, 'seq'>[]> =>
  db
    .select({ seq: projects.seq })
    .from(projects)
    .where(and(eq(projects.customerId, customerId), isNull(projects.detachedAt)));

/** The projects of an organisation by cluster and name, the detached ones too. */
export async function listProjects(db: Db, organisationId: string, page: number, limit: number) {
  const mine = eq(projects.organisationId, organisationId);
  const [rows, counted] = await db.batch([
    db
      .select()
      .from(projects)
      .where(mine)
      .orderBy(asc(projects.clusterId), asc(projects.namespace))
      .limit(limit)
      .offset((page - 1) * limit),
    db.select({ total: sql<number>`count(*)` }).from(projects).where(mine),
  ]);
  return { rows, total: counted[0]?.total ?? 0 };
}

/** Ends a project's attachment at an edge, ms; its row stays, because windows are stored under it. */
export const setDetached = (seq: number, at: number): Write =>
  write(build.update(projects).set({ detachedAt: at }).where(eq(projects.seq, seq)));

/** Attaches detached namespaces of a customer again. */
export const attachAgain = (customerId: string, clusterId: string, namespaces: readonly string[]): Write =>
  write(
    build
      .update(projects)
      .set({ detachedAt: null })
      .where(
        and(
          eq(projects.clusterId, clusterId),
          eq(projects.customerId, customerId),
          isNotNull(projects.detachedAt),
          sql`${projects.namespace} IN (SELECT value FROM json_each(${JSON.stringify(namespaces)}))`,
        ),
      ),
  );

/** Projects of a cluster that are taken for some namespaces that are none yet: one's name goes on from the other's (namespace.ts). */
const ambiguousWith = (clusterId: string, namespaces: readonly string[]): SQL => sql`
  SELECT p.namespace AS standing, n.value AS wanted FROM json_each(${JSON.stringify(namespaces)}) n
    JOIN projects p ON p.cluster_id = ${clusterId} AND p.namespace > n.value || '-' AND p.namespace < n.value || '.'
  UNION ALL SELECT p.namespace, n.value ->> 1
    FROM json_each(${JSON.stringify(namespaces.flatMap((name) => namesBefore(name).map((before) => [before, name])))}) n
    JOIN projects p ON p.cluster_id = ${clusterId} AND p.namespace = n.value ->> 0
  LIMIT 1`;

/** A project of the cluster that is taken for one of some namespaces, and which one that is; null when there is none. */
export async function findAmbiguous(db: Db, clusterId: string, namespaces: readonly string[]) {
  const rows = await db.all<{ standing: string; wanted: string }>(ambiguousWith(clusterId, namespaces));
  return rows[0] ?? null;
}

/** Fails the batch when a project of the cluster is taken for one of the namespaces. Stands before their inserts. */
export const guardDistinct = (clusterId: string, namespaces: readonly string[]): Write =>
  guard('namespace_distinct', sql`NOT EXISTS (${ambiguousWith(clusterId, namespaces)})`);
