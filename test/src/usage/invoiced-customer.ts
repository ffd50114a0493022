/**
 * The invoices of a customer of rows, made by what cron makes them with: the renewal of each month, or, where the subscription has ended,
 * its closing invoice and one for each later change. Stripe is not asked: what is planned for it counts as said.
 */
import { env } from 'cloudflare:workers';
import type { CustomerRow } from '../../../src/customers/store.ts';
import { commit, openDb } from '../../../src/db/client.ts';
import { findLines } from '../../../src/invoices/line-store.ts';
import { sumOf } from '../../../src/invoices/lines.ts';
import { blank, findOf, type InvoiceRow, insert } from '../../../src/invoices/store.ts';
import { cryptoRandom, newId } from '../../../src/lib/ids.ts';
import { hourMs } from '../../../src/lib/time.ts';
import type { BilledPeriod } from '../../../src/periods/store.ts';
import type { Destination } from '../../../src/periods/where-it-goes.ts';
import { billAfterEnd } from '../../../src/workflows/billing/bill-after-end.ts';
import { closeInvoice } from '../../../src/workflows/billing/close-period.ts';
import { rateInvoice } from '../../../src/workflows/billing/rate-invoice.ts';
import { done, makeContext } from '../../harness/worker/context.ts';
import type { Story } from './billed-customer.ts';
import { controlOf, shardOf } from './harness.ts';

/** A usage line as invoices have it. */
export interface Invoiced {
  /** Its place in time, and its identity there: as `billOf` calls it. */
  name: string;
  identity: string;
  cents: number;
  destination: Destination;
}

/** What invoices say of a customer. */
export interface Books {
  /** All usage lines that invoices have, or, of the draft that waits, would have by now. Where its preview says other lines it throws. */
  look: (now: number) => Promise<Invoiced[]>;
  /** The last invoice goes; then all usage lines as they stand. */
  end: () => Promise<Invoiced[]>;
}

const control = () => controlOf(env);
const contextAt = (now: number) => makeContext({ control: control(), shards: [shardOf(env)], now });

/** A draft of a period, as Stripe's event or cron makes it. */
async function draft(customer: CustomerRow, { start, end }: BilledPeriod, kind: InvoiceRow['kind'], now: number) {
  const id = newId('invoice', cryptoRandom);
  const times = { periodStart: start, periodEnd: end, createdAt: now, updatedAt: now };
  const row = blank({ id, customerId: customer.id, kind, state: 'draft', holdUntil: now + 6 * hourMs, ...times });
  await commit(openDb(control()), [insert(row)]);
  return row;
}

/** Its lines are fixed. */
async function close({ id }: InvoiceRow, now: number): Promise<void> {
  const closed = await done(contextAt(now), (context) => closeInvoice(context, id, 'asked'));
  if (!closed.ok) throw new Error(`an invoice was not closed: ${JSON.stringify(closed)}`);
}

/** What waits for Stripe is as if it had been there. */
const settle = ({ id }: CustomerRow, now: number) =>
  control()
    .prepare(
      `UPDATE invoices SET state = 'paid', finalized_at = coalesce(finalized_at, ?2), updated_at = updated_at + 1
      WHERE customer_id = ?1 AND rated_at IS NOT NULL`,
    )
    .bind(id, now)
    .run();

/** Names lines by their period's place among the story's. */
const namer =
  ({ periods }: Story) =>
  (
    line: { identity: string; amountCents: number },
    periodStart: number | null,
    destination: Destination,
  ): Invoiced => ({
    name: `${periods.findIndex(({ start }) => start === periodStart)} ${line.identity}`,
    identity: line.identity,
    cents: line.amountCents,
    destination,
  });

/** Lines of the customer's invoices that are rated; a later change's are `credit` where they are given back. */
async function rated(story: Story): Promise<Invoiced[]> {
  const nameOf = namer(story);
  const db = openDb(control());
  const invoices = (await findOf(db, story.customer.id)).filter(({ ratedAt }) => ratedAt !== null);
  const lines = invoices.map(async (invoice) => {
    const own = (await findLines(db, invoice.id)).filter(({ by }) => by === 'tenantry');
    const change = sumOf(own) < 0 ? 'credit' : 'next';
    return own.map((line) =>
      nameOf(line, line.periodStart, invoice.kind === 'delta' ? change : line.deltaOf === null ? 'this' : 'next'),
    );
  });
  return (await Promise.all(lines)).flat();
}

/** Books of a customer whose first period is invoiced and whose second goes on: what changes in the first comes on its renewal. */
export async function goingOn(story: Story, now: number): Promise<Books> {
  const { customer, periods } = story;
  const [first, second] = periods as [BilledPeriod, BilledPeriod];
  const nameOf = namer(story);
  await close(await draft(customer, first, 'cycle', first.end), now);
  await settle(customer, now);
  const renewal = await draft(customer, second, 'cycle', second.end);
  const renewedAt = second.end + hourMs;
  return {
    async look() {
      const context = contextAt(renewedAt);
      const { lines } = await rateInvoice(context, customer, renewal, { released: [] });
      const seen = await closeInvoice(context, renewal.id, 'preview');
      const shown = seen.ok ? seen.value.value.lines : [];
      const text = (of: readonly { lineId: string; amountCents: number }[]) =>
        JSON.stringify(of.map(({ lineId, amountCents }) => [lineId, amountCents]).sort());
      if (text(shown) !== text(lines)) throw new Error(`previewed as ${text(shown)}, it has ${text(lines)}`);
      const coming = lines.map((line) => nameOf(line, line.period.start, line.deltaOf === null ? 'this' : 'next'));
      return [...(await rated(story)), ...coming];
    },
    async end() {
      await close(renewal, renewedAt);
      return await rated(story);
    },
  };
}

/** What is ordered of Stripe for a change after the end, by its cents (decision 7). */
const orderedFor = (cents: number): string | null =>
  cents < 0 ? 'stripe_credit' : cents < 50 ? null : 'stripe_invoice';

/** Books of a customer who has left: both periods are invoiced, and each change is billed, written off or given back by itself. */
export async function ended(story: Story, now: number): Promise<Books> {
  const { customer, periods } = story;
  const [first, second] = periods as [BilledPeriod, BilledPeriod];
  await control()
    .prepare("UPDATE subscriptions SET status = 'canceled', canceled_at = ?2 WHERE customer_id = ?1")
    .bind(customer.id, now)
    .run();
  await close(await draft(customer, first, 'cycle', first.end), now);
  await settle(customer, now);
  await close(await draft(customer, second, 'closing', now), now);
  await settle(customer, now);
  let looks = 0;
  async function look(at: number): Promise<Invoiced[]> {
    looks += 1;
    // What the first finds was said to be reported long ago.
    await billAfterEnd(contextAt(at), looks === 1);
    const fresh = (await findOf(openDb(control()), customer.id)).filter(({ state }) => state !== 'paid');
    for (const { id } of fresh) {
      const cents = sumOf((await findLines(openDb(control()), id)).filter(({ by }) => by === 'tenantry'));
      const order = await control()
        .prepare("SELECT kind FROM outbox WHERE payload ->> 'invoice_id' = ?")
        .bind(id)
        .first<string>('kind');
      if (order !== orderedFor(cents)) throw new Error(`for a change of ${cents} ${order} is ordered`);
    }
    await settle(customer, at);
    return await rated(story);
  }
  return {
    look,
    async end() {
      // Cron has nothing more to do about them.
      await control().prepare('UPDATE subscriptions SET canceled_at = 1 WHERE customer_id = ?').bind(customer.id).run();
      return await rated(story);
    },
  };
}
