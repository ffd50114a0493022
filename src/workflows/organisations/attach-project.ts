/** Attaches a namespace to a customer of an organisation, or one that was detached again. Nobody measures it by that. */
import { type Failure, notFound } from '../../contracts/failures.ts';
import { findWhole } from '../../customers/store.ts';
import { err, ok } from '../../lib/result.ts';
import { attachAgain, findProject, type ProjectRow } from '../../organisations/project-store.ts';
import { findOrganisation } from '../../organisations/store.ts';
import { guardStatus } from '../../subscriptions/store.ts';
import { meanings } from '../../subscriptions/subscription.ts';
import type { Context, Planned } from '../deed.ts';
import { attachWrites, namespaceTaken, refuseAmbiguous, refuseReserved } from '../metering/attach-namespaces.ts';

export interface AttachInput {
  organisationId: string;
  customerId: string;
  clusterId: string;
  namespace: string;
}

/** The customer must be the organisation's, and placed in the cluster: its reporters measure there and nowhere else. */
export async function attachProject(
  context: Context,
  { organisationId, customerId, clusterId, namespace }: AttachInput,
): Promise<Planned<Omit<ProjectRow, 'seq'>>> {
  const { db, now } = context;
  if (!(await findOrganisation(db, organisationId))) return err(notFound);
  const whole = await findWhole(db, customerId);
  if (whole?.customer.organisationId !== organisationId) {
    return err(invalid('customer_id', 'the organisation has no such customer'));
  }
  const { customer, deployment, subscription } = whole;
  if (!meanings[subscription.status].accountKeys) {
    return err({
      code: 'already_deactivated',
      message: 'a deactivated customer gets no projects; reactivate it first',
    });
  }
  if (deployment.clusterId !== clusterId) {
    return err(invalid('cluster_id', `the customer is in the cluster ${deployment.clusterId}, and measured there`));
  }
  const reserved = refuseReserved('namespace', [namespace], deployment.namespace);
  if (reserved) return err(reserved);
  const standing = await findProject(db, clusterId, namespace);
  if (standing && (standing.customerId !== customerId || standing.detachedAt === null)) {
    return err(standing.customerId === customerId ? alreadyAttached(namespace) : namespaceTaken(namespace));
  }
  const attached = standing ? [] : [namespace];
  const ambiguous = await refuseAmbiguous(context, 'namespace', { clusterId, attached, all: [namespace] });
  if (ambiguous) return err(ambiguous);
  const value = {
    clusterId,
    namespace,
    organisationId,
    customerId,
    own: false,
    createdAt: now,
    detachedAt: null,
    labels: null,
  };
  return ok({
    value: standing ? { ...standing, detachedAt: null } : value,
    writes: [
      guardStatus(customer.id, subscription.status),
      ...attachWrites(context, customer, clusterId, attached),
      attachAgain(customerId, clusterId, [namespace]),
    ],
    audit: [
      {
        action: 'project.attached',
        subject: organisationId,
        details: { cluster_id: clusterId, namespace, customer_id: customerId },
      },
    ],
  });
}

const invalid = (path: string, message: string): Failure => ({
  code: 'validation_failed',
  message: `${path}: ${message}`,
  details: { issues: [{ path, message }] },
});

const alreadyAttached = (namespace: string): Failure => ({
  code: 'namespace_taken',
  message: `the customer has the namespace ${namespace} already`,
});
