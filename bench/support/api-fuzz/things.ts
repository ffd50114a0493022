/**
 * What the cases of one principal name in paths beside its customer: an invoice that is paid, an event of Stripe, a difference from
 * Stripe, usage that waits for a person. All come about as they would: by a purchase, a stranger at Stripe, a lower report.
 */
import { randomUUID } from 'node:crypto';
import type { DemoApi } from '../../../dev/demo/api.ts';
import { goodCard } from '../../../dev/demo/stripe.ts';
import type { ReadyLine } from '../../../src/contracts/ready.ts';
import { listDrift, runDrift } from '../../../src/contracts/routes/drift.ts';
import { listInvoices } from '../../../src/contracts/routes/invoices.ts';
import { checkOut } from '../../../src/contracts/routes/subscriptions.ts';
import { listReviews } from '../../../src/contracts/routes/usage-admin.ts';
import { reportUsageBatch } from '../../../src/contracts/routes/usage-intake.ts';
import { listEvents } from '../../../src/contracts/routes/webhooks.ts';
import { floorTo, hourMs, iso } from '../../../src/lib/time.ts';

const minutesMax = 30;
/** What Stripe has had for less than two minutes may be on its way to us, and is no difference yet. */
const settles = '5m';

/** What is found by and by, the clock going on by minutes. */
async function first(api: DemoApi, what: string, look: () => Promise<string | undefined>): Promise<string> {
  for (let minute = 0; minute < minutesMax; minute++) {
    const found = await look();
    if (found !== undefined) return found;
    await api.clock({ advance: '1m', hold: true });
  }
  throw new Error(`there was no ${what} after ${minutesMax} minutes`);
}

interface Bought {
  customerId: string;
  plan: string;
  apiKey: string;
}

/** Buys what a customer tries. @returns an invoice of it, and an event that told of it */
export async function buy(api: DemoApi, { customerId, plan, apiKey }: Bought) {
  const page = new URL('/', api.publicUrl).href;
  const body = { customer_id: customerId, plan, success_url: page, cancel_url: page };
  const { session_id } = await api.as(apiKey)(checkOut, { body });
  await api.stripe.payOnPage(session_id, goodCard);
  await api.told();
  const invoiceId = await first(api, 'invoice', async () => {
    const { items } = await api.admin(listInvoices, { query: { customer_id: customerId } });
    return items[0]?.invoice_id;
  });
  const { items } = await api.admin(listEvents, { query: { limit: 1 } });
  return { invoiceId, eventId: items[0]?.event_id ?? '' };
}

/** Makes somebody at Stripe who says to be a customer of ours, and is none. @returns the difference that it makes */
export async function differ(api: DemoApi, { stripe_url, stripe_secret_key }: ReadyLine): Promise<string> {
  const answer = await fetch(`${stripe_url}/v1/customers`, {
    method: 'POST',
    headers: { authorization: `Bearer ${stripe_secret_key}` },
    body: new URLSearchParams({ 'metadata[tenantry_customer_id]': `cust_${randomUUID().replaceAll('-', '')}` }),
  });
  if (!answer.ok) throw new Error(`no customer was made at Stripe: ${answer.status}`);
  const { id } = (await answer.json()) as { id: string };
  await api.clock({ advance: settles, hold: true });
  await api.admin(runDrift, { body: {} });
  return await first(api, 'difference', async () => {
    const { items } = await api.admin(listDrift, { query: { limit: 100 } });
    return items.find(({ object_id }) => object_id === id)?.drift_id;
  });
}

/** Reports an hour, and then half of it. @returns the review that the latter waits for */
export async function lower(
  api: DemoApi,
  {
    customerId,
    reporterKey,
    instanceId,
    namespace,
  }: Record<'customerId' | 'reporterKey' | 'instanceId' | 'namespace', string>,
): Promise<string> {
  const end = floorTo(await api.clock({ hold: true }), hourMs);
  const report = (revision: number, cpuHours: number) => ({
    customer_id: customerId,
    instance_id: instanceId,
    namespace,
    timestamp: iso(revision),
    window_start: iso(end - hourMs),
    window_end: iso(end),
    revision,
    cpu_hours: cpuHours,
  });
  const reports = [report(end, 4), report(end + 1, 2)];
  for (const one of reports) await api.as(reporterKey)(reportUsageBatch, { body: { reports: [one] } });
  return await first(api, 'review', async () => {
    const { items } = await api.admin(listReviews, { query: { limit: 100 } });
    return items.find(({ customer_id }) => customer_id === customerId)?.review_id;
  });
}
