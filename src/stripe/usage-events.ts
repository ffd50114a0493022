/**
 * What was used as an event of a Stripe meter: one sum of whole cents an invoice, for who bills by a price on that meter
 * (`USAGE_BILLING=meter_events`). Stripe knows an identifier for a day only, so nobody can look up an older one.
 */
import type Stripe from 'stripe';
import { secondMs } from '../lib/time.ts';
import { attempt, type StripeResult } from './call.ts';

/** The meter that has to be there at Stripe. */
const eventName = 'tenantry_overage_cents';

export const usageEventsOf = (stripe: Stripe) => ({
  /** Whether a price bills what the meter was told: a subscription may have prices of somebody else's, and other meters'. */
  isBilledBy: (priceId: string): Promise<StripeResult<boolean>> =>
    attempt(async () => {
      const { recurring } = await stripe.prices.retrieve(priceId);
      const meter = recurring?.meter ?? null;
      return meter !== null && (await stripe.billing.meters.retrieve(meter)).event_name === eventName;
    }),
  /** @param at ms, within the period that it is of */
  tell: async (event: {
    customer: string;
    cents: number;
    identifier: string;
    at: number;
  }): Promise<StripeResult<null>> => {
    const told = await attempt(async () => {
      await stripe.billing.meterEvents.create({
        event_name: eventName,
        identifier: event.identifier,
        payload: { stripe_customer_id: event.customer, value: String(event.cents) },
        timestamp: Math.floor(event.at / secondMs),
      });
      return null;
    });
    return !told.ok && told.error.code === 'resource_already_exists' ? { ok: true, value: null } : told;
  },
});
