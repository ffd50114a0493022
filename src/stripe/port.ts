/** The narrow port to Stripe: what workflows may ask of it. Implemented by client.ts; its stand-in passes the same suite. */

export interface StripeCustomerInput {
  customerId: string;
  email: string;
  name: string;
}

/**
 * Why a call did not give an answer. `unclear`: it may have happened. `refused`: it did not, and the same call never will.
 * `denied`: it did not, because our key may not do it or too much was asked at once; another time it may.
 */
export type StripeFailure = { kind: 'unclear' | 'refused' | 'denied'; code: string };

export type StripeResult<T> = { ok: true; value: T } | { ok: false; error: StripeFailure };

export interface StripePort {
  /** Makes a customer; the same idempotency key within 24 h answers the same customer. Returns `cus_…`. */
  createCustomer(input: StripeCustomerInput, idempotencyKey: string): Promise<StripeResult<string>>;
  /** The `cus_…` that carries our customer id in its metadata, null when there is none. */
  findCustomer(input: Pick<StripeCustomerInput, 'customerId' | 'email'>): Promise<StripeResult<string | null>>;
}
