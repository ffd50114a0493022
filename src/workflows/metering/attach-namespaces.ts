/**
 * Namespaces that become projects of a customer: which may not, and the statements that attach the others. Used where an
 * admin names them for a reporter, and where one is attached by itself.
 */
import type { Failure } from '../../contracts/failures.ts';
import type { CustomerRow } from '../../customers/store.ts';
import type { Write } from '../../db/write.ts';
import { ambiguousIn } from '../../organisations/namespace.ts';
import { findAmbiguous, guardDistinct, insertProject } from '../../organisations/project-store.ts';
import { reservedFor } from '../../reporters/reporter.ts';
import type { Context } from '../deed.ts';

/** The refusal of a namespace that nobody may have, or only another customer; null when there is none. */
export function refuseReserved(field: string, namespaces: readonly string[], own: string): Failure | null {
  for (const namespace of namespaces) {
    const reserved = reservedFor(namespace, own);
    if (reserved === 'system') {
      return { code: 'validation_failed', message: `${field}: ${namespace} is the cluster's own` };
    }
    if (reserved === 'customer') return namespaceTaken(namespace);
  }
  return null;
}

/** A namespace of somebody else's. */
export const namespaceTaken = (namespace: string): Failure => ({
  code: 'namespace_taken',
  message: `the namespace ${namespace} belongs to somebody else`,
});

/**
 * The refusal of namespaces whose services could not be told from another's by name; null when there is nothing to refuse.
 * @param attached those that are none yet, among `all`
 */
export async function refuseAmbiguous(
  { db }: Context,
  field: string,
  { clusterId, attached, all }: { clusterId: string; attached: readonly string[]; all: readonly string[] },
): Promise<Failure | null> {
  if (attached.length === 0) return null;
  const among = ambiguousIn(all);
  const standing = among ? null : await findAmbiguous(db, clusterId, attached);
  const [one, other] = among ?? [standing?.standing, standing?.wanted];
  if (one === undefined || other === undefined) return null;
  const [shorter, longer] = [one, other].sort((a, b) => a.length - b.length);
  const told = `the name of ${longer} goes on from ${shorter}, so that metrics by name confuse their services`;
  return { code: 'namespace_ambiguous', message: `${field}: ${told}; a cluster takes only one of the two` };
}

/** The statements that attach namespaces which are none yet. */
export function attachWrites(
  { now }: Context,
  customer: Pick<CustomerRow, 'id' | 'organisationId'>,
  clusterId: string,
  namespaces: readonly string[],
): Write[] {
  if (namespaces.length === 0) return [];
  const rows = namespaces.map((namespace) =>
    insertProject({
      clusterId,
      namespace,
      organisationId: customer.organisationId,
      customerId: customer.id,
      own: false,
      createdAt: now,
    }),
  );
  return [guardDistinct(clusterId, namespaces), ...rows];
}
