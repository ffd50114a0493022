/** Billing settings at the stand-in: who may set what, what Stripe then has, what it refuses, and tax that waits for an address. */
import { beforeAll, describe, expect, it } from 'vitest';
import type { BillingView } from '../../../src/contracts/billing.ts';
import { ensureCluster, makeApi, rootToken, signUp } from '../../harness/worker/api.ts';
import { subscribers } from '../../harness/worker/seen-customer.ts';
import { openStandIn, type StandInOfTests, type Wire } from '../../harness/worker/stripe.ts';
import { refusalOf, subscribersOf } from '../../harness/worker/subscriber.ts';

const minute = 60_000;
const day = 1_440 * minute;
const begin = Date.parse('2026-11-20T12:00:00.000Z');
const api = makeApi(begin);
const { control, see } = subscribers(api);
let stripe: StandInOfTests;
const { paying, refresh, contextNow } = subscribersOf(api, () => stripe);

beforeAll(async () => {
  await ensureCluster(api);
  stripe = await openStandIn(api);
  await stripe.publish();
});

const berlin = { line1: 'Unter den Linden 1', city: 'Berlin', postal_code: '10117', country: 'DE' };
const path = (id: string) => `/api/customers/${id}/billing`;
const set = (id: string, body: object, token = rootToken) => api.call('PUT', path(id), { token, body });
const billingOf = async (response: Response) => {
  const text = await response.text();
  expect(response.status, text).toBe(200);
  return (JSON.parse(text) as { billing: BillingView }).billing;
};
const read = async (id: string) => billingOf(await api.call('GET', path(id), { token: rootToken }));
const atStripe = async (id: string) => {
  const row = await control
    .prepare('SELECT stripe_customer_id AS id FROM customers WHERE id = ?')
    .bind(id)
    .first<Wire>();
  const taxIds = await stripe.read<{ data: { type: string; value: string }[] }>(`/customers/${row?.id}/tax_ids`);
  return { ...(await stripe.read<Wire & Record<string, unknown>>(`/customers/${row?.id}`)), tax_ids: taxIds.data };
};

describe('billing settings', () => {
  it('are off until they are set, and then Stripe has them', async () => {
    const made = await signUp(api);
    const id = made.customer.customer_id;
    expect(await read(id)).toEqual({
      collection: 'card',
      net_days: 30,
      tax_exempt: 'none',
      po_number: null,
      tax_ids: [],
      address: null,
      billing_email: null,
      at_stripe: 'none',
      refused: [],
    });
    const body = {
      po_number: 'PO-2026-77',
      tax_ids: [{ type: 'eu_vat', value: 'DE123456789' }],
      address: berlin,
      billing_email: 'bills@example.com',
    };
    expect(await billingOf(await set(id, body, made.api_key))).toMatchObject({ ...body, at_stripe: 'pending' });
    expect(await read(id)).toMatchObject({ ...body, at_stripe: 'done', refused: [] });
    expect(await atStripe(id)).toMatchObject({
      email: 'bills@example.com',
      address: { country: 'DE', city: 'Berlin' },
      invoice_settings: { custom_fields: [{ name: 'PO number', value: 'PO-2026-77' }] },
      tax_ids: [{ type: 'eu_vat', value: 'DE123456789' }],
    });
    await set(id, { tax_ids: [{ type: 'gb_vat', value: 'GB123456789' }], po_number: null, billing_email: null });
    expect(await read(id)).toMatchObject({ address: berlin, po_number: null, at_stripe: 'done' });
    expect(await atStripe(id)).toMatchObject({
      email: made.customer.email,
      invoice_settings: { custom_fields: null },
      tax_ids: [{ type: 'gb_vat', value: 'GB123456789' }],
    });
  });

  it('that only the seller decides are refused from a customer', async () => {
    const made = await signUp(api);
    const id = made.customer.customer_id;
    for (const body of [{ collection: 'invoice' }, { net_days: 90 }, { tax_exempt: 'exempt' }]) {
      expect(await refusalOf(await set(id, body, made.api_key))).toEqual([403, 'forbidden']);
    }
    expect(await billingOf(await set(id, { tax_exempt: 'reverse' }))).toMatchObject({ tax_exempt: 'reverse' });
    expect(await atStripe(id)).toMatchObject({ tax_exempt: 'reverse' });
  });

  it('with a tax id that is none are refused at once, and one that Stripe refuses is said', async () => {
    const id = (await signUp(api)).customer.customer_id;
    for (const tax of [
      { type: 'eu_vat', value: 'DE12' + '!' },
      { type: 'vat', value: 'DE123456789' },
    ]) {
      expect(await refusalOf(await set(id, { tax_ids: [tax] }))).toEqual([422, 'tax_id_invalid']);
    }
    // Of a kind that only Stripe knows about.
    await set(id, { tax_ids: [{ type: 'xx_vat', value: '1' }], po_number: 'kept' });
    const after = await read(id);
    expect(after).toMatchObject({ at_stripe: 'refused', refused: [{ field: 'tax_ids' }] });
    expect(await atStripe(id)).toMatchObject({ invoice_settings: { custom_fields: [{ value: 'kept' }] }, tax_ids: [] });
    await set(id, { tax_ids: [] });
    expect(await read(id)).toMatchObject({ at_stripe: 'done', refused: [] });
  });

  it('with an address that Stripe refuses are taken but for it, and a later one that it takes counts', async () => {
    const { made, id: sub } = await paying();
    const id = made.customer.customer_id;
    await set(id, { address: berlin });
    Object.assign(api.bindings, { STRIPE_TAX: 'on' });
    const others = { po_number: 'PO-1', billing_email: 'bills@example.com', tax_exempt: 'reverse' };
    await set(id, { ...others, collection: 'invoice', net_days: 14, address: { ...berlin, country: 'XX' } });
    const after = await read(id);
    expect(after).toMatchObject({ ...others, at_stripe: 'refused' });
    expect(after.refused.map(({ field }) => field)).toEqual(['address']);
    expect(await atStripe(id)).toMatchObject({
      email: 'bills@example.com',
      tax_exempt: 'reverse',
      invoice_settings: { custom_fields: [{ name: 'PO number', value: 'PO-1' }] },
      address: { country: 'DE' },
    });
    expect(await stripe.read(`/subscriptions/${sub}`)).toMatchObject({
      collection_method: 'send_invoice',
      days_until_due: 14,
    });
    await set(id, { address: { ...berlin, country: 'AT' } });
    expect(await read(id)).toMatchObject({ at_stripe: 'done', refused: [] });
    expect(await atStripe(id)).toMatchObject({ address: { country: 'AT' } });
    expect(await stripe.read(`/subscriptions/${sub}`)).toMatchObject({ automatic_tax: { enabled: true } });
    Object.assign(api.bindings, { STRIPE_TAX: undefined });
  });

  it('with an address that no tax can be worked out for have it paid by invoice all the same', async () => {
    const { made, id: sub } = await paying();
    const id = made.customer.customer_id;
    Object.assign(api.bindings, { STRIPE_TAX: 'on' });
    const error = { type: 'invalid_request_error', code: 'customer_tax_location_invalid', message: 'not recognised' };
    api.internet.set(stripe.url, async (request) =>
      (await request.clone().text()).includes('automatic_tax')
        ? Response.json({ error }, { status: 400 })
        : fetch(request),
    );
    await set(id, { collection: 'invoice', address: berlin });
    api.internet.set(stripe.url, (request) => fetch(request));
    Object.assign(api.bindings, { STRIPE_TAX: undefined });
    expect(await read(id)).toMatchObject({
      at_stripe: 'refused',
      refused: [{ field: 'address', code: 'customer_tax_location_invalid' }],
    });
    expect(await stripe.read(`/subscriptions/${sub}`)).toMatchObject({ collection_method: 'send_invoice' });
  });

  it('for a subscription paid by invoice reach one that runs, and one that is bought later', async () => {
    const { made, id } = await paying();
    await set(made.customer.customer_id, { collection: 'invoice', net_days: 14 });
    expect(await stripe.read(`/subscriptions/${id}`)).toMatchObject({
      collection_method: 'send_invoice',
      days_until_due: 14,
    });
    const subscription = await api.call('GET', `/api/subscriptions/${made.customer.customer_id}`, { token: rootToken });
    expect(await subscription.json()).toMatchObject({ subscription: { collection: 'invoice' } });
    // What an upgrade costs is on an invoice, too: the plan does not wait for it.
    const upgraded = await api.call('POST', '/api/subscriptions/upgrade', {
      token: made.api_key,
      body: { customer_id: made.customer.customer_id, new_plan: 'professional' },
    });
    const { invoice, ...rest } = await upgraded.json<{ invoice: { invoice_id: string } }>();
    expect(rest).toMatchObject({ effective: 'now', subscription: { plan: 'professional', status: 'active' } });
    expect(await stripe.read(`/invoices/${invoice.invoice_id}`)).toMatchObject({
      collection_method: 'send_invoice',
      status: 'open',
    });
    await set(made.customer.customer_id, { collection: 'card' });
    expect(await stripe.read(`/subscriptions/${id}`)).toMatchObject({ collection_method: 'charge_automatically' });
  });
});

it('an invoice that waits for an address is told once, and finalised when the address is right', async () => {
  const { made, id } = await paying();
  const customerId = made.customer.customer_id;
  await stripe.taxWithoutAddress(id);
  const { items } = await stripe.read<{ items: { data: { current_period_end: number }[] } }>(`/subscriptions/${id}`);
  await stripe.move((items.data[0]?.current_period_end ?? 0) * 1000 + minute);
  const { data: renewals } = await stripe.read<{ data: Wire[] }>(`/invoices?subscription=${id}`);
  await expect(stripe.call(`/invoices/${renewals[0]?.id}/finalize`, {})).rejects.toThrow('location');
  await stripe.call(`/invoices/${renewals[0]?.id}`, { auto_advance: 'false' });
  await stripe.move(api.clock.now + day);
  const { data } = await stripe.read<{ data: Wire[] }>(`/invoices?subscription=${id}`);
  const draft = data[0]?.id ?? '';
  expect(data[0]).toMatchObject({
    status: 'draft',
    last_finalization_error: { code: 'customer_tax_location_invalid' },
  });
  // What its event does (test/src/workflows/inbox has the way of events).
  const { invoiceChanged } = await import('../../../src/workflows/inbox/invoice-changed.ts');
  const { newLot } = await import('../../../src/workflows/inbox/lot.ts');
  const { commit, openDb } = await import('../../../src/db/client.ts');
  const told = async () => {
    const event = {
      id: 'evt_1',
      type: 'invoice.finalization_failed',
      objectId: draft,
      customerId,
      payload: { data: { object: { id: draft } } },
    };
    const handled = await invoiceChanged(contextNow(), event as never, newLot());
    await commit(openDb(control), handled?.writes ?? []);
  };
  await told();
  await told();
  expect((await see(customerId)).notices.filter((kind) => kind === 'tax_address_wrong')).toHaveLength(1);
  await set(customerId, { address: berlin });
  await api.tick();
  await refresh(id);
  const after = await stripe.read<Wire>(`/invoices/${draft}`);
  expect(after).toMatchObject({ status: 'paid' });
  expect(Number(after['total'])).toBe(Math.round(2900 * 1.19));
});
