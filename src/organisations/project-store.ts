/** Projects: namespaces of organisations in clusters, as rows. Owns `projects`. */
import { and, eq } from 'drizzle-orm';
import type { Db } from '../db/client.ts';
import { projects } from '../db/control-schema.ts';
import { build, type Write, write } from '../db/write.ts';

export const insertProject = (row: typeof projects.$inferInsert): Write => write(build.insert(projects).values(row));

/** The namespace as a project in a cluster, null when nobody has it. */
export async function findProject(db: Db, clusterId: string, namespace: string) {
  const rows = await db
    .select()
    .from(projects)
    .where(and(eq(projects.clusterId, clusterId), eq(projects.namespace, namespace)));
  return rows[0] ?? null;
}
