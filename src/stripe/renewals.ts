/** Renewal invoices that are not to be collected. A draft of a subscription cannot be deleted: it is finalised, unsent, and voided. */
import type Stripe from 'stripe';
import { attempt, type StripeResult } from './call.ts';

export const renewalsOf = (stripe: Stripe) => ({
  /** Nobody can pay the invoice any more; one that is void, paid or gone is left as it is. */
  drop: async (id: string, idempotencyKey: string): Promise<StripeResult<null>> => {
    const dropped = await attempt(async () => {
      const found = await stripe.invoices.retrieve(id);
      const key = { idempotencyKey: `${idempotencyKey}-finalize` };
      const { status } =
        found.status === 'draft' ? await stripe.invoices.finalizeInvoice(id, { auto_advance: false }, key) : found;
      if (status === 'open') await stripe.invoices.voidInvoice(id, {}, { idempotencyKey });
      return null;
    });
    return !dropped.ok && dropped.error.code === 'resource_missing' ? { ok: true, value: null } : dropped;
  },
});
