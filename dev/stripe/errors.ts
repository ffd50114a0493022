/** Stripe's errors as it writes them: https://docs.stripe.com/api/errors */
export type StripeError = {
  status: number;
  error: {
    type: 'invalid_request_error' | 'idempotency_error' | 'api_error' | 'card_error';
    message: string;
    code?: string;
    param?: string;
    decline_code?: string;
    charge?: string;
    payment_intent?: unknown;
  };
};

/**
 * Ends an operation from wherever the reason is found, and undoes what it wrote. An exception, because the objects change each
 * other many calls deep and none of those in between has anything to decide; it is caught in one place.
 */
export class Refusal extends Error {
  readonly refusal: StripeError;
  constructor(refusal: StripeError) {
    super(refusal.error.message);
    this.refusal = refusal;
  }
}

const optional = (code: string | undefined, param: string | undefined) => ({
  ...(code === undefined ? {} : { code }),
  ...(param === undefined ? {} : { param }),
});

export const invalid = (message: string, code?: string, param?: string): StripeError => ({
  status: 400,
  error: { type: 'invalid_request_error', message, ...optional(code, param) },
});

export const missing = (kind: string, id: string, param = 'id'): StripeError => ({
  status: 404,
  error: { type: 'invalid_request_error', code: 'resource_missing', message: `No such ${kind}: '${id}'`, param },
});

/** `code` is card_declined, authentication_required and so on; `declineCode` what the bank said. */
export const cardError = (
  message: string,
  code: string,
  declineCode?: string,
  paymentIntent?: unknown,
): StripeError => ({
  status: 402,
  error: {
    type: 'card_error',
    message,
    code,
    ...(declineCode === undefined ? {} : { decline_code: declineCode }),
    ...(paymentIntent === undefined ? {} : { payment_intent: paymentIntent }),
  },
});

export const unknownRoute = (method: string, path: string): StripeError => ({
  status: 404,
  error: { type: 'invalid_request_error', message: `Unrecognized request URL (${method}: ${path}).` },
});

export const unauthorised = (message: string): StripeError => ({
  status: 401,
  error: { type: 'invalid_request_error', message },
});

export const otherParameters = (key: string): StripeError => ({
  status: 400,
  error: {
    type: 'idempotency_error',
    message: `Keys for idempotent requests can only be used with the same parameters they were first used with. Try using a key other than '${key}' if you meant to execute a different request.`,
  },
});

export const keyInUse = (key: string): StripeError => ({
  status: 409,
  error: {
    type: 'idempotency_error',
    code: 'idempotency_key_in_use',
    message: `There is currently another in-progress request using this Idempotent Key (${key}). Please try again later.`,
  },
});

export const tooMany = (): StripeError => ({
  status: 429,
  error: {
    type: 'invalid_request_error',
    code: 'rate_limit',
    message: 'Request rate limit exceeded. Learn more at https://docs.stripe.com/rate-limits.',
  },
});

export const broken = (): StripeError => ({
  status: 500,
  error: { type: 'api_error', message: 'An unknown error occurred' },
});

/** Ends the operation with a refusal of its parameters. */
export function refuse(message: string, code?: string, param?: string): never {
  throw new Refusal(invalid(message, code, param));
}
