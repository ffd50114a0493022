import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Stripe from 'stripe';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startStripe } from '../../../dev/stripe/start.ts';

const secretKey = 'sk_test_standin';
const dayMs = 86_400_000;

describe('the Stripe stand-in, through the official client', () => {
  let folder: string;
  let now: number;
  let close: () => Promise<void>;
  let stripe: Stripe;
  let url: string;

  const client = (key: string, maxNetworkRetries = 0) => {
    const { hostname, port } = new URL(url);
    return new Stripe(key, { host: hostname, port, protocol: 'http', maxNetworkRetries, telemetry: false });
  };
  const open = async () => {
    const path = join(folder, 'stripe.sqlite');
    const standIn = await startStripe({ path, secretKey, now: () => now, callsPerSecond: null }, () => {});
    url = standIn.url;
    stripe = client(secretKey);
    close = standIn.close;
  };
  beforeEach(async () => {
    now = Date.parse('2026-11-21T00:00:00Z');
    folder = mkdtempSync(join(tmpdir(), 'tenantry-stripe-'));
    await open();
  });
  afterEach(async () => {
    await close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('gives back the customer that it made', async () => {
    const made = await stripe.customers.create({
      email: 'a@b.example',
      name: 'A & B',
      metadata: { tenantry_customer_id: 'cust_1' },
    });
    expect(made).toMatchObject({ object: 'customer', email: 'a@b.example', name: 'A & B', created: now / 1000 });
    expect(await stripe.customers.retrieve(made.id)).toMatchObject({
      id: made.id,
      metadata: { tenantry_customer_id: 'cust_1' },
    });
  });

  it('answers the same idempotency key with the same customer, in parallel too', async () => {
    // The client comes again when it is told that the first one is under way.
    const patient = client(secretKey, 5);
    const make = () => patient.customers.create({ email: 'a@b.example' }, { idempotencyKey: 'k1' });
    const made = await Promise.all(Array.from({ length: 20 }, make));
    expect(new Set(made.map(({ id }) => id)).size).toBe(1);
    expect((await stripe.customers.list({ email: 'a@b.example' })).data).toHaveLength(1);
  });

  it('refuses other parameters under the same key', async () => {
    await stripe.customers.create({ email: 'a@b.example' }, { idempotencyKey: 'k1' });
    const other = stripe.customers.create({ email: 'c@d.example' }, { idempotencyKey: 'k1' });
    await expect(other).rejects.toMatchObject({ type: 'StripeIdempotencyError', statusCode: 400 });
  });

  it('keeps a key for 24 hours and no longer', async () => {
    const make = () => stripe.customers.create({ email: 'a@b.example' }, { idempotencyKey: 'k1' });
    const { id } = await make();
    now += dayMs - 1;
    expect((await make()).id).toBe(id);
    now += 2;
    expect((await make()).id).not.toBe(id);
  });

  it('does not keep a refusal of parameters under a key', async () => {
    const key = { idempotencyKey: 'k1' };
    await expect(stripe.customers.create({ email: 'nonsense' }, key)).rejects.toMatchObject({ code: 'email_invalid' });
    expect((await stripe.customers.create({ email: 'a@b.example' }, key)).email).toBe('a@b.example');
  });

  it('forgets neither customers nor keys over a restart', async () => {
    const { id } = await stripe.customers.create({ email: 'a@b.example' }, { idempotencyKey: 'k1' });
    await close();
    await open();
    expect((await stripe.customers.create({ email: 'a@b.example' }, { idempotencyKey: 'k1' })).id).toBe(id);
  });

  it('finds customers by metadata, quotes and all', async () => {
    const { id } = await stripe.customers.create({ email: 'a@b.example', metadata: { who: "O'Neil" } });
    await stripe.customers.create({ email: 'c@d.example', metadata: { who: 'other' } });
    const found = await stripe.customers.search({ query: "metadata['who']:'O\\'Neil' AND email:'a@b.example'" });
    expect(found.data.map((customer) => customer.id)).toEqual([id]);
    await expect(stripe.customers.search({ query: 'nonsense' })).rejects.toMatchObject({ statusCode: 400 });
  });

  it('lists page by page, newest first', async () => {
    const made: string[] = [];
    for (let index = 0; index < 5; index++)
      made.push((await stripe.customers.create({ email: `${index}@b.example` })).id);
    const listed: string[] = [];
    for await (const customer of stripe.customers.list({ limit: 2 })) listed.push(customer.id);
    expect(listed).toEqual(made.reverse());
  });

  it('answers what is not there, not known or not allowed as Stripe does', async () => {
    await expect(stripe.customers.retrieve('cus_none')).rejects.toMatchObject({
      code: 'resource_missing',
      statusCode: 404,
    });
    await expect(stripe.customers.create({ balance: 5 })).rejects.toMatchObject({
      code: 'parameter_unknown',
      param: 'balance',
    });
    await expect(client('sk_test_wrong').customers.list()).rejects.toMatchObject({ type: 'StripeAuthenticationError' });
    await expect(stripe.quotes.list()).rejects.toMatchObject({ statusCode: 404 });
  });
});
