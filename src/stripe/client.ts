/**
 * The port over the official client, in workerd. Every call has a timeout; the client's own retries reuse the call's
 * idempotency key. Lacks: a look-up that is sure to see a customer made a moment ago is by email (lists are consistent,
 * search lags by about a minute).
 */
import Stripe from 'stripe';
import type { StripeFailure, StripePort, StripeResult } from './port.ts';

const timeoutMs = 10_000;
const networkRetries = 1;
/** More customers than this with one email do not exist: an email is unique here. */
const sameEmailMax = 100;

let opened: { secretKey: string; baseUrl: string | undefined; port: StripePort } | null = null;

/** The client for the real API, or for the stand-in when `baseUrl` is given; made once an isolate. */
export function openStripe(secretKey: string, baseUrl: string | undefined): StripePort {
  if (opened?.secretKey !== secretKey || opened.baseUrl !== baseUrl) {
    opened = { secretKey, baseUrl, port: connect(secretKey, baseUrl) };
  }
  return opened.port;
}

function connect(secretKey: string, baseUrl: string | undefined): StripePort {
  const base = baseUrl === undefined ? null : new URL(baseUrl);
  const stripe = new Stripe(secretKey, {
    httpClient: Stripe.createFetchHttpClient(),
    timeout: timeoutMs,
    maxNetworkRetries: networkRetries,
    telemetry: false,
    ...(base
      ? {
          host: base.hostname,
          port: base.port || '443',
          protocol: base.protocol === 'http:' ? ('http' as const) : ('https' as const),
        }
      : {}),
  });
  return {
    createCustomer: (input, idempotencyKey) =>
      attempt(async () => {
        const customer = await stripe.customers.create(
          { email: input.email, name: input.name, metadata: { tenantry_customer_id: input.customerId } },
          { idempotencyKey },
        );
        return customer.id;
      }),
    findCustomer: (input) =>
      attempt(async () => {
        const found = await stripe.customers.list({ email: input.email, limit: sameEmailMax });
        return found.data.find((c) => c.metadata['tenantry_customer_id'] === input.customerId)?.id ?? null;
      }),
  };
}

async function attempt<T>(call: () => Promise<T>): Promise<StripeResult<T>> {
  try {
    return { ok: true, value: await call() };
  } catch (error) {
    return { ok: false, error: failureOf(error) };
  }
}

/** Statuses that speak of our key or our pace, not of the call (docs.stripe.com/error-low-level). */
const denials: readonly number[] = [401, 403, 429];

/** Only Stripe's own words for "not done" are a refusal; silence, 5xx and 409 (the same key is in use) leave it open. */
function failureOf(error: unknown): StripeFailure {
  if (!(error instanceof Stripe.errors.StripeError)) return { kind: 'unclear', code: 'unexpected' };
  const status = error.statusCode ?? 0;
  const code = error.code ?? error.type;
  if (denials.includes(status)) return { kind: 'denied', code };
  return status >= 400 && status < 500 && status !== 409 ? { kind: 'refused', code } : { kind: 'unclear', code };
}
