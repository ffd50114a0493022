/** A Stripe of subscriptions alone, for tests that need one state of it or one fault: what a fetch shows is what the test says. */
import { openDb } from '../../../src/db/client.ts';
import { findCatalogue } from '../../../src/pricing/catalogue-store.ts';
import type { StripeFailure } from '../../../src/stripe/call.ts';
import type { StripePort } from '../../../src/stripe/port.ts';
import type { StripeSubscription } from '../../../src/stripe/subscriptions.ts';

/** Stripe counts in seconds. */
export const second = 1000;
export const day = 86_400_000;

/** The price of a plan at Stripe, in these tests. */
export const priceOf = (plan: string, interval: 'month' | 'year' = 'month') => `price_${plan}_${interval}`;

/** Gives every plan version of the catalogue its prices. */
export async function bindPrices(control: D1Database): Promise<void> {
  const { versions } = await findCatalogue(openDb(control));
  await control.batch(
    versions.flatMap(({ definition: { plan, version } }) =>
      (['month', 'year'] as const).map((interval) =>
        control
          .prepare("INSERT OR IGNORE INTO stripe_prices VALUES (?, ?, ?, ?, 'prod_' || ?1, 'made', 0)")
          .bind(plan, version, interval, priceOf(plan, interval)),
      ),
    ),
  );
}

/** A subscription of a customer, paid for a month from `start`. */
export const aSubscription = (
  customerId: string,
  { plan = 'professional', start, ...fields }: Partial<StripeSubscription> & { plan?: string; start: number },
): StripeSubscription => ({
  id: `sub_${customerId}`,
  customer: `cus_of_${customerId}`,
  status: 'active',
  item: { id: 'si_1', priceId: priceOf(plan), interval: 'month', start, end: start + 30 * day },
  trialEnd: null,
  cancelAt: null,
  cancelBy: null,
  endedAt: null,
  collection: 'card',
  scheduleId: null,
  scheduled: null,
  latestInvoiceId: null,
  latestInvoice: null,
  hasPendingUpdate: false,
  currency: 'usd',
  createdAt: start,
  metadata: { tenantry_customer_id: customerId },
  ...fields,
});

/** What `fetched` runs between the moment that is shown and the answer: where two handlers meet. */
export function fakeStripe() {
  const subscriptions = new Map<string, StripeSubscription>();
  const state = {
    failure: null as StripeFailure | null,
    /** Whether an invoice is open. */
    owed: true,
    fetches: 0,
    fetched: async (_: StripeSubscription): Promise<void> => {},
  };
  const fetch: StripePort['subscriptions']['fetch'] = async (id) => {
    state.fetches += 1;
    if (state.failure) return { ok: false, error: state.failure };
    const found = subscriptions.get(id);
    if (!found) return { ok: false, error: { kind: 'refused', code: 'resource_missing' } };
    const shown = structuredClone(found);
    await state.fetched(shown);
    return { ok: true, value: shown };
  };
  const put = (subscription: StripeSubscription) => {
    subscriptions.set(subscription.id, subscription);
    return subscription.id;
  };
  const changes = { isOwed: async () => ({ ok: true, value: state.owed }) };
  return { stripe: { changes, subscriptions: { fetch } } as unknown as StripePort, put, subscriptions, state };
}
