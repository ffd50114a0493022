/**
 * Issues the licences of some customers anew, also revoked ones: the way back from a revocation that was a mistake, or
 * whose cause is gone. A customer whose subscription has ended gets none.
 */
import type { Failure } from '../../contracts/failures.ts';
import { findWhole } from '../../customers/store.ts';
import { err, ok } from '../../lib/result.ts';
import * as licenceStore from '../../licences/store.ts';
import { guardUnchanged } from '../../subscriptions/store.ts';
import { meanings } from '../../subscriptions/subscription.ts';
import type { Context, Planned } from '../deed.ts';
import { reissued } from './reissue-licences.ts';

export interface ReissueInput {
  customerIds: readonly string[];
  reason: string;
}

/** What a call has done: licences issued by it, and the order that goes on behind it. */
export interface Reissued {
  reissued: number;
  order: { id: string; matched: number } | null;
}

/** Plans all of them in one batch. */
export async function reissueFor(context: Context, { customerIds, reason }: ReissueInput): Promise<Planned<Reissued>> {
  const ids = [...new Set(customerIds)];
  // The licences before the customers, for the sake of what changes in between (reissue-licences.ts).
  const newest = await Promise.all(ids.map((id) => licenceStore.newest(context.db, id)));
  const lastOf = new Map(newest.flatMap((row) => (row === null ? [] : [[row.customerId, row] as const])));
  const found = await Promise.all(ids.map((id) => findWhole(context.db, id)));
  const customers = found.filter((whole) => whole !== null);
  const missing = ids.filter((id) => !customers.some(({ customer }) => customer.id === id));
  if (missing.length > 0) return err(refusal('not_found', 'not customers of ours', missing));
  const ended = customers.filter(({ subscription }) => meanings[subscription.status].licence === 'revoked');
  if (ended.length > 0) {
    const theirs = ended.map(({ customer }) => customer.id);
    return err(refusal('already_deactivated', 'deactivated customers get no licence; reactivate them first', theirs));
  }
  const issued = await Promise.all(
    customers.map(async (whole) => {
      const last = lastOf.get(whole.customer.id) ?? null;
      return { whole, last, licence: await reissued(context, whole, last?.claims ?? null) };
    }),
  );
  return ok({
    value: { reissued: issued.length, order: null },
    writes: issued.flatMap(({ whole, last, licence }) => [
      guardUnchanged(whole.subscription),
      ...(last === null ? [] : [licenceStore.guardNewest(last.jti)]),
      ...licence.writes,
    ]),
    audit: issued.map(({ whole, licence }) => ({
      action: 'licence.reissued',
      subject: whole.customer.id,
      details: { jti: licence.claims.jti, reason },
    })),
  });
}

const refusal = (code: 'not_found' | 'already_deactivated', message: string, ids: readonly string[]): Failure => ({
  code,
  message,
  details: { customer_ids: ids },
});
