/** Events that were in the inbox together: what is fetched for one of them counts for the others, and for none that comes later. */
import { expect, it } from 'vitest';
import { inboxOf } from '../../../harness/worker/inbox.ts';
import { eventOf, invoiceOf, stripeError } from '../../../harness/worker/stripe-events.ts';

const { api, stripe, control, known, happens } = inboxOf(['outbox', 'notices']);

const types = ['invoice.updated', 'invoice.finalized', 'invoice.payment_failed', 'invoice.paid'] as const;
const fetches = (id: string): number => stripe.calls.filter(({ name }) => name === `GET /v1/invoices/${id}`).length;
const keptOf = (id: string) =>
  control.prepare('SELECT body FROM stripe_objects WHERE id = ?').bind(id).first<string>('body');
const noticesOf = (id: string) =>
  control.prepare('SELECT count(*) AS n FROM notices WHERE about = ?').bind(id).first<number>('n');

async function together(invoice: ReturnType<typeof invoiceOf>): Promise<string[]> {
  const events = types.map((type) => eventOf(type, invoice));
  for (const event of events) expect((await stripe.deliver(event)).status).toBe(200);
  return events.map(({ id }) => id);
}

async function statesOf(ids: readonly string[]): Promise<unknown[]> {
  return Promise.all(ids.map(async (id) => (await stripe.row(id))?.['state']));
}

it('are all processed with one look at their invoice, and each tells what is its own to tell', async () => {
  const invoice = invoiceOf(known.cus, { status: 'open', billing_reason: 'manual' });
  stripe.answers.set(`GET /v1/invoices/${invoice.id}`, invoice);
  const ids = await together(invoice);
  expect(await stripe.consume()).toEqual(types.map(() => 'ack'));
  expect(await statesOf(ids)).toEqual(types.map(() => 'processed'));
  expect(fetches(invoice.id)).toBe(1);
  // Of the third: the first was no failed payment.
  expect(await noticesOf(invoice.id)).toBe(1);
});

it('are one look by cron, too, when no message has brought them', async () => {
  const invoice = invoiceOf(known.cus, { status: 'open', billing_reason: 'manual' });
  stripe.answers.set(`GET /v1/invoices/${invoice.id}`, invoice);
  const ids = await together(invoice);
  stripe.queued.length = 0;
  api.clock.now += 10 * 60_000;
  await api.tick();
  expect(await statesOf(ids)).toEqual(types.map(() => 'processed'));
  expect(fetches(invoice.id)).toBe(1);
});

it('are one look by cron also when hundreds of others came between them', async () => {
  const invoice = invoiceOf(known.cus, { status: 'open', billing_reason: 'manual' });
  stripe.answers.set(`GET /v1/invoices/${invoice.id}`, invoice);
  const [first, ...others] = types.map((type) => eventOf(type, invoice));
  const between = Array.from({ length: 250 }, () =>
    eventOf('payment_method.attached', { id: 'pm_1', customer: 'cus_else' }),
  );
  for (const event of [first, ...between, ...others]) {
    if (event) expect((await stripe.deliver(event)).status).toBe(200);
    api.clock.now += 1;
  }
  stripe.queued.length = 0;
  api.clock.now += 10 * 60_000;
  await api.tick();
  expect(fetches(invoice.id)).toBe(1);
  const left = await control.prepare(`SELECT count(*) AS n FROM stripe_events WHERE state = 'received'`).first('n');
  expect(left).toBe(0);
});

it('that comes after a look has one of its own', async () => {
  const invoice = invoiceOf(known.cus, { status: 'open', billing_reason: 'manual' });
  stripe.answers.set(`GET /v1/invoices/${invoice.id}`, invoice);
  await together(invoice);
  await stripe.consume();
  stripe.answers.set(`GET /v1/invoices/${invoice.id}`, { ...invoice, status: 'paid', amount_paid: 2900 });
  expect(await happens(eventOf('invoice.paid', invoice))).toMatchObject({ state: 'processed' });
  expect(fetches(invoice.id)).toBe(2);
  expect(await keptOf(invoice.id)).toContain('"status":"paid"');
});

it('look themselves where the one before could not, or was not kept', async () => {
  const invoice = invoiceOf(known.cus, { status: 'paid', billing_reason: 'manual' });
  let asked = 0;
  stripe.answers.set(`GET /v1/invoices/${invoice.id}`, () => {
    asked += 1;
    return asked === 1 ? stripeError(403, 'key_expired') : Response.json(invoice);
  });
  const ids = await together(invoice);
  await stripe.consume();
  expect(await statesOf(ids)).toEqual(['failed', 'processed', 'processed', 'processed']);
  expect(fetches(invoice.id)).toBe(2);
  expect(await keptOf(invoice.id)).toContain('"status":"paid"');
});
