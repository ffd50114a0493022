/** Customers who subscribe at the stand-in: signup, checkout, payment, and what the Worker then says. */
import { expect } from 'vitest';
import type { SignupAnswer } from '../../../src/contracts/customers.ts';
import type { SubscriptionView } from '../../../src/contracts/subscriptions.ts';
import { servicesOf } from '../../../src/services.ts';
import { contextOf } from '../../../src/wiring.ts';
import { refreshSubscription } from '../../../src/workflows/subscriptions/refresh-subscription.ts';
import { type Api, rootToken, signUp } from './api.ts';
import type { StandInOfTests } from './stripe.ts';

/** Where Stripe's pages lead back to in tests: PUBLIC_URL's own. */
export const urls = {
  success_url: 'http://127.0.0.1:8787/done?s={CHECKOUT_SESSION_ID}',
  cancel_url: 'http://127.0.0.1:8787/',
};

const goodCard = '4242424242424242';

interface Problem {
  code: string;
  message: string;
  details: Record<string, unknown>;
}

export const problem = async (response: Response) => (await response.json()) as Problem;

/** Status and code of a refusal. */
export const refusalOf = async (response: Response) => [response.status, (await problem(response)).code];

/** The body of a 200. */
export async function good<T>(response: Response): Promise<T> {
  const text = await response.text();
  expect(response.status, text).toBe(200);
  return JSON.parse(text) as T;
}

export interface OpenPage {
  session_id: string;
  checkout_url: string;
}

export function subscribersOf(api: Api, stripe: () => StandInOfTests) {
  const contextNow = () => contextOf(servicesOf(api.bindings, { waitUntil: () => {} }, api.outside));
  /** What an event of Stripe's would have us do. */
  const refresh = (id: string) => refreshSubscription(contextNow(), id);

  const ask = (path: string, made: SignupAnswer, body: Record<string, unknown> = {}, token = made.api_key) =>
    api.call('POST', `/api/subscriptions/${path}`, {
      token,
      body: { customer_id: made.customer.customer_id, ...body },
    });

  const subscriptionOf = async ({ customer: { customer_id: id } }: SignupAnswer) => {
    const read = await api.call('GET', `/api/subscriptions/${id}`, { token: rootToken });
    return (await good<{ subscription: SubscriptionView }>(read)).subscription;
  };

  /** Pays on the page, beside the Worker. */
  async function pay({ session_id }: OpenPage, card = goodCard, more = {}): Promise<string> {
    const done = await stripe().door<{ subscription: string }>(`/checkout/${session_id}/complete`, { card, ...more });
    return done.subscription;
  }

  /** Pays on the page itself, with what is typed in beside the card. */
  async function payOnPage({ session_id, checkout_url }: OpenPage, typed: Record<string, string>): Promise<string> {
    const body = new URLSearchParams({ card: goodCard, ...typed });
    const answer = await fetch(checkout_url, { method: 'POST', body, redirect: 'manual' });
    expect(answer.status).toBe(303);
    return (await stripe().read<{ subscription: string }>(`/checkout/sessions/${session_id}`)).subscription;
  }

  /** A customer who has bought a plan; the free days go on. */
  async function subscribed(plan = 'starter', body: Record<string, unknown> = {}) {
    const made = await signUp(api, { plan: 'starter' });
    const page = await good<OpenPage>(await ask('checkout', made, { plan, ...urls, ...body }));
    const id = await pay(page);
    await refresh(id);
    return { made, id };
  }

  /** As `subscribed`, of somebody whose trial was over in a day: what is bought is paid at once. */
  async function paying(
    plan = 'starter',
    body: Record<string, unknown> = {},
    payOn: (page: OpenPage) => Promise<string> = pay,
  ) {
    const made = await signUp(api, { plan: 'starter' });
    const control = api.bindings['CONTROL'] as D1Database;
    const id = made.customer.customer_id;
    const soon = api.clock.now + 86_400_000;
    await control.batch([
      control.prepare('UPDATE subscriptions SET trial_ends_at = ? WHERE customer_id = ?').bind(soon, id),
      control.prepare('UPDATE billing_periods SET end_at = ? WHERE customer_id = ?').bind(soon, id),
    ]);
    const page = await good<OpenPage>(await ask('checkout', made, { plan, ...urls, ...body }));
    const sub = await payOn(page);
    await refresh(sub);
    return { made, id: sub };
  }

  /** The card that the subscription is charged to from now on. */
  async function giveCard(subscriptionId: string, card: string): Promise<void> {
    const { customer } = await stripe().read<{ customer: string }>(`/subscriptions/${subscriptionId}`);
    const { id } = await stripe().door(`/customers/${customer}/cards`, { card });
    await stripe().call(`/subscriptions/${subscriptionId}`, { default_payment_method: id });
  }

  return { ask, subscriptionOf, pay, refresh, payOnPage, subscribed, paying, giveCard, contextNow };
}
