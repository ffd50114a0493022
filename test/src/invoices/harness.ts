/** Customers who pay at a stand-in of the test's own, with usage straight in the shard, and Stripe's events brought when the test says. */

import type { InvoiceView } from '../../../src/contracts/invoices.ts';
import { openDb } from '../../../src/db/client.ts';
import { findLines } from '../../../src/invoices/line-store.ts';
import type { InvoiceRow } from '../../../src/invoices/store.ts';
import { findOf } from '../../../src/invoices/store.ts';
import { servicesOf } from '../../../src/services.ts';
import { carriersOf } from '../../../src/wiring.ts';
import { billAfterEnd } from '../../../src/workflows/billing/bill-after-end.ts';
import { claimPeriods } from '../../../src/workflows/billing/claim-periods.ts';
import { closePeriods } from '../../../src/workflows/billing/close-period.ts';
import { deliverOutbox } from '../../../src/workflows/delivery/deliver-outbox.ts';
import { newLot } from '../../../src/workflows/inbox/lot.ts';
import { processEvent } from '../../../src/workflows/inbox/process-event.ts';
import { type Api, rootToken } from '../../harness/worker/api.ts';
import type { StandInOfTests, Wire } from '../../harness/worker/stripe.ts';
import { secondsOf, signatureOf } from '../../harness/worker/stripe-events.ts';
import { subscribersOf } from '../../harness/worker/subscriber.ts';

export const minute = 60_000;
export const hour = 60 * minute;
export const day = 24 * hour;

type StripeEvent = Wire & { type: string; created: number; data: { object: { id: string } } };

export function billingOf(api: Api, stripe: () => StandInOfTests) {
  const control = api.bindings['CONTROL'] as D1Database;
  const shard = api.bindings['USAGE_0'] as D1Database;
  const people = subscribersOf(api, stripe);
  const seen = new Set<string>();
  const queued: string[] = [];
  Object.assign(api.bindings, {
    STRIPE_QUEUE: {
      sendBatch: async (messages: { body: { event_id: string } }[]) =>
        queued.push(...messages.map(({ body }) => body.event_id)),
    },
  });

  /** What Stripe has told since the last time, oldest first. */
  async function news(): Promise<StripeEvent[]> {
    const all: StripeEvent[] = [];
    for (let behind = ''; ; behind = `&starting_after=${all.at(-1)?.id}`) {
      const page = await stripe().read<{ data: StripeEvent[]; has_more: boolean }>(`/events?limit=100${behind}`);
      all.push(...page.data);
      if (!page.has_more || page.data.some(({ id }) => seen.has(id))) break;
    }
    const fresh = all.toReversed().filter(({ id }) => !seen.has(id));
    for (const { id } of fresh) seen.add(id);
    return fresh;
  }

  /** Brings an event as Stripe does. @returns the status of the answer */
  async function bring(event: StripeEvent): Promise<number> {
    const raw = JSON.stringify(event);
    const headers = {
      'stripe-signature': signatureOf(raw, secondsOf(api.clock.now)),
      'content-type': 'application/json',
    };
    return (await api.call('POST', '/api/webhooks/stripe', { raw, headers })).status;
  }
  const process = async (): Promise<void> => {
    const lot = newLot();
    for (const id of queued.splice(0)) await processEvent(people.contextNow(), id, lot);
  };
  /** Everything that Stripe has to tell comes and is processed. */
  async function tell(): Promise<void> {
    for (const event of await news()) await bring(event);
    await process();
  }

  /** What cron does about invoices, without all the rest of it. */
  async function work(): Promise<void> {
    const isHourly = api.clock.now % hour < minute;
    await claimPeriods(people.contextNow(), isHourly);
    if (isHourly) await billAfterEnd(people.contextNow(), api.clock.now % day < minute);
    await closePeriods(people.contextNow());
    await deliverOutbox(carriersOf(servicesOf(api.bindings, { waitUntil: () => {} }, api.outside)));
  }

  /** Moves both clocks, Stripe tells what happened, and cron does its work. */
  async function goTo(at: number): Promise<void> {
    await stripe().move(at);
    await tell();
    await work();
    await tell();
  }

  /** By what the shard knows the customer's own namespace and its reporter. */
  async function keysOf(customerId: string) {
    const keys = await control
      .prepare(
        `SELECT c.seq AS customerSeq, r.seq AS reporterSeq, p.seq AS projectSeq FROM customers c
        JOIN reporters r ON r.customer_id = c.id JOIN projects p ON p.customer_id = c.id WHERE c.id = ? LIMIT 1`,
      )
      .bind(customerId)
      .first<{ customerSeq: number; reporterSeq: number; projectSeq: number }>();
    if (!keys) throw new Error('the customer has no reporter');
    return keys;
  }

  /** From then on the hours of the customer's namespace are expected. */
  async function expects(customerId: string, from: number): Promise<void> {
    const { reporterSeq, projectSeq } = await keysOf(customerId);
    await control
      .prepare('INSERT INTO ownerships (reporter_seq, project_seq, meters, from_at) VALUES (?, ?, 1, ?)')
      .bind(reporterSeq, projectSeq, from)
      .run();
  }

  /** An hour's usage of the customer's own namespace that ends at `end`. */
  async function uses(customerId: string, end: number, coreHours: number, acceptedAt = api.clock.now): Promise<void> {
    const { customerSeq, reporterSeq, projectSeq } = await keysOf(customerId);
    await shard
      .prepare(
        `INSERT INTO windows (customer_seq, window_end, reporter_seq, project_seq, seconds, revision, accepted_at, complete, gap_ms, missing, cpu_core_ms)
        VALUES (?1, ?2, ?3, ?4, 3600, ?5, ?5, 1, 0, 0, ?6) ON CONFLICT DO UPDATE SET cpu_core_ms = ?6, accepted_at = ?5, revision = ?5`,
      )
      .bind(customerSeq, end, reporterSeq, projectSeq, acceptedAt, Math.round(coreHours * 3_600_000))
      .run();
    await shard
      .prepare('INSERT OR IGNORE INTO dirty_days (customer_seq, day) VALUES (?, ?)')
      .bind(customerSeq, Math.floor((end - 1) / day))
      .run();
  }

  const rowsOf = (customerId: string): Promise<InvoiceRow[]> => findOf(openDb(control), customerId);
  const linesOf = (invoiceId: string) => findLines(openDb(control), invoiceId);
  /** Our lines that cost something, cents by meter, in their order. */
  const costs = async (invoiceId: string) =>
    (await linesOf(invoiceId))
      .filter(({ by, amountCents }) => by === 'tenantry' && amountCents !== 0)
      .map(({ meter, amountCents, state }) => `${meter} ${amountCents} ${state}`);
  /** Lines of an invoice at Stripe. */
  const atStripe = async (id: string | null) =>
    (
      await stripe().read<{ data: { amount: number; description: string; metadata: Record<string, string> }[] }>(
        `/invoices/${id}/lines?limit=100`,
      )
    ).data;
  const invoiceAtStripe = (id: string | null) =>
    stripe().read<Wire & { status: string; total: number }>(`/invoices/${id}`);
  const show = async (id: string): Promise<InvoiceView> => {
    const answer = await api.call('GET', `/api/invoices/${id}`, { token: rootToken });
    return ((await answer.json()) as { invoice: InvoiceView }).invoice;
  };
  const periodsOf = async (customerId: string) =>
    (
      await control
        .prepare(
          'SELECT start_at AS start, end_at AS "end", kind FROM billing_periods WHERE customer_id = ? ORDER BY start_at',
        )
        .bind(customerId)
        .all<{ start: number; end: number; kind: string }>()
    ).results;

  return {
    ...people,
    control,
    shard,
    keysOf,
    news,
    bring,
    process,
    tell,
    goTo,
    expects,
    uses,
    rowsOf,
    linesOf,
    costs,
    atStripe,
    invoiceAtStripe,
    show,
    periodsOf,
    queued,
  };
}
