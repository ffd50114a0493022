/** Drafts that Stripe could not finalise for want of an address are tried again, because the customer may have another one now. */
import type { Db } from '../db/client.ts';
import type { Write } from '../db/write.ts';
import { move } from '../invoices/store.ts';
import { planFinalizeAgain } from '../outbox/again-store.ts';
import { findStuckDrafts } from '../webhooks/stuck-store.ts';

/**
 * Orders that each is finalised: the one order that a person gives, too (close-period.ts). Where it is on its way, what it is refused for
 * may be mended by now, and it goes once more.
 */
export async function planUnstick(db: Db, customerId: string, now: number): Promise<Write[]> {
  const stuck = await findStuckDrafts(db, customerId);
  return stuck.flatMap((invoiceId) => [
    ...planFinalizeAgain({ customerId, invoiceId, now }),
    move(invoiceId, ['failed'], 'finalizing'),
  ]);
}
