/** Who does not pay, at the stand-in: the grace, the stop, the pause at Stripe, and the way back; and who pays by invoice. */
import { beforeAll, describe, expect, it } from 'vitest';
import { ensureCluster, makeApi, rootToken } from '../../harness/worker/api.ts';
import { subscribers } from '../../harness/worker/seen-customer.ts';
import { openStandIn, type StandInOfTests, type Wire } from '../../harness/worker/stripe.ts';
import { subscribersOf } from '../../harness/worker/subscriber.ts';

const hour = 3_600_000;
const day = 24 * hour;
const begin = Date.parse('2026-11-20T12:00:00.000Z');
const api = makeApi(begin);
const { see, control } = subscribers(api);
let stripe: StandInOfTests;
const { paying, giveCard, refresh } = subscribersOf(api, () => stripe);

beforeAll(async () => {
  await ensureCluster(api);
  stripe = await openStandIn(api);
  await stripe.publish();
});

const statusOf = async (id: string) => (await stripe.read<{ status: string }>(`/subscriptions/${id}`)).status;
const invoicesOf = async (id: string) =>
  (await stripe.read<{ data: (Wire & { status: string })[] }>(`/invoices?subscription=${id}`)).data;
const days = (count: number) => stripe.move(api.clock.now + count * day);

/** A customer whose renewal has failed, and who has the grace before them. */
async function owing() {
  const { made, id } = await paying();
  await giveCard(id, '4000000000000341');
  await days(31);
  await days(1);
  await refresh(id);
  return { customerId: made.customer.customer_id, id };
}

describe('who does not pay', () => {
  it('is stopped after the grace, paused at Stripe, and runs again when the invoice is paid', async () => {
    const { customerId, id } = await owing();
    expect(await see(customerId)).toMatchObject({ status: 'past_due', phase: 'running' });
    await days(6.5);
    await api.tick();
    expect(await see(customerId)).toMatchObject({ status: 'past_due', notices: ['converted', 'grace_reminder'] });
    await days(1);
    await api.tick();
    expect(await see(customerId)).toMatchObject({ status: 'suspended', suspended_for: 'unpaid', phase: 'suspended' });
    expect(await statusOf(id)).toBe('paused');
    const before = await invoicesOf(id);
    await days(40);
    await api.tick();
    expect(await invoicesOf(id)).toHaveLength(before.length);
    expect(await see(customerId)).toMatchObject({ status: 'suspended', suspended_for: 'unpaid' });
    await giveCard(id, '4242424242424242');
    const owed = before.find(({ status }) => status === 'open');
    await stripe.call(`/invoices/${owed?.id}/pay`, {});
    await refresh(id);
    await api.tick();
    expect(await statusOf(id)).toBe('active');
    expect(await see(customerId)).toMatchObject({
      status: 'active',
      suspended_for: null,
      phase: 'running',
      licence: 'resumed',
      notices: ['converted', 'grace_reminder', 'suspended', 'recovered'],
    });
  });

  it('and pays by invoice goes on at Stripe, where what is invoiced meanwhile is dropped and the debt stands', async () => {
    const { made, id } = await paying();
    const customerId = made.customer.customer_id;
    await stripe.call(`/subscriptions/${id}`, { collection_method: 'send_invoice', days_until_due: '10' });
    await days(31);
    await days(11);
    await refresh(id);
    expect(await see(customerId)).toMatchObject({ status: 'past_due' });
    const debt = (await invoicesOf(id)).find(({ status }) => status === 'open');
    await days(8);
    await api.tick();
    expect(await see(customerId)).toMatchObject({
      status: 'suspended',
      suspended_for: 'unpaid',
      stripe: expect.not.arrayContaining(['stripe_pause']),
    });
    await days(14);
    const [renewal] = await invoicesOf(id);
    expect(renewal?.id).not.toBe(debt?.id);
    // What its event would have kept (src/workflows/inbox).
    const body = { status: renewal?.status, billingReason: 'subscription_cycle', createdAt: api.clock.now };
    await control
      .prepare("INSERT INTO stripe_objects (id, kind, customer_id, body, updated_at) VALUES (?, 'invoice', ?, ?, 0)")
      .bind(renewal?.id, customerId, JSON.stringify(body))
      .run();
    await api.tick();
    await api.tick();
    const after = await invoicesOf(id);
    expect(after.find((invoice) => invoice.id === renewal?.id)?.status).toBe('void');
    expect(after.find((invoice) => invoice.id === debt?.id)?.status).toBe('open');
    expect((await see(customerId)).stripe.filter((kind) => kind === 'stripe_drop')).toHaveLength(1);
  });
});

it('a deactivation ends the subscription at Stripe', async () => {
  const { made, id } = await paying();
  const customerId = made.customer.customer_id;
  const done = await api.call('POST', `/api/customers/${customerId}/deactivate`, { token: rootToken, body: {} });
  expect(done.status).toBe(200);
  expect(await statusOf(id)).toBe('canceled');
  await refresh(id);
  expect(await see(customerId)).toMatchObject({
    status: 'canceled',
    revoked: true,
    notices: ['converted', 'canceled'],
  });
});
