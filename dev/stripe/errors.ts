/** Stripe's errors as it writes them: https://docs.stripe.com/api/errors */
export type StripeError = {
  status: number;
  error: {
    type: 'invalid_request_error' | 'idempotency_error' | 'api_error';
    message: string;
    code?: string;
    param?: string;
  };
};

export const invalid = (message: string, code?: string, param?: string): StripeError => ({
  status: 400,
  error: {
    type: 'invalid_request_error',
    message,
    ...(code === undefined ? {} : { code }),
    ...(param === undefined ? {} : { param }),
  },
});

export const missing = (kind: string, id: string): StripeError => ({
  status: 404,
  error: { type: 'invalid_request_error', code: 'resource_missing', message: `No such ${kind}: '${id}'`, param: 'id' },
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

export const broken = (): StripeError => ({
  status: 500,
  error: { type: 'api_error', message: 'An unknown error occurred' },
});
