/** A renewal of a customer who has more prepaid credit than it comes to. */
import { beforeAll, expect, it } from 'vitest';
import { ensureCluster, makeApi, rootToken } from '../../harness/worker/api.ts';
import { openStandIn, type StandInOfTests } from '../../harness/worker/stripe.ts';
import { good } from '../../harness/worker/subscriber.ts';
import { billingOf, hour, minute } from './harness.ts';

const api = makeApi(Date.parse('2026-01-05T09:10:00.000Z'));
/** Two months of cron and Stripe in one test. */
const timeout = 120_000;
let stripe: StandInOfTests;
const billing = billingOf(api, () => stripe);
const { paying, goTo, uses, rowsOf, periodsOf, show, invoiceAtStripe } = billing;

beforeAll(async () => {
  await ensureCluster(api);
  stripe = await openStandIn(api);
  await stripe.publish();
});

it('costs nothing, and what is left pays the next one, until it is used up', { timeout }, async () => {
  const { made } = await paying('starter');
  const customerId = made.customer.customer_id;
  await billing.tell();
  const path = `/api/customers/${customerId}/credits`;
  const balance = async () =>
    (await good<{ balance_cents: number }>(await api.call('GET', path, { token: made.api_key }))).balance_cents;
  const given = { amount_cents: 5_000, reason: 'an outage' };
  expect((await api.call('POST', path, { token: rootToken, body: given })).status).toBe(201);

  /** A month with 100 core-hours above what is included: 5 dollars, beside the fee of the next. */
  const month = async () => {
    const { start, end } = (await periodsOf(customerId)).at(-1) ?? { start: 0, end: 0 };
    await uses(customerId, Math.ceil(start / hour) * hour + 10 * hour, (end - start) / hour + 100, start + 12 * hour);
    await goTo(end + minute);
    await goTo(end + 21 * minute);
    const last = (await rowsOf(customerId)).at(-1);
    return { bill: await show(last?.id ?? ''), there: await invoiceAtStripe(last?.stripeInvoiceId ?? null) };
  };

  const first = await month();
  expect(first.bill).toMatchObject({
    state: 'paid',
    subtotal_cents: 3_400,
    credit_cents: 3_400,
    total_cents: 0,
    amount_due_cents: 0,
  });
  expect(first.there).toMatchObject({ status: 'paid', total: 0, amount_paid: 0 });
  expect(await balance()).toBe(1_600);

  const second = await month();
  expect(second.bill).toMatchObject({ state: 'paid', subtotal_cents: 3_400, credit_cents: 1_600, total_cents: 1_800 });
  expect(second.there).toMatchObject({ status: 'paid', total: 1_800, amount_paid: 1_800 });
  expect(await balance()).toBe(0);
});
