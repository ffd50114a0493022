/** Whose address stands: one that was typed in at Stripe is shown and let be, one that was set here is Stripe's, and the newer of both counts. */
import { beforeAll, expect, it } from 'vitest';
import type { BillingView } from '../../../src/contracts/billing.ts';
import { ensureCluster, makeApi, rootToken } from '../../harness/worker/api.ts';
import { openStandIn, type StandInOfTests, type Wire } from '../../harness/worker/stripe.ts';
import { good } from '../../harness/worker/subscriber.ts';
import { billingOf, minute } from '../invoices/harness.ts';

const api = makeApi(Date.parse('2026-01-05T09:10:00.000Z'));
let stripe: StandInOfTests;
const { paying, tell, goTo, control } = billingOf(api, () => stripe);

beforeAll(async () => {
  await ensureCluster(api);
  stripe = await openStandIn(api);
  await stripe.publish();
});

const berlin = { line1: 'Unter den Linden 1', city: 'Berlin', postal_code: '10117', country: 'DE' };
const vienna = { line1: 'Ring 1', city: 'Wien', postal_code: '1010', country: 'AT' };
const none = { line1: null, line2: null, city: null, postal_code: null, state: null, country: null };

/** A customer who has bought. */
async function buyer() {
  const { made } = await paying();
  const path = `/api/customers/${made.customer.customer_id}/billing`;
  const customer = async () => {
    const row = await control
      .prepare('SELECT stripe_customer_id AS id FROM customers WHERE id = ?')
      .bind(made.customer.customer_id)
      .first<{ id: string }>();
    return `/customers/${row?.id}`;
  };
  const ask = async (method: string, body?: object) =>
    (await good<{ billing: BillingView }>(await api.call(method, path, { token: rootToken, ...(body && { body }) })))
      .billing;
  return {
    customer,
    set: (body: object) => ask('PUT', body),
    read: () => ask('GET'),
    /** Types an address in on a page of Stripe's, of which Stripe tells unless it is to wait. */
    async types(address: Record<string, string>, isTold = true) {
      const fields = Object.entries(address).map(([part, text]) => [`address[${part}]`, text]);
      await stripe.call(await customer(), Object.fromEntries(fields));
      if (isTold) await tell();
    },
    atStripe: async () => (await stripe.read<Wire>(await customer()))['address'],
  };
}

it('one that was typed in at Stripe is shown, and nothing that is saved here takes it away', async () => {
  const { types, set, read, atStripe } = await buyer();
  await types({ country: 'DE', postal_code: '10117' });
  const typed = { country: 'DE', postal_code: '10117' };
  expect(await read()).toMatchObject({ address: typed, at_stripe: 'none' });
  await set({ po_number: 'PO-1' });
  expect(await read()).toMatchObject({ address: typed, po_number: 'PO-1', at_stripe: 'done' });
  expect(await atStripe()).toEqual({ ...none, ...typed });
});

it('one that Stripe has not told us of yet stays there, too', async () => {
  const { types, set, read, atStripe } = await buyer();
  await types(berlin, false);
  await set({ collection: 'invoice' });
  expect(await atStripe()).toEqual({ ...none, ...berlin });
  await tell();
  expect(await read()).toMatchObject({ address: berlin, collection: 'invoice', at_stripe: 'done' });
});

it('one that is taken back here is taken away at Stripe, whoever has set it', async () => {
  const { types, set, read, atStripe } = await buyer();
  await types(berlin);
  await set({ address: null });
  expect(await atStripe()).toBeNull();
  await set({ address: vienna });
  expect(await atStripe()).toEqual({ ...none, ...vienna });
  await set({ address: null });
  await tell();
  expect(await atStripe()).toBeNull();
  expect(await read()).toMatchObject({ address: null, at_stripe: 'done' });
});

it('of one that was set here and another that was typed in at Stripe later, the later one stands', async () => {
  const { types, set, read, atStripe } = await buyer();
  await set({ address: berlin });
  await tell();
  await types(vienna);
  expect(await read()).toMatchObject({ address: vienna });
  await set({ po_number: 'PO-1' });
  expect(await atStripe()).toEqual({ ...none, ...vienna });
  expect(await read()).toMatchObject({ address: vienna, at_stripe: 'done' });
});

it('one that waits to be told to Stripe is not taken for the older one that Stripe tells of', async () => {
  const { types, set, read, atStripe } = await buyer();
  await types(vienna, false);
  api.internet.set(stripe.url, (request) =>
    request.method === 'POST' ? Promise.resolve(new Response('', { status: 503 })) : fetch(request),
  );
  await set({ address: berlin });
  await tell();
  expect(await read()).toMatchObject({ address: berlin, at_stripe: 'pending' });
  api.internet.set(stripe.url, (request) => fetch(request));
  await goTo(api.clock.now + 20 * minute);
  expect(await read()).toMatchObject({ address: berlin, at_stripe: 'done' });
  expect(await atStripe()).toEqual({ ...none, ...berlin });
});

it('what was fetched before one was sent is not written over it', async () => {
  const { types, set, read, customer } = await buyer();
  await types(vienna, false);
  const path = await customer();
  let isAsked = false;
  api.internet.set(stripe.url, async (request) => {
    const answer = await fetch(request);
    if (isAsked || request.method !== 'GET' || !request.url.endsWith(path)) return answer;
    isAsked = true;
    await set({ address: berlin });
    return answer;
  });
  await tell();
  expect(isAsked).toBe(true);
  expect(await read()).toMatchObject({ address: berlin, at_stripe: 'done' });
  api.internet.set(stripe.url, (request) => fetch(request));
  await tell();
  expect(await read()).toMatchObject({ address: berlin, at_stripe: 'done' });
});

it('one that Stripe refuses is tried again with what is saved next, until another is typed in there', async () => {
  const { types, set, read, atStripe } = await buyer();
  await types(berlin);
  const wrong = { ...vienna, country: 'XX' };
  await set({ address: wrong });
  expect(await read()).toMatchObject({ address: wrong, refused: [{ field: 'address' }] });
  await set({ po_number: 'PO-1' });
  expect(await read()).toMatchObject({ address: wrong, refused: [{ field: 'address' }] });
  await tell();
  expect(await read()).toMatchObject({ address: wrong, refused: [{ field: 'address' }] });
  await types(vienna);
  expect(await read()).toMatchObject({ address: vienna, at_stripe: 'done', refused: [] });
  await set({ po_number: 'PO-2' });
  expect(await atStripe()).toEqual({ ...none, ...vienna });
});

it('a customer that was deleted at Stripe is made anew with the address that it had typed in there', async () => {
  const { types, customer, read, atStripe } = await buyer();
  await types(berlin);
  const before = await customer();
  await stripe.remove(before);
  await tell();
  // It is made, and then told of its settings.
  for (const _ of [1, 2]) await goTo(api.clock.now + minute);
  expect(await customer()).not.toBe(before);
  expect(await atStripe()).toEqual({ ...none, ...berlin });
  expect(await read()).toMatchObject({ address: berlin, at_stripe: 'none' });
});
