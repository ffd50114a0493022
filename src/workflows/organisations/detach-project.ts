/**
 * Detaches a namespace that was attached: whoever measures it ends at the end of this hour, or of the last window that is
 * stored if that is later, because whatever is stored and billed has an owner for ever. A customer's own stays.
 */
import { notFound } from '../../contracts/failures.ts';
import { findCustomer } from '../../customers/store.ts';
import { shardOf } from '../../db/shards.ts';
import { err, ok } from '../../lib/result.ts';
import { ceilTo, hourMs, iso } from '../../lib/time.ts';
import { findProject, type ProjectRow, setDetached } from '../../organisations/project-store.ts';
import { endOwnershipsOf } from '../../reporters/ownership-store.ts';
import { endDispossessed } from '../../reporters/store.ts';
import { lastEndWith } from '../../usage/history-store.ts';
import { everyMeter } from '../../usage/meters.ts';
import type { Context, Planned } from '../deed.ts';
import { holdBackReports } from '../metering/hold-back-reports.ts';

export interface DetachInput {
  organisationId: string;
  clusterId: string;
  namespace: string;
}

/** Detached already: nothing is changed, the answer is the same. */
export async function detachProject(
  context: Context,
  { organisationId, clusterId, namespace }: DetachInput,
): Promise<Planned<ProjectRow>> {
  const { db, now } = context;
  const project = await findProject(db, clusterId, namespace);
  if (project?.organisationId !== organisationId) return err(notFound);
  if (project.own) {
    return err({ code: 'project_own', message: "a customer's own namespace is not detached; deactivate the customer" });
  }
  if (project.detachedAt !== null) return ok({ value: project, writes: [], audit: [] });
  const customer = await findCustomer(db, project.customerId);
  if (!customer) throw new Error(`the project ${namespace} has no customer`);
  const shard = shardOf(context, customer);
  const { unchanged } = await holdBackReports({ control: db, shard }, customer.seq);
  const asked = ceilTo(now, hourMs);
  const stored = { customerSeq: customer.seq, projects: [project.seq], meters: everyMeter, since: asked };
  const last = await lastEndWith(shard, stored);
  const edge = last === null ? asked : ceilTo(last, hourMs);
  return ok({
    value: { ...project, detachedAt: edge },
    writes: [
      unchanged,
      ...endOwnershipsOf(project.seq, edge),
      endDispossessed(customer.id, edge),
      setDetached(project.seq, edge),
    ],
    audit: [
      {
        action: 'project.detached',
        subject: organisationId,
        details: { cluster_id: clusterId, namespace, customer_id: customer.id, detached_at: iso(edge) },
      },
    ],
  });
}
