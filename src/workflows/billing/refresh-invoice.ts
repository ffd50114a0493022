/** An invoice as Stripe has it now, fetched because of something that we did ourselves: no event has to come for it. */

import { GuardFailed } from '../../db/failure.ts';
import { reasonOf } from '../../lib/reason.ts';
import { ok } from '../../lib/result.ts';
import { raiseFetch, writeFetched } from '../../webhooks/object-store.ts';
import { type Context, carryOut } from '../deed.ts';
import { followInvoice } from './follow-invoice.ts';

/**
 * Fetches and follows it; a later fetch of somebody else's is as good. What does not go now comes with Stripe's event.
 * @returns whether it went
 */
export async function refreshInvoice(context: Context, customerId: string, stripeInvoiceId: string): Promise<boolean> {
  const { db, stripe, now, log } = context;
  if (stripe === null) return false;
  try {
    const fetchSeq = await raiseFetch(db, { id: stripeInvoiceId, kind: 'invoice', now });
    const found = await stripe.invoices.fetch(stripeInvoiceId);
    if (!found.ok) return false;
    const invoice = found.value;
    const body = { ...invoice, lines: null };
    const done = await carryOut(context, async () => {
      const followed = await followInvoice(context, customerId, invoice, null);
      if (!followed.ok) return { ok: false, error: { code: 'stripe_unavailable', message: followed.error.code } };
      const kept = writeFetched({ id: stripeInvoiceId, fetchSeq, customerId, body, now });
      return ok({ value: null, writes: [...kept, ...followed.value.writes], audit: followed.value.audit });
    });
    return done.ok;
  } catch (error) {
    if (!(error instanceof GuardFailed)) log('warn', 'an invoice could not be looked at', { error: reasonOf(error) });
    return false;
  }
}
