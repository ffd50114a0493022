/** One call of the official client, with its outcome as a value: what Stripe's answers and silences mean for the caller. */
import Stripe from 'stripe';

/**
 * Why a call did not give an answer. `unclear`: it may have happened. `refused`: it did not, and the same call never will.
 * `denied`: it did not, because our key may not do it or too much was asked at once; another time it may.
 */
export interface StripeFailure {
  kind: 'unclear' | 'refused' | 'denied';
  code: string;
  /** Of a refusal: the parameter that it is about. */
  param?: string;
}

export type StripeResult<T> = { ok: true; value: T } | { ok: false; error: StripeFailure };

/** A page of one of Stripe's lists; `next` is the id to go on behind, null at the end. */
export interface Page<T> {
  items: T[];
  next: string | null;
}

/** Behind which id a list goes on, null at its end. */
export const nextOf = ({ data, has_more }: { data: readonly { id: string }[]; has_more: boolean }): string | null =>
  has_more ? (data.at(-1)?.id ?? null) : null;

/** Items of a page. */
export const pageMax = 100;

/** Makes the call; never throws for what Stripe or the network does. */
export async function attempt<T>(call: () => Promise<T>): Promise<StripeResult<T>> {
  try {
    return { ok: true, value: await call() };
  } catch (error) {
    return { ok: false, error: failureOf(error) };
  }
}

/** Statuses that speak of our key or our pace, not of the call (docs.stripe.com/error-low-level). */
const denials: readonly number[] = [401, 403, 429];

/**
 * Only Stripe's own words for "not done" are a refusal; silence, 5xx and a key that is in use (409), or was used for a call that said
 * something else, leave it open: that call may have happened.
 */
function failureOf(error: unknown): StripeFailure {
  if (!(error instanceof Stripe.errors.StripeError)) return { kind: 'unclear', code: 'unexpected' };
  const status = error.statusCode ?? 0;
  const code = error.code ?? error.type;
  if (denials.includes(status)) return { kind: 'denied', code };
  const isOfKey = status === 409 || error instanceof Stripe.errors.StripeIdempotencyError;
  if (status < 400 || status >= 500 || isOfKey) return { kind: 'unclear', code };
  return { kind: 'refused', code, ...(error.param === undefined ? {} : { param: error.param }) };
}
