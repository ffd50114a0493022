/**
 * Usage of customers who have left that changes after their closing invoice, and lines that were approved after it (decision 7): in sum
 * enough for an invoice of its own, too little and written off, or given back by a credit note on the last invoice that was paid. Lines
 * wait for approval and prepaid credit is taken as on any other invoice.
 */
import { notFound } from '../../contracts/failures.ts';
import { findWhole } from '../../customers/store.ts';
import { shardOf } from '../../db/shards.ts';
import { modeOf } from '../../invoices/brake-store.ts';
import { type Ended, findEnded } from '../../invoices/due-store.ts';
import { openMs } from '../../invoices/invoice.ts';
import {
  findReleased,
  insertLines,
  type LineRow,
  takeReleased,
  toTaken,
  type WrittenLine,
} from '../../invoices/line-store.ts';
import { type NewLine, sumOf } from '../../invoices/lines.ts';
import * as invoiceStore from '../../invoices/store.ts';
import { newId } from '../../lib/ids.ts';
import { err, ok } from '../../lib/result.ts';
import { hourMs } from '../../lib/time.ts';
import { isShut } from '../../outbox/gate-store.ts';
import { lastAcceptedAt } from '../../usage/day-store.ts';
import { type Context, carryOut, type Planned } from '../deed.ts';
import { each } from '../each.ts';
import { noCredit, type TakenCredit, takeCreditFor } from './credit-line.ts';
import { awaitingApproval, holdLines } from './hold-lines.ts';
import { type Ordered, planOrder, wayOfChange } from './order-invoice.ts';
import { rateInvoice } from './rate-invoice.ts';

const perPage = 200;
const atOnce = 4;

/** A report is stored some time after it was accepted. */
const travelMs = hourMs;

/**
 * Bills what has changed. @param isThorough whether all are rated again, also those of whom nothing was accepted of late: a report may
 * have waited in a queue for days
 * @returns how many customers were looked at
 */
export async function billAfterEnd(context: Context, isThorough: boolean): Promise<number> {
  const { db, now, log, settings } = context;
  if ((await modeOf(db, settings.billingMode)) !== 'live' || settings.usageBilling === 'off') return 0;
  // What Stripe has of ours may not be known here.
  if (await isShut(db)) return 0;
  let looked = 0;
  for (let after = ''; ; ) {
    const ended = await findEnded(db, now, after, perPage);
    const done = await each(ended, (one) => carryOut(context, () => billChange(context, one, isThorough)), {
      log,
      what: 'what has changed after a subscription’s end',
      named: ({ customerId }) => ({ customer_id: customerId }),
      atOnce,
    });
    looked += done.length;
    const last = ended.at(-1);
    if (last === undefined || ended.length < perPage) return looked;
    after = last.customerId;
  }
}

async function billChange(
  context: Context,
  { customerId, ratedAt }: Ended,
  isThorough: boolean,
): Promise<Planned<null>> {
  const { db, now, random, settings } = context;
  const whole = await findWhole(db, customerId);
  if (!whole) return err(notFound);
  const { customer } = whole;
  const span = { customerSeq: customer.seq, from: now - 2 * openMs, to: now };
  const [moment, acceptedAt, released] = await Promise.all([
    invoiceStore.findMoment(db, customerId),
    lastAcceptedAt(shardOf(context, customer), span),
    findReleased(db, customerId),
  ]);
  const isQuiet = !isThorough && (acceptedAt ?? 0) < ratedAt - travelMs;
  if (isQuiet && released.length === 0) return nothing;
  const id = newId('invoice', random);
  const { lines: found, writes: ofStatement } = await rateInvoice(
    context,
    customer,
    { newId: id },
    { released, withVoid: true },
  );
  if (found.length === 0 && released.length === 0) return nothing;
  const { due, tooLate } = split(found, now);
  const usage = await holdLines(context, customerId, due, false);
  const off = (await holdLines(context, customerId, tooLate, true)).map((line) => ({
    ...line,
    state: 'rejected' as const,
  }));
  const taken = released.map(toTaken);
  const row = invoiceStore.blank({
    id,
    customerId,
    kind: 'delta',
    state: 'draft',
    holdUntil: now + settings.holdMs,
    ratedAt: now,
    createdAt: now,
    updatedAt: now,
  });
  const credit = await creditFor(context, row, [...usage, ...taken]);
  const lines = [...usage, ...off, ...credit.lines];
  const ordered = orderOf(context, { ...row, creditCents: credit.cents }, [...lines, ...taken]);
  return ok({
    value: null,
    writes: [
      invoiceStore.guardMoment(customerId, moment),
      invoiceStore.insert(row),
      ...insertLines(id, lines),
      takeReleased(customerId, id),
      ...ofStatement,
      ...credit.writes,
      ...ordered.writes,
    ],
    audit: [
      {
        action: 'invoice.delta',
        subject: customerId,
        details: { invoice_id: id, cents: ordered.fields.totalCents ?? sumOf(due), state: ordered.fields.state },
      },
    ],
    outbox: ordered.outbox,
  });
}

const nothing = ok({ value: null, writes: [], audit: [] });

/** What the customer would owe of a month that ended more than 62 days ago is not asked for; what it is owed goes back. */
function split(lines: readonly NewLine[], now: number): { due: NewLine[]; tooLate: NewLine[] } {
  const months = [...Map.groupBy(lines, ({ period }) => period.start).values()];
  const isTooLate = (month: readonly NewLine[]) => (month[0]?.period.end ?? now) <= now - openMs && sumOf(month) > 0;
  return { due: months.filter((month) => !isTooLate(month)).flat(), tooLate: months.filter(isTooLate).flat() };
}

/** What is asked for takes prepaid credit, as any invoice of ours. */
async function creditFor(
  context: Context,
  row: invoiceStore.InvoiceRow,
  lines: readonly (WrittenLine | LineRow)[],
): Promise<TakenCredit> {
  const planned = lines.filter(({ state }) => state === 'planned');
  const isAskedFor = wayOfChange(planned, 0)?.kind === 'stripe_invoice';
  return isAskedFor ? await takeCreditFor(context, row, lines) : noCredit;
}

/** It goes at once, or waits as any other for who approves its lines (close-period.ts). */
function orderOf(context: Context, row: invoiceStore.InvoiceRow, lines: readonly (WrittenLine | LineRow)[]): Ordered {
  const { now, log } = context;
  const { id, customerId, creditCents } = row;
  const held = lines.filter(({ state }) => state === 'held');
  if (held.length === 0) return planOrder(context, row, lines, { fields: { creditCents }, sends: true });
  log('warn', 'lines of an invoice wait for approval', {
    invoice_id: id,
    customer_id: customerId,
    lines: held.length,
  });
  const fields = { creditCents, ...awaitingApproval(row, now) };
  return { fields, writes: [invoiceStore.change(row, fields, now)], outbox: [] };
}
