/**
 * Follows an invoice as Stripe has it, from whichever event told of it: its row is made, takes the period that has ended, and has the
 * state that Stripe's means. Once it is finalised its lines are frozen (freeze-invoice.ts).
 */
import type { AuditEntry } from '../../audit/store.ts';
import type { Db } from '../../db/client.ts';
import type { Write } from '../../db/write.ts';
import { isUnfinished, stateAfter } from '../../invoices/invoice.ts';
import { rejectHeld } from '../../invoices/line-store.ts';
import type { InvoiceRow, NewInvoice } from '../../invoices/store.ts';
import * as invoiceStore from '../../invoices/store.ts';
import { newId } from '../../lib/ids.ts';
import { ok, type Result } from '../../lib/result.ts';
import { hourMs } from '../../lib/time.ts';
import * as periodStore from '../../periods/store.ts';
import type { StripeFailure } from '../../stripe/call.ts';
import type { StripeInvoice } from '../../stripe/invoices.ts';
import { findSubscription } from '../../subscriptions/store.ts';
import type { Context } from '../deed.ts';
import { type Frozen, freeze } from './freeze-invoice.ts';
import { recallInvoice, type Seen } from './recall-invoice.ts';
import { linesAt, recallDraft } from './recall-lines.ts';
import { releaseCredit } from './reserve-credit.ts';

export interface Followed {
  writes: Write[];
  audit: AuditEntry[];
}

/** Stripe renews in seconds, and a period of ours may have been cut at an hour's edge. */
const nearMs = hourMs;

/** What carries our own id is an invoice that we made. */
const ourIdOf = ({ metadata }: StripeInvoice): string | null => metadata['tenantry_invoice_id'] ?? null;

/** Plans what the invoice comes to. Fails where Stripe does not show its lines. */
export async function followInvoice(
  context: Context,
  customerId: string,
  invoice: StripeInvoice,
  heldUntil: number | null,
): Promise<Result<Followed, StripeFailure>> {
  const ourId = ourIdOf(invoice);
  const known = await invoiceStore.findAtStripe(context.db, invoice.id, ourId);
  if (known !== null) return await follow(context, known, invoice, []);
  const isStripes = invoice.billingReason?.startsWith('subscription_') === true;
  if (!isStripes && ourId === null) return ok({ writes: [], audit: [] });
  const seen = isStripes
    ? ok(await rowOf(context, customerId, invoice, heldUntil))
    : await recallInvoice(context, customerId, invoice);
  if (!seen.ok) return seen;
  return seen.value === null
    ? ok({ writes: [], audit: [] })
    : await follow(context, seen.value.row, invoice, seen.value.writes);
}

/** The row of an invoice of Stripe's that is seen for the first time. */
async function rowOf(
  context: Context,
  customerId: string,
  invoice: StripeInvoice,
  heldUntil: number | null,
): Promise<Seen> {
  const { db, now, random } = context;
  const moment = await invoiceStore.findMoment(db, customerId);
  const period = await periodOf(db, customerId, invoice);
  const row = invoiceStore.blank({
    id: (await lostIdOf(context, invoice)) ?? newId('invoice', random),
    customerId,
    kind: 'cycle',
    periodStart: period?.start ?? null,
    periodEnd: period?.end ?? null,
    stripeInvoiceId: invoice.id,
    state: 'draft',
    holdUntil: heldUntil ?? invoice.finalizesAt,
    lookAt: invoice.status === 'draft' ? now : null,
    createdAt: invoice.createdAt,
    updatedAt: now,
  });
  return { row, writes: [invoiceStore.guardMoment(customerId, moment), invoiceStore.insert(row)] };
}

/** The id that the row had before it was lost, where one of our lines on it says so: statements and corrections name it. */
async function lostIdOf(context: Context, invoice: StripeInvoice): Promise<string | null> {
  const shown = await linesAt(context, invoice);
  const id = (shown.ok && shown.value.find(({ invoiceId }) => invoiceId !== null)?.invoiceId) || null;
  return id === null || (await invoiceStore.find(context.db, id)) !== null ? null : id;
}

/**
 * The period that a renewal is the bill of: the one that ended with it, unless another invoice has it. Months of a yearly subscription
 * have invoices of their own, and a trial has none.
 */
async function periodOf(db: Db, customerId: string, invoice: StripeInvoice) {
  if (invoice.billingReason !== 'subscription_cycle') return null;
  const [periods, others, subscription] = await Promise.all([
    periodStore.findAll(db, customerId),
    invoiceStore.findOf(db, customerId),
    findSubscription(db, customerId),
  ]);
  if (subscription?.interval === 'year') return null;
  const period = periods.findLast(({ end, invoiceable }) => invoiceable && Math.abs(end - invoice.periodEnd) <= nearMs);
  const isTaken = others.some(({ periodStart, state }) => periodStart === period?.start && state !== 'void');
  return period === undefined || isTaken ? null : period;
}

const untouched: Frozen = { fields: {}, writes: [], audit: [] };

/** @param before what comes first in the batch: the row, where it is new */
async function follow(
  context: Context,
  row: InvoiceRow,
  invoice: StripeInvoice,
  before: readonly Write[],
): Promise<Result<Followed, StripeFailure>> {
  // When it was changed last says since when it is void (line-store.ts).
  if (row.state === 'void') return ok({ writes: [], audit: [] });
  const { now } = context;
  const state = stateAfter(row.state, invoice);
  const isFrozen = invoice.status !== 'draft' && row.finalizedAt === null;
  const frozen = isFrozen ? await freeze(context, row, invoice) : ok(untouched);
  if (!frozen.ok) return frozen;
  const recalled = invoice.status === 'draft' ? await recallDraft(context, row, invoice) : ok(untouched);
  if (!recalled.ok) return recalled;
  const creditOf = frozen.value.fields.creditCents ?? row.creditCents;
  const fields: Partial<NewInvoice> = {
    ...frozen.value.fields,
    state,
    ...recalled.value.fields,
    stripeInvoiceId: invoice.id,
    ...(invoice.status === 'draft' ? {} : { ...sumsOf(invoice, creditOf), holdReason: null, lookAt: null }),
  };
  const isNews = isFrozen || Object.entries(fields).some(([name, value]) => row[name as keyof InvoiceRow] !== value);
  if (before.length === 0 && !isNews) return ok({ writes: [], audit: [] });
  return ok({
    writes: [
      ...(before.length > 0 ? before : [invoiceStore.guardUnchanged(row)]),
      ...frozen.value.writes,
      ...recalled.value.writes,
      ...(state === 'void' ? [rejectHeld(row.id), ...releaseCredit(context, row.id)] : []),
      ...(isNews ? [invoiceStore.change(row, fields, now)] : []),
    ],
    audit: [
      ...frozen.value.audit,
      ...(state === row.state
        ? []
        : [
            { action: `invoice.${state}`, subject: row.customerId, details: { invoice_id: row.id, before: row.state } },
          ]),
    ],
  });
}

/** What Stripe says of a finalised invoice. */
const sumsOf = (invoice: StripeInvoice, creditCents: number) => ({
  number: invoice.number,
  // At Stripe credit is a line among the others.
  subtotalCents: invoice.subtotalCents + creditCents,
  taxCents: invoice.taxCents,
  totalCents: invoice.totalCents,
  amountDueCents: invoice.amountDueCents,
  dueAt: invoice.dueAt,
  hostedUrl: invoice.hostedUrl,
  finalizedAt: invoice.finalizedAt ?? invoice.createdAt,
  paidAt: invoice.paidAt,
});

/** Stripe has no such invoice any more: a draft of ours was deleted there. */
export async function invoiceGone(context: Context, stripeId: string): Promise<Followed> {
  const row = await invoiceStore.findAtStripe(context.db, stripeId, null);
  if (row === null || !isUnfinished(row)) return { writes: [], audit: [] };
  context.log('error', 'a draft was deleted at Stripe', { invoice_id: row.id, customer_id: row.customerId });
  const fields = { state: 'void' as const, holdReason: null, lookAt: null };
  return {
    writes: [
      invoiceStore.guardUnchanged(row),
      rejectHeld(row.id),
      ...releaseCredit(context, row.id),
      invoiceStore.change(row, fields, context.now),
    ],
    audit: [{ action: 'invoice.void', subject: row.customerId, details: { invoice_id: row.id, deleted: true } }],
  };
}
