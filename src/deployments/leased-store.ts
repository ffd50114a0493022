/** Everything that a leased job is rendered from, in one read. */
import { and, desc, eq, sql } from 'drizzle-orm';
import { alias } from 'drizzle-orm/sqlite-core';
import type { Db } from '../db/client.ts';
import { clusters, customers, reporters, subscriptions } from '../db/control-schema.ts';
import { licences } from '../db/licence-schema.ts';
import { planVersions } from '../db/pricing-schema.ts';
import { deployments, jobs } from '../db/work-schema.ts';

/** The application's reporter. */
const application = alias(reporters, 'application');

export type Leased = NonNullable<Awaited<ReturnType<typeof findLeased>>>;

/**
 * The job that a lease holds, with its deployment, customer, cluster, the deployment's two reporters, the newest licence and
 * the plan version; null when the lease holds none.
 */
export async function findLeased(db: Db, leaseId: string) {
  const rows = await db
    .select({
      job: jobs,
      deployment: deployments,
      customer: customers,
      cluster: clusters,
      reporter: reporters,
      application,
      licence: licences,
      plan: planVersions.definition,
    })
    .from(jobs)
    .innerJoin(deployments, eq(deployments.customerId, jobs.customerId))
    .innerJoin(customers, eq(customers.id, jobs.customerId))
    .innerJoin(subscriptions, eq(subscriptions.customerId, jobs.customerId))
    .innerJoin(
      planVersions,
      and(eq(planVersions.plan, subscriptions.plan), eq(planVersions.version, subscriptions.planVersion)),
    )
    .innerJoin(clusters, eq(clusters.id, jobs.clusterId))
    .innerJoin(reporters, and(eq(reporters.customerId, jobs.customerId), eq(reporters.source, 'deployment')))
    .leftJoin(application, and(eq(application.customerId, jobs.customerId), eq(application.source, 'application')))
    .innerJoin(licences, and(eq(licences.customerId, jobs.customerId), eq(licences.inForce, true)))
    .where(eq(jobs.leaseId, leaseId))
    .orderBy(desc(licences.issuedAt), sql`${licences}.rowid DESC`)
    .limit(1);
  return rows[0] ?? null;
}
