/** Invoices on the whole platform: usage above what is included is on the month's invoice to the cent, late usage on the next, the last on a closing one. */
import type Stripe from 'stripe';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type LifePlatform, startLifePlatform } from '../../bench/support/life/platform.ts';
import { useCpu } from '../../bench/support/life/usage.ts';
import { makeClusterKey } from '../../src/contracts/routes/clusters.ts';
import { deactivateCustomer, readCustomer, signUp } from '../../src/contracts/routes/customers.ts';
import { listInvoices, readInvoice } from '../../src/contracts/routes/invoices.ts';
import { checkOut } from '../../src/contracts/routes/subscriptions.ts';
import { reportUsageBatch } from '../../src/contracts/routes/usage-intake.ts';
import { iso } from '../../src/lib/time.ts';

const minute = 60_000;
const hour = 60 * minute;
let platform: LifePlatform;

beforeAll(async () => {
  platform = await startLifePlatform('2026-01-05T09:00:00Z');
}, 120_000);
afterAll(() => platform.stop());

it('from the first month to the closing invoice', { timeout: 240_000 }, async () => {
  const { ask } = platform;
  const goTo = async (at: number): Promise<void> => {
    await platform.clock({ to: iso(at), step: 'day', hold: true });
    await platform.calm();
    // What came with the move is looked at by the next tick.
    await platform.minute();
    await platform.calm();
  };
  const made = await platform.as(null)(signUp, {
    body: { email: 'ada@invoices.example.com', company_name: 'Ada Ltd', plan: 'starter' },
  });
  if (!made.ok || !('customer' in made.value)) throw new Error('the signup was refused');
  const { customer, deployment } = made.value;
  const { customer_id: customerId, short_id: shortId } = customer;
  const stack = { customerId, shortId, namespace: deployment.namespace };
  // Its stack has to be there before anybody may report for it.
  const isReady = async () =>
    (await ask(readCustomer, { params: { customerId } })).deployment.status === 'ready' ? true : null;
  expect(await platform.until(isReady)).toBe(true);
  const invoices = async () => (await ask(listInvoices, { query: { customer_id: customerId } })).items;
  // Less than 48 hours of the trial are left: the first month is paid at once.
  await goTo(Date.parse('2026-01-18T10:00:00Z'));
  const page = `${platform.url}/`;
  const body = { customer_id: customerId, plan: 'starter', success_url: page, cancel_url: page };
  const { session_id: session } = await ask(checkOut, { body });
  await platform.door(`/checkout/${session}/complete`, { card: '4242424242424242' });
  await platform.minute();
  await platform.calm();
  expect((await invoices())[0]).toMatchObject({ kind: 'cycle', state: 'paid', total_cents: 2900, period: null });

  await goTo(Date.parse('2026-01-20T10:05:00Z'));
  await useCpu(platform, stack, Date.parse('2026-01-20T10:00:00Z'), 800);
  const end = Date.parse('2026-02-18T10:00:00Z');
  await goTo(end + 2 * hour);
  const [held] = await invoices();
  expect(held).toMatchObject({ state: 'held', hold: { reason: 'incomplete' } });
  // The last quarter of an hour before Stripe finalises it by itself is left for our lines.
  await goTo(end + 5 * hour + 50 * minute);
  await goTo(end + 7 * hour);
  const [first] = await invoices();
  // 56 core-hours above the 744 of 31 days, at $0.05. Nobody reported the other hours.
  expect(first).toMatchObject({ state: 'paid', total_cents: 2900 + 280, late: true });
  const atStripe = await platform.objects<Stripe.Invoice>('invoice');
  expect(atStripe.find(({ id }) => id === first?.stripe_invoice_id)).toMatchObject({ status: 'paid', total: 3180 });

  const late = Date.parse('2026-02-17T10:00:00Z');
  const { api_key: key } = await ask(makeClusterKey, {
    params: { clusterId: platform.clusterId },
    body: {},
  });
  const computed = end + 7 * hour;
  const report = {
    customer_id: customerId,
    instance_id: `k8s-${shortId}`,
    namespace: stack.namespace,
    timestamp: iso(computed),
    window_start: iso(late - hour),
    window_end: iso(late),
    revision: computed,
    complete: true,
    cpu_hours: 10,
  };
  const sent = await platform.as(key)(reportUsageBatch, { body: { reports: [report] } });
  expect(sent.ok && sent.value.rejected).toBe(0);
  const nextEnd = Date.parse('2026-03-18T10:00:00Z');
  for (const hours of [0.5, 5.85, 7]) await goTo(nextEnd + hours * hour);
  const [second] = await invoices();
  expect(second).toMatchObject({ kind: 'cycle', state: 'paid', total_cents: 2900 + 50 });
  const shown = await ask(readInvoice, { params: { invoiceId: second?.invoice_id ?? '' } });
  expect(shown.invoice.lines.find(({ delta_of }) => delta_of !== null)).toMatchObject({
    delta_of: first?.invoice_id,
    amount_cents: 50,
    period: first?.period,
  });

  await goTo(Date.parse('2026-03-20T10:05:00Z'));
  await useCpu(platform, stack, Date.parse('2026-03-20T10:00:00Z'), 800);
  await ask(deactivateCustomer, { params: { customerId }, body: {} });
  await goTo(Date.parse('2026-03-20T18:00:00Z'));
  const [closing] = await invoices();
  // 31 days of April's month, which ends on 18 April: 744 core-hours.
  expect(closing).toMatchObject({ kind: 'closing', state: 'paid', total_cents: 280 });
});
