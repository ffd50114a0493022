/**
 * Usage of customers who have left that changes after their closing invoice, and lines that were approved after it (decision 7): in sum
 * enough for an invoice of its own, too little and written off, or given back by a credit note on the last invoice that was paid.
 */
import { notFound } from '../../contracts/failures.ts';
import type { InvoiceState } from '../../contracts/invoices.ts';
import { findWhole } from '../../customers/store.ts';
import { shardOf } from '../../db/shards.ts';
import { modeOf } from '../../invoices/brake-store.ts';
import { type Ended, findEnded } from '../../invoices/due-store.ts';
import { openMs, ownInvoiceCentsMin } from '../../invoices/invoice.ts';
import { findReleased, insertLines, takeReleased } from '../../invoices/line-store.ts';
import { type NewLine, sumOf } from '../../invoices/lines.ts';
import * as invoiceStore from '../../invoices/store.ts';
import { newId } from '../../lib/ids.ts';
import { err, ok } from '../../lib/result.ts';
import { hourMs } from '../../lib/time.ts';
import { type OutboxKind, planForInvoice } from '../../outbox/store.ts';
import { lastAcceptedAt } from '../../usage/day-store.ts';
import { type Context, carryOut, type Planned } from '../deed.ts';
import { each } from '../each.ts';
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
  const { db, now, random } = context;
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
  const { lines: found, writes: ofStatement } = await rateInvoice(context, customer, { newId: id }, { withVoid: true });
  if (found.length === 0 && released.length === 0) return nothing;
  const { due, tooLate } = split(found, now);
  const owed = sumOf(due) + sumOf(released);
  const { state, kind, lineState } = wayOf(owed, released.length > 0);
  const orderId = newId('outbox', random);
  const isDone = kind === null;
  const sum = isDone ? owed + sumOf(tooLate) : owed;
  const row = {
    id,
    customerId,
    kind: 'delta' as const,
    state,
    subtotalCents: sum,
    totalCents: sum,
    amountDueCents: Math.max(0, sum),
    ratedAt: now,
    orderedAt: now,
    finalizedAt: isDone ? now : null,
    createdAt: now,
    updatedAt: now,
  };
  const lines = found.map((line) => ({
    ...line,
    id: newId('invoiceLine', random),
    by: 'tenantry' as const,
    state: tooLate.includes(line) ? ('rejected' as const) : lineState,
    stripeLineId: null,
  }));
  return ok({
    value: null,
    writes: [
      invoiceStore.guardMoment(customerId, moment),
      invoiceStore.insert(row),
      ...insertLines(id, lines),
      takeReleased(customerId, id),
      ...ofStatement,
      ...(kind === null ? [] : [planForInvoice({ id: orderId, kind, customerId, invoiceId: id, now })]),
    ],
    audit: [{ action: 'invoice.delta', subject: customerId, details: { invoice_id: id, cents: sum, state } }],
    outbox: isDone ? [] : [orderId],
  });
}

const nothing = ok({ value: null, writes: [], audit: [] });

/** What the customer would owe of a month that ended more than 62 days ago is not asked for; what it is owed goes back. */
function split(lines: readonly NewLine[], now: number): { due: NewLine[]; tooLate: NewLine[] } {
  const months = [...Map.groupBy(lines, ({ period }) => period.start).values()];
  const isTooLate = (month: readonly NewLine[]) => (month[0]?.period.end ?? now) <= now - openMs && sumOf(month) > 0;
  return { due: months.filter((month) => !isTooLate(month)).flat(), tooLate: months.filter(isTooLate).flat() };
}

interface Way {
  state: InvoiceState;
  kind: OutboxKind | null;
  lineState: 'planned' | 'rejected';
}

/** @param isApproved whether a person has said that it is to be billed: then it is, whatever it is worth */
function wayOf(sum: number, isApproved: boolean): Way {
  if (sum >= ownInvoiceCentsMin || (sum > 0 && isApproved)) {
    return { state: 'draft', kind: 'stripe_invoice', lineState: 'planned' };
  }
  if (sum < 0) return { state: 'finalizing', kind: 'stripe_credit', lineState: 'planned' };
  return { state: 'uncollectible', kind: null, lineState: 'rejected' };
}
