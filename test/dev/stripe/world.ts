/** A stand-in with the official client, on a clock that the test moves: customers, prices and what happened to them. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import Stripe from 'stripe';
import { onTestFinished } from 'vitest';
import type { StandInOptions } from '../../../dev/stripe/assemble.ts';
import { startStripe } from '../../../dev/stripe/start.ts';

const secretKey = 'sk_test_world';
const dayMs = 86_400_000;

/** One row of what the stand-in says about an object's life. */
export type Moved = { kind: string; object: string; from: string; by: string; to: string };
export type World = Awaited<ReturnType<typeof openWorld>>;

/** Gone with the test. @param from where its clock begins */
export async function openWorld(from = '2026-01-15T10:00:00Z', options: Partial<StandInOptions> = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'tenantry-world-'));
  const path = join(folder, 'stripe.sqlite');
  const clock = { now: Date.parse(from) };
  const logs: string[] = [];
  const standIn = await startStripe(
    { path, secretKey, now: () => clock.now, callsPerSecond: null, ...options },
    (line) => logs.push(line),
  );
  onTestFinished(async () => {
    await standIn.close();
    rmSync(folder, { recursive: true, force: true });
    const problems = logs.filter((line) => !line.includes('is given up'));
    if (problems.length > 0) throw new Error(problems.join('\n'));
  });
  const { hostname, port } = new URL(standIn.url);
  const stripe = new Stripe(secretKey, {
    host: hostname,
    port,
    protocol: 'http',
    maxNetworkRetries: 0,
    telemetry: false,
  });

  const door = async (door: string, body: object = {}): Promise<Record<string, unknown>> => {
    const response = await fetch(`${standIn.url}/_stand-in/${door}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${secretKey}` },
      body: JSON.stringify(body),
    });
    const answer = (await response.json()) as Record<string, unknown>;
    if (!response.ok) throw new Error(JSON.stringify(answer));
    return answer;
  };

  const advanceTo = async (ms: number): Promise<void> => {
    clock.now = ms;
    await standIn.runDue(ms);
  };

  const price = async (cents: number, interval: 'month' | 'year' = 'month'): Promise<string> => {
    const product = await stripe.products.create({ name: `Plan of ${cents}` });
    const made = await stripe.prices.create({
      product: product.id,
      unit_amount: cents,
      currency: 'usd',
      recurring: { interval },
    });
    return made.id;
  };

  /** A customer, with a test card that is the default; the names are Stripe's: `pm_card_visa`. */
  const customer = async (card: string | null = 'pm_card_visa'): Promise<string> => {
    const made = await stripe.customers.create({ email: 'a@b.example', name: 'A' });
    if (card === null) return made.id;
    const method = await stripe.paymentMethods.attach(card, { customer: made.id });
    await stripe.customers.update(made.id, { invoice_settings: { default_payment_method: method.id } });
    return made.id;
  };

  const subscribe = async (
    more: Partial<Stripe.SubscriptionCreateParams> & { cents?: number; card?: string | null } = {},
  ) => {
    const { cents = 2900, card = 'pm_card_visa', ...params } = more;
    return await stripe.subscriptions.create({
      customer: params.customer ?? (await customer(card)),
      items: [{ price: await price(cents) }],
      ...params,
    });
  };

  return {
    stripe,
    clock,
    url: standIn.url,
    listen: () => standIn.listen(),
    settled: () => standIn.settled(),
    door,
    price,
    customer,
    subscribe,
    advanceTo,
    advance: (days: number, hours = 0) => advanceTo(clock.now + days * dayMs + hours * 3_600_000),
    /** Unix seconds, as Stripe counts. */
    now: () => Math.floor(clock.now / 1000),
    subscription: (id: string) => stripe.subscriptions.retrieve(id),
    /** The invoices of a subscription, newest first. */
    invoices: async (subscription: string) => (await stripe.invoices.list({ subscription, limit: 100 })).data,
    /** The types of all events about an object, oldest first. */
    async eventsOf(id: string): Promise<string[]> {
      const types: string[] = [];
      for await (const event of stripe.events.list({ limit: 100 })) {
        if ((event.data.object as { id?: string }).id === id) types.unshift(event.type);
      }
      return types;
    },
    /** Every move of every object so far. */
    moves(): Moved[] {
      const db = new DatabaseSync(path, { readOnly: true });
      const rows = db
        .prepare('SELECT kind, object, from_status AS "from", by, to_status AS "to" FROM move ORDER BY seq')
        .all();
      db.close();
      return rows as unknown as Moved[];
    },
  };
}
