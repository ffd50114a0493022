/** Charges at Stripe with the money that went back of them: refunds and disputes. */
import type Stripe from 'stripe';
import { secondMs } from '../lib/time.ts';
import { attempt, type StripeResult } from './call.ts';

/** A refund or a dispute, in Stripe's own words where it has words. */
export interface StripeReversal {
  /** `re_…`, `pyr_…`, `du_…` or `dp_…` */
  id: string;
  kind: 'refund' | 'dispute';
  amountCents: number;
  currency: string;
  status: string;
  reason: string | null;
  createdAt: number;
}

export interface StripeCharge {
  /** `ch_…` or `py_…` */
  id: string;
  /** `cus_…`, null of a payment without one. */
  customer: string | null;
  amountCents: number;
  refundedCents: number;
  currency: string;
  status: string;
  metadata: Readonly<Record<string, string>>;
  reversals: readonly StripeReversal[];
}

const idOf = (value: string | { id: string } | null | undefined): string | null =>
  typeof value === 'string' ? value : (value?.id ?? null);

const refundOf = (found: Stripe.Refund): StripeReversal => ({
  id: found.id,
  kind: 'refund',
  amountCents: found.amount,
  currency: found.currency,
  status: found.status ?? 'pending',
  reason: found.failure_reason ?? found.reason,
  createdAt: found.created * secondMs,
});

const disputeOf = (found: Stripe.Dispute): StripeReversal => ({
  id: found.id,
  kind: 'dispute',
  amountCents: found.amount,
  currency: found.currency,
  status: found.status,
  reason: found.reason,
  createdAt: found.created * secondMs,
});

/** The newest of a charge: more refunds of one charge than this are not made by hand. */
const listed = { limit: 100 } as const;

export const chargesOf = (stripe: Stripe) => ({
  /** As it is now, with its refunds and disputes. */
  fetch: (id: string): Promise<StripeResult<StripeCharge>> =>
    attempt(async () => {
      const [charge, refunds, disputes] = await Promise.all([
        stripe.charges.retrieve(id),
        stripe.refunds.list({ charge: id, ...listed }),
        stripe.disputes.list({ charge: id, ...listed }),
      ]);
      return {
        id: charge.id,
        customer: idOf(charge.customer),
        amountCents: charge.amount,
        refundedCents: charge.amount_refunded,
        currency: charge.currency,
        status: charge.status,
        metadata: charge.metadata,
        reversals: [...refunds.data.map(refundOf), ...disputes.data.map(disputeOf)],
      };
    }),
});
