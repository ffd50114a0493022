/** What tests of Stripe's events begin with: a customer whom Stripe knows, an empty inbox, and events that are sent and processed. */
import { beforeAll, beforeEach, expect } from 'vitest';
import { ensureCluster, makeApi, signUp } from './api.ts';
import { type Json, knownAs, stripeFor } from './stripe-events.ts';

export const startAt = 1_780_000_000_000;

/** @param emptied tables that each test finds empty, beside the inbox */
export function inboxOf(emptied: readonly string[]) {
  const api = makeApi(startAt);
  const stripe = stripeFor(api);
  const control = api.bindings['CONTROL'] as D1Database;
  /** The customer, and its `cus_…`. */
  const known = { customerId: '', cus: '' };

  beforeAll(async () => {
    await ensureCluster(api);
    known.customerId = (await signUp(api)).customer.customer_id;
  });
  beforeEach(async () => {
    api.clock.now = startAt;
    api.logs.length = 0;
    stripe.answers.clear();
    stripe.calls.length = 0;
    stripe.queued.length = 0;
    await control.batch(['stripe_events', ...emptied].map((table) => control.prepare(`DELETE FROM ${table}`)));
    known.cus = await knownAs(api, known.customerId);
  });

  /** Sends an event and has it processed; its row. */
  async function happens(event: Json & { id: string }) {
    expect((await stripe.deliver(event)).status).toBe(200);
    expect(await stripe.consume()).toEqual(['ack']);
    return await stripe.row(event.id);
  }

  const logged = (message: string) => api.logs.filter((line) => line.message === message);
  return { api, stripe, control, known, happens, logged };
}
