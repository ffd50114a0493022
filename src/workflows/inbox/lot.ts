/**
 * A lot of events that are processed one after another. Each was in the inbox before the first of them is begun, so what is fetched of an
 * object for one is as new as what the others tell of it: it is fetched once a lot. A renewal is half a dozen events of one invoice.
 */
import type { StripeInvoice } from '../../stripe/invoices.ts';
import type { Context } from '../deed.ts';
import { type Refreshed, refreshSubscription } from '../subscriptions/refresh-subscription.ts';

export interface Lot {
  /** Those that were refreshed, by Stripe's id. */
  subscriptions: Map<string, Refreshed>;
  /** Those that were fetched, followed and committed, by Stripe's id; null where Stripe has none of it any more. */
  invoices: Map<string, StripeInvoice | null>;
}

export const newLot = (): Lot => ({ subscriptions: new Map(), invoices: new Map() });

/** Refreshes the subscription, unless an event of the lot has done so. @throws as refreshSubscription does */
export async function refreshOnce(context: Context, lot: Lot, id: string): Promise<Refreshed> {
  const known = lot.subscriptions.get(id);
  // Its outbox rows were handed on with the first.
  if (known) return { ...known, outbox: [] };
  const refreshed = await refreshSubscription(context, id);
  lot.subscriptions.set(id, refreshed);
  return refreshed;
}
