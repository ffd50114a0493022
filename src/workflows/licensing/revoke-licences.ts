/** Revokes all licences of a customer until a change of plan or state issues a new one. */
import type { WholeCustomer } from '../../customers/store.ts';
import { ok } from '../../lib/result.ts';
import * as licenceStore from '../../licences/store.ts';
import type { Context, Planned } from '../deed.ts';

export async function revokeLicences(
  { now }: Context,
  { customer }: WholeCustomer,
  reason: string,
): Promise<Planned<null>> {
  return ok({
    value: null,
    writes: [licenceStore.revokeAll(customer.id, reason, now)],
    audit: [{ action: 'licence.revoked', subject: customer.id, details: { reason } }],
  });
}
