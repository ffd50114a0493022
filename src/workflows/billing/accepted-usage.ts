/** Whose usage decisions about reviews have changed, by organisation: those are told as of new usage. Reads only. */
import { findOrganisations } from '../../customers/store.ts';
import type { Db } from '../../db/client.ts';
import type { Decided } from './decide-reviews.ts';

/** Customers of whom a review was accepted, by their organisation. A rejected one changes nothing. */
export async function acceptedUsage(db: Db, decided: readonly Decided[]): Promise<Map<string, Set<string>>> {
  const customerIds = decided.flatMap((o) => ('status' in o && o.status === 'accepted' ? (o.customerId ?? []) : []));
  if (customerIds.length === 0) return new Map();
  const rows = await findOrganisations(db, [...new Set(customerIds)]);
  const byOrganisation = Map.groupBy(rows, ({ organisationId }) => organisationId);
  return new Map([...byOrganisation].map(([id, found]) => [id, new Set(found.map(({ customerId }) => customerId))]));
}
