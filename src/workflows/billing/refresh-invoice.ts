/** An invoice as Stripe has it now, fetched because of something that we did ourselves: no event has to come for it. */

import { GuardFailed } from '../../db/failure.ts';
import { reasonOf } from '../../lib/reason.ts';
import { ok } from '../../lib/result.ts';
import { raiseFetch, writeFetched } from '../../webhooks/object-store.ts';
import { type Context, carryOut } from '../deed.ts';
import { followInvoice } from './follow-invoice.ts';

/**
 * Fetches and follows it; a later fetch of somebody else's is as good. What does not go now comes with Stripe's event.
 */
export async function refreshInvoice(context: Context, customerId: string, stripeInvoiceId: string): Promise<void> {
  const { db, stripe, now, log } = context;
  if (stripe === null) return;
  try {
    const fetchSeq = await raiseFetch(db, { id: stripeInvoiceId, kind: 'invoice', now });
    const found = await stripe.invoices.fetch(stripeInvoiceId);
    if (!found.ok) return;
    const invoice = found.value;
    const body = { ...invoice, lines: null };
    await carryOut(context, async () => {
      const followed = await followInvoice(context, customerId, invoice, null);
      if (!followed.ok) return { ok: false, error: { code: 'stripe_unavailable', message: followed.error.code } };
      const kept = writeFetched({ id: stripeInvoiceId, fetchSeq, customerId, body, now });
      return ok({ value: null, writes: [...kept, ...followed.value.writes], audit: followed.value.audit });
    });
  } catch (error) {
    if (!(error instanceof GuardFailed)) log('warn', 'an invoice could not be looked at', { error: reasonOf(error) });
  }
}
