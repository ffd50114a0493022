/**
 * Customers at Stripe. A look-up that is sure to see a customer made a moment ago is by email: lists are consistent, search lags by
 * about a minute.
 */
import type Stripe from 'stripe';
import { secondMs } from '../lib/time.ts';
import { attempt, nextOf, type Page, pageMax, type StripeResult } from './call.ts';

export interface StripeCustomerInput {
  customerId: string;
  email: string;
  name: string;
}

/** Parts that it has not are left out. */
export interface StripeAddress {
  line1?: string | undefined;
  line2?: string | undefined;
  city?: string | undefined;
  postal_code?: string | undefined;
  state?: string | undefined;
  country?: string | undefined;
}

/** A customer at Stripe as the last fetch showed it. */
export interface StripeCustomer {
  /** `cus_…` */
  id: string;
  email: string | null;
  name: string | null;
  address: StripeAddress | null;
  /** That it is bound to; null before its first invoice. */
  currency: string | null;
  metadata: Readonly<Record<string, string>>;
}

/** More customers than this with one email do not exist: an email is unique here. */
const sameEmailMax = 100;

function addressOf(address: Stripe.Address | null): StripeAddress | null {
  const { line1, line2, city, postal_code, state, country } = address ?? {};
  const parts = Object.entries({ line1, line2, city, postal_code, state, country }).filter(([, part]) => part);
  return parts.length === 0 ? null : Object.fromEntries(parts);
}

export const customersOf = (stripe: Stripe) => ({
  /** Makes a customer; the same idempotency key within 24 h answers the same customer. Returns `cus_…`. */
  create: (input: StripeCustomerInput, idempotencyKey: string): Promise<StripeResult<string>> =>
    attempt(async () => {
      const customer = await stripe.customers.create(
        { email: input.email, name: input.name, metadata: { tenantry_customer_id: input.customerId } },
        { idempotencyKey },
      );
      return customer.id;
    }),
  /** As it is now; null where it was deleted. */
  fetch: (id: string): Promise<StripeResult<StripeCustomer | null>> =>
    attempt(async () => {
      const found = await stripe.customers.retrieve(id);
      if (found.deleted) return null;
      return {
        id,
        currency: found.currency ?? null,
        email: found.email,
        name: found.name ?? null,
        address: addressOf(found.address ?? null),
        metadata: found.metadata,
      };
    }),
  /** A page of all customers that carry an id of ours, newest first; `next` is what to go on behind, null at the end. */
  page: (after: string | null): Promise<StripeResult<Page<{ id: string; ourId: string; createdAt: number }>>> =>
    attempt(async () => {
      const page = await stripe.customers.list({
        limit: pageMax,
        ...(after === null ? {} : { starting_after: after }),
      });
      const items = page.data.flatMap(({ id, metadata, created }) => {
        const ourId = metadata['tenantry_customer_id'];
        return ourId === undefined ? [] : [{ id, ourId, createdAt: created * secondMs }];
      });
      return { items, next: nextOf(page) };
    }),
  /** The `cus_…` that carries our customer id in its metadata, null when there is none. */
  find: (input: Pick<StripeCustomerInput, 'customerId' | 'email'>): Promise<StripeResult<string | null>> =>
    attempt(async () => {
      const found = await stripe.customers.list({ email: input.email, limit: sameEmailMax });
      return found.data.find((c) => c.metadata['tenantry_customer_id'] === input.customerId)?.id ?? null;
    }),
});
