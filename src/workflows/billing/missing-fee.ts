/** A renewal that has no fee on it, of a subscription that goes on: somebody has taken it off the draft at Stripe. Reads only. */
import { hourMs } from '../../lib/time.ts';
import * as periodStore from '../../periods/store.ts';
import { findCatalogue } from '../../pricing/catalogue-store.ts';
import { baseFeeMeter } from '../../pricing/meters.ts';
import { priceIn } from '../../pricing/stripe-price.ts';
import type { StripeInvoice } from '../../stripe/invoices.ts';
import { findSubscription } from '../../subscriptions/store.ts';
import type { Context } from '../deed.ts';

/** What is different about a line of an invoice at Stripe. */
export interface FoundDifference {
  /** `il_…`, or what stands for one that is not there. */
  line: string;
  expected: string;
  found: string;
}

export const cents = (amount: number): string => `${amount} usd cents`;

/** Stripe renews in seconds, and a period of ours may have been cut at an hour's edge. */
const nearMs = hourMs;

/** @param invoice one without a line of a price that is sold here */
export async function missingFee(
  { db }: Pick<Context, 'db'>,
  customerId: string,
  { billingReason, periodEnd }: StripeInvoice,
): Promise<FoundDifference[]> {
  if (billingReason !== 'subscription_cycle') return [];
  const [periods, subscription, { versions }] = await Promise.all([
    periodStore.findAll(db, customerId),
    findSubscription(db, customerId),
    findCatalogue(db),
  ]);
  // The last invoice of a subscription that ends with its period has what was metered, and no coming period's fee.
  const goesOn = periods.some(({ kind, start }) => kind === 'paid' && Math.abs(start - periodEnd) <= nearMs);
  if (!goesOn || subscription === null) return [];
  const price = priceIn(versions, subscription);
  if (price === undefined || price.amountCents === 0) return [];
  return [{ line: baseFeeMeter, expected: cents(price.amountCents), found: 'no fee' }];
}
