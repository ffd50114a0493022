/** Drafts that Stripe could not finalise for want of an address are tried again, because the customer may have another one now. */
import type { Db } from '../db/client.ts';
import type { Write } from '../db/write.ts';
import { planUnless } from '../outbox/store.ts';
import { findStuckDrafts, isBeingFinalised } from '../webhooks/stuck-store.ts';

/** Plans another attempt at each, unless one is on its way. */
export async function planUnstick(db: Db, customerId: string, now: number): Promise<Write[]> {
  const stuck = await findStuckDrafts(db, customerId);
  return stuck.map((invoiceId) =>
    planUnless(
      { kind: 'stripe_unstick', payload: { customer_id: customerId, invoice_id: invoiceId }, now },
      isBeingFinalised(invoiceId),
    ),
  );
}
