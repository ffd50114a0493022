/** The stand-in in a whole platform whose clock is moved. */
import { join } from 'node:path';
import Stripe from 'stripe';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readJson } from '../../../dev/data/private-file.ts';
import { dayMs, hourMs, minuteMs } from '../../../src/lib/time.ts';
import { eventually } from '../../harness/eventually.ts';
import type { TestPlatform } from '../../harness/platform.ts';
import { call, startFixture } from '../fixture/start.ts';

const start = Date.parse('2026-01-30T00:00:00Z');
/** Stripe's clients take a signature that is as old. */
const toleranceMs = 5 * minuteMs;

describe('the stand-in of a platform whose clock is moved', () => {
  let platform: TestPlatform;
  let stripe: Stripe;

  const connect = () => {
    const { hostname, port } = new URL(platform.ready.stripe_url ?? '');
    const { stripe_secret_key: key = '' } = readJson(join(platform.dataDir, 'secrets.json')) as Record<string, string>;
    return new Stripe(key, { host: hostname, port, protocol: 'http' });
  };
  beforeAll(async () => {
    platform = await startFixture({ args: ['--at', '2026-01-30'] });
    stripe = connect();
  });
  afterAll(async () => {
    await platform.stop();
  });

  async function moveTo(to: number) {
    const response = await fetch(platform.ready.clock_url, {
      method: 'POST',
      headers: { authorization: `Bearer ${platform.ready.clock_token}` },
      body: JSON.stringify({ to: new Date(to).toISOString() }),
    });
    expect(response.status).toBe(200);
  }
  /** What has come to the Worker, and when by its clock. */
  async function received() {
    const rows = await call<{ id: string }[]>(platform, 'GET', '/rows');
    return rows.map(({ id }) => {
      const { at, body, signature } = JSON.parse(id) as { at: number; body: string; signature: string };
      const event = JSON.parse(body) as Stripe.Event;
      const object = 'id' in event.data.object ? event.data.object.id : null;
      const signedMs = Number(/t=(\d+)/.exec(signature)?.[1]) * 1000;
      return { type: event.type, object, createdMs: event.created * 1000, at, signedMs };
    });
  }

  it('trials end and months begin at their own instants, and the Worker hears of each by its own clock', async () => {
    const customer = await stripe.customers.create({
      email: 'a@b.example',
      payment_method: 'pm_card_visa',
      invoice_settings: { default_payment_method: 'pm_card_visa' },
    });
    const { id: product } = await stripe.products.create({ name: 'Starter' });
    const price = await stripe.prices.create({
      product,
      currency: 'usd',
      unit_amount: 2900,
      recurring: { interval: 'month' },
    });
    const trialEnd = start + 10 * dayMs + 20 * minuteMs;
    const made = await stripe.subscriptions.create({
      customer: customer.id,
      items: [{ price: price.id }],
      trial_end: trialEnd / 1000,
    });
    await eventually(received, (rows) => rows.some(({ type }) => type === 'customer.subscription.created'));

    await moveTo(start + 45 * dayMs);
    expect((await stripe.subscriptions.retrieve(made.id)).status).toBe('active');
    const paid = (await stripe.invoices.list({ customer: customer.id })).data.filter(
      ({ amount_paid }) => amount_paid > 0,
    );
    // A draft waits an hour after its webhook was answered.
    expect(paid.map(({ created, status_transitions: { paid_at } }) => (paid_at ?? 0) - created)).toEqual([3600, 3600]);
    expect(paid.at(-1)?.created).toBe(trialEnd / 1000);

    const rows = await received();
    const of = (type: string) => rows.filter((row) => row.type === type).map(({ createdMs }) => createdMs);
    expect(of('customer.subscription.trial_will_end')).toEqual([trialEnd - 3 * dayMs]);
    expect(of('invoice.created').slice(-2)[0]).toBe(trialEnd);
    expect(of('invoice.paid').slice(-2)[0]).toBe(trialEnd + hourMs);
    for (const { at, signedMs } of rows) expect(Math.abs(at - signedMs)).toBeLessThan(toleranceMs);
    for (const { at, createdMs } of rows) expect(at).toBeGreaterThanOrEqual(createdMs);
  });

  it('a webhook that is under way arrives before the clock jumps', async () => {
    const held = { kind: 'reorder_webhooks', times: 1, hold_ms: 2_000, match: { type: 'customer.created' } };
    const { stripe_url: url, stripe_secret_key: key } = platform.ready;
    const headers = { authorization: `Bearer ${key}` };
    await fetch(`${url}/_stand-in/faults`, { method: 'POST', headers, body: JSON.stringify(held) });
    const { id } = await stripe.customers.create({ email: 'early@b.example' });
    await moveTo(start + 46 * dayMs);
    const row = (await received()).find(({ object }) => object === id);
    expect((row?.at ?? Number.POSITIVE_INFINITY) - (row?.createdMs ?? 0)).toBeLessThan(hourMs);
  });

  it('forgets nothing when it is killed, sends what it had not sent, and goes on from where it was', async () => {
    const before = await stripe.invoices.list();
    const made: string[] = [];
    const making = Promise.allSettled(
      Array.from({ length: 40 }, async (_, index) => {
        made.push((await stripe.customers.create({ email: `${index}@b.example` })).id);
      }),
    );
    await eventually(
      async () => made.length,
      (count) => count > 0,
    );
    await platform.kill9();
    await making;
    platform = await startFixture({ dataDir: platform.dataDir });
    stripe = connect();
    const kept: string[] = [];
    for await (const { id } of stripe.customers.list({ limit: 100 })) kept.push(id);
    expect(kept).toEqual(expect.arrayContaining(made));
    await eventually(received, (rows) => kept.every((id) => rows.some(({ object }) => object === id)));
    expect((await stripe.invoices.list()).data.map(({ id }) => id)).toEqual(before.data.map(({ id }) => id));
    const [subscription] = (await stripe.subscriptions.list()).data;
    await moveTo(start + 80 * dayMs);
    expect((await stripe.invoices.list({ subscription: subscription?.id ?? '' })).data.length).toBeGreaterThan(
      before.data.length,
    );
  });
});
