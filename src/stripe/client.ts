/**
 * The official client in workerd, resource by resource. Every call has a timeout; the client's own retries reuse the call's
 * idempotency key.
 */
import Stripe from 'stripe';
import type { Fetch } from '../lib/outbound.ts';
import { billingOf } from './billing.ts';
import { changesOf } from './changes.ts';
import { chargesOf } from './charges.ts';
import { checkoutOf } from './checkout.ts';
import { customersOf } from './customers.ts';
import { draftsOf } from './drafts.ts';
import { eventsOf } from './events.ts';
import { invoicesOf } from './invoices.ts';
import { pausesOf } from './pauses.ts';
import type { StripePort } from './port.ts';
import { portalOf } from './portal.ts';
import { pricesOf } from './prices.ts';
import { renewalsOf } from './renewals.ts';
import { schedulesOf } from './schedules.ts';
import { subscriptionsOf } from './subscriptions.ts';
import { usageEventsOf } from './usage-events.ts';

const timeoutMs = 10_000;
const networkRetries = 1;

export interface StripeAccount {
  secretKey: string;
  /** Another address than Stripe's own. */
  baseUrl: string | undefined;
  fetch: Fetch;
}

let opened: (StripeAccount & { port: StripePort }) | null = null;

/** The client for the real API, or for the stand-in when `baseUrl` is given; made once an isolate. */
export function openStripe(account: StripeAccount): StripePort {
  const { secretKey, baseUrl, fetch } = account;
  if (opened?.secretKey !== secretKey || opened.baseUrl !== baseUrl || opened.fetch !== fetch) {
    opened = { ...account, port: portOver(connect(account)) };
  }
  return opened.port;
}

/** What workflows may ask, over a client. */
export const portOver = (stripe: Stripe): StripePort => ({
  billing: billingOf(stripe),
  changes: changesOf(stripe),
  checkout: checkoutOf(stripe),
  customers: customersOf(stripe),
  prices: pricesOf(stripe),
  charges: chargesOf(stripe),
  drafts: draftsOf(stripe),
  events: eventsOf(stripe),
  invoices: invoicesOf(stripe),
  pauses: pausesOf(stripe),
  portal: portalOf(stripe),
  renewals: renewalsOf(stripe),
  schedules: schedulesOf(stripe),
  subscriptions: subscriptionsOf(stripe),
  usageEvents: usageEventsOf(stripe),
});

function connect({ secretKey, baseUrl, fetch: send }: StripeAccount): Stripe {
  const base = baseUrl === undefined ? null : new URL(baseUrl);
  return new Stripe(secretKey, {
    httpClient: Stripe.createFetchHttpClient((url, init = {}) => send(String(url), init as RequestInit)),
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
}
