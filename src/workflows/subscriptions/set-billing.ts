/** Sets how a customer is billed. Stripe is told by an outbox row; what it refuses of it stands in the settings then. */
import { type Settings, sellersFields, withGiven } from '../../billing/settings.ts';
import type { BillingRow } from '../../billing/store.ts';
import * as billingStore from '../../billing/store.ts';
import { faultOf } from '../../billing/tax-id.ts';
import type { BillingBody } from '../../contracts/billing.ts';
import type { Failure } from '../../contracts/failures.ts';
import { newId } from '../../lib/ids.ts';
import { err, ok } from '../../lib/result.ts';
import * as outboxStore from '../../outbox/store.ts';
import type { Context, Planned } from '../deed.ts';

export interface BillingChange {
  customerId: string;
  given: BillingBody;
  /** Whether one of ours asks. */
  isSeller: boolean;
}

/** Plans the settings. */
export async function setBilling(
  { db, now, random }: Context,
  { customerId, given, isSeller }: BillingChange,
): Promise<Planned<BillingRow>> {
  const theirs = sellersFields.find((field) => given[field] !== undefined);
  if (theirs !== undefined && !isSeller) return err(sellersOwn(theirs));
  const wrong = taxIdFault(given);
  if (wrong) return err(wrong);
  const before = await billingStore.findBilling(db, customerId);
  const next = withGiven(before, given);
  const id = newId('outbox', random);
  return ok({
    value: rowOf(customerId, before, next, now),
    writes: [
      ...billingStore.putBilling(customerId, before, next, now),
      outboxStore.plan({ id, kind: 'stripe_billing', payload: { customer_id: customerId }, now }),
    ],
    audit: [{ action: 'billing.set', subject: customerId, details: { fields: Object.keys(given) } }],
    outbox: [id],
  });
}

const rowOf = (customerId: string, before: BillingRow | null, next: Settings, now: number): BillingRow => ({
  customerId,
  ...next,
  taxIds: next.taxIds === null ? null : [...next.taxIds],
  version: (before?.version ?? 0) + 1,
  sentVersion: before?.sentVersion ?? 0,
  refused: before?.refused ?? [],
  updatedAt: now,
});

const sellersOwn = (field: string): Failure => ({ code: 'forbidden', message: `${field} is set by an operator` });

/** The first tax id that is none. */
function taxIdFault({ tax_ids: ids = [] }: BillingBody): Failure | null {
  for (const [place, id] of ids.entries()) {
    const fault = faultOf(id);
    if (fault === null) continue;
    const path = `tax_ids.${place}`;
    return { code: 'tax_id_invalid', message: `${path}: ${fault}`, details: { issues: [{ path, message: fault }] } };
  }
  return null;
}
