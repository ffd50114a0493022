/**
 * Closes periods: a draft waits until the usage of its period is all there, or until its deadline; then its lines are fixed, and what
 * is to be done at Stripe is ordered, in one batch. Cron does so once a minute; a person may have it done before.
 */

import { sql } from 'drizzle-orm';
import { type Failure, notFound } from '../../contracts/failures.ts';
import type { HoldReason } from '../../contracts/invoices.ts';
import { findWhole, type WholeCustomer } from '../../customers/store.ts';
import type { Write } from '../../db/write.ts';
import { modeOf } from '../../invoices/brake-store.ts';
import { findToLookAt } from '../../invoices/due-store.ts';
import { deadlineOf, isDraft, isNearEnd, nextLook, pausedMs } from '../../invoices/invoice.ts';
import {
  findLines,
  findReleased,
  insertLines,
  type LineRow,
  takeReleased,
  toTaken,
  type WrittenLine,
} from '../../invoices/line-store.ts';
import type { InvoiceRow } from '../../invoices/store.ts';
import * as invoiceStore from '../../invoices/store.ts';
import { newId } from '../../lib/ids.ts';
import { err, ok } from '../../lib/result.ts';
import { hourMs, iso } from '../../lib/time.ts';
import { isShut } from '../../outbox/gate-store.ts';
import { planForInvoice, planUnless } from '../../outbox/store.ts';
import { type Context, carryOut, type Plan, type Planned } from '../deed.ts';
import { each } from '../each.ts';
import { noCredit, takeCreditFor } from './credit-line.ts';
import { awaitingApproval, holdLines } from './hold-lines.ts';
import { planOrder } from './order-invoice.ts';
import { isComplete, rateInvoice } from './rate-invoice.ts';

/** Drafts of one tick, and how many are rated beside one another. */
const perTick = 500;
const atOnce = 8;

/**
 * Closes what is due. What is ordered lies in the outbox. While that is shut nothing is: a draft may have lines of ours that are not known
 * here. @returns how many drafts were looked at
 */
export async function closePeriods(context: Context): Promise<number> {
  if (await isShut(context.db)) return 0;
  const due = await findToLookAt(context.db, context.now, perTick);
  const done = await each(due, ({ id }) => carryOut(context, () => closeInvoice(context, id, 'due')), {
    log: context.log,
    what: 'closing a period',
    named: ({ id, customerId }) => ({ invoice_id: id, customer_id: customerId }),
    atOnce,
  });
  return done.length;
}

/** A line as answers show it. */
export type ShownLine = Pick<
  LineRow,
  'id' | 'lineId' | 'by' | 'state' | 'periodStart' | 'periodEnd' | 'deltaOf' | 'amountCents' | 'body'
>;

export interface Closed {
  invoice: InvoiceRow;
  lines: readonly ShownLine[];
}

const nothing = (invoice: InvoiceRow): Plan<Closed> => ({ value: { invoice, lines: [] }, writes: [], audit: [] });

/**
 * Whose wish it is. `due`: cron's, once the time has come. `asked`: a person's who does not want to wait any longer. `preview`: a person's
 * who looks what that would bring; nothing is kept.
 */
type Wish = 'due' | 'asked' | 'preview';

export async function closeInvoice(context: Context, id: string, wish: Wish): Promise<Planned<Closed>> {
  const { db, settings } = context;
  const isAsked = wish !== 'due';
  const invoice = await invoiceStore.find(db, id);
  const whole = invoice === null ? null : await findWhole(db, invoice.customerId);
  if (invoice === null || whole === null) return err(notFound);
  const isOver = !isDraft(invoice) || invoice.orderedAt !== null;
  if (isAsked && invoice.state === 'failed') return ok(await orderAgain(context, invoice));
  if (isOver) {
    return isAsked ? err(notDraft) : ok({ ...nothing(invoice), writes: [invoiceStore.lookAgain(id, null)] });
  }
  if (wish === 'asked' && (await isShut(db))) return err(shut);
  const mode = await modeOf(db, settings.billingMode);
  if (mode === 'paused') return isAsked ? err(paused) : ok(keepOpen(context, invoice));
  return ok(await close(context, invoice, whole, { wish, isShadow: mode === 'shadow' }));
}

/** What Stripe could not finalise is tried again: a person has mended the cause. */
async function orderAgain(context: Context, invoice: InvoiceRow): Promise<Plan<Closed>> {
  const { now, random } = context;
  const order = { id: newId('outbox', random), customerId: invoice.customerId, invoiceId: invoice.id, now };
  const fields = { state: 'finalizing' as const };
  return {
    value: { invoice: { ...invoice, ...fields }, lines: await findLines(context.db, invoice.id) },
    audit: [],
    writes: [
      invoiceStore.guardUnchanged(invoice),
      invoiceStore.change(invoice, fields, now),
      planForInvoice({ ...order, kind: 'stripe_finalize' }),
    ],
    outbox: [order.id],
  };
}

const notDraft: Failure = {
  code: 'invoice_not_draft',
  message: 'what the invoice says is fixed, or on its way to Stripe: there is nothing to wait for',
};
const shut: Failure = {
  code: 'billing_paused',
  message: 'the outbox is shut: nothing is finalised until a drift run has shown what Stripe has',
};
const paused: Failure = { code: 'billing_paused', message: 'the billing brake is on: no invoice is finalised' };

/** While billing is paused a draft must not be finalised at its deadline: Stripe is told to keep it longer. */
function keepOpen(context: Context, invoice: InvoiceRow): Plan<Closed> {
  const { now, settings } = context;
  const { id, customerId } = invoice;
  const until = now + Math.max(settings.holdMs, pausedMs);
  const payload = { customer_id: customerId, invoice_id: id, until };
  const onItsWay = sql`EXISTS (SELECT 1 FROM outbox WHERE kind = 'stripe_hold' AND state IN ('planned', 'sent') AND payload ->> 'invoice_id' = ${id})`;
  return {
    ...nothing(invoice),
    writes: [
      invoiceStore.guardUnchanged(invoice),
      ...waiting(context, invoice, 'paused', now + hourMs / 4),
      ...(isNearEnd(invoice, now) ? [planUnless({ kind: 'stripe_hold', payload, now }, onItsWay)] : []),
    ],
    audit: [],
  };
}

/** It waits for something. Only what is news changes the row. */
function waiting({ now }: Context, invoice: InvoiceRow, reason: HoldReason, lookAt: number): Write[] {
  return invoice.state === 'held' && invoice.holdReason === reason
    ? [invoiceStore.lookAgain(invoice.id, lookAt)]
    : [invoiceStore.change(invoice, { state: 'held', holdReason: reason, lookAt }, now)];
}

interface How {
  wish: Wish;
  isShadow: boolean;
}

async function close(context: Context, invoice: InvoiceRow, whole: WholeCustomer, how: How): Promise<Plan<Closed>> {
  const { now } = context;
  const deadline = deadlineOf(invoice);
  const isDue = how.wish !== 'due' || now >= deadline;
  if (invoice.ratedAt !== null) return await goOn(context, invoice, isDue);
  const endedAt = invoice.kind === 'closing' ? whole.subscription.canceledAt : null;
  const complete = await isComplete(context, whole.customer, invoice, endedAt);
  if (!complete && !isDue) {
    const writes = waiting(context, invoice, 'incomplete', nextLook(now, deadline));
    return { ...nothing(invoice), writes: [invoiceStore.guardUnchanged(invoice), ...writes] };
  }
  return await fix(context, invoice, whole, { ...how, isDue, late: !complete });
}

/** Rates it, and fixes its lines. */
async function fix(
  context: Context,
  invoice: InvoiceRow,
  { customer }: WholeCustomer,
  { wish, isDue, isShadow, late }: How & { isDue: boolean; late: boolean },
): Promise<Plan<Closed>> {
  const { db, now, settings } = context;
  const moment = await invoiceStore.findMoment(db, customer.id);
  const released = await findReleased(db, customer.id);
  const rating = await rateInvoice(context, customer, invoice, { released, keeps: wish !== 'preview' });
  const shadow = isShadow || settings.usageBilling === 'off';
  const usage = await holdLines(context, customer.id, rating.lines, shadow);
  const credit = shadow ? noCredit : await takeCreditFor(context, invoice, [...usage, ...released]);
  const lines = [...usage, ...credit.lines];
  const held = lines.filter(({ state }) => state === 'held');
  const log = wish === 'preview' ? () => {} : context.log;
  if (held.length > 0) log('warn', 'lines of an invoice wait for approval', { ...named(invoice), lines: held.length });
  if (late) log('error', 'an invoice goes without all of its usage', named(invoice));
  const fields = { ratedAt: now, late, shadow, creditCents: credit.cents };
  const waits = held.length > 0 && !isDue;
  const taken = shadow ? [] : released.map(toTaken);
  const asked = { ...fields, ...awaitingApproval(invoice, now) };
  const ordered = waits
    ? { fields: asked, writes: [invoiceStore.change(invoice, asked, now)], outbox: [] }
    : planOrder(context, invoice, [...lines, ...taken], { fields, sends: !isShadow });
  return {
    value: { invoice: { ...invoice, ...ordered.fields } as InvoiceRow, lines: [...lines.map(toShown), ...taken] },
    writes: [
      invoiceStore.guardMoment(customer.id, moment),
      invoiceStore.guardUnchanged(invoice),
      ...insertLines(invoice.id, lines),
      ...(shadow ? [] : rating.writes),
      ...credit.writes,
      ...(shadow ? [] : [takeReleased(customer.id, invoice.id)]),
      ...ordered.writes,
    ],
    audit: [
      {
        action: 'invoice.rated',
        subject: customer.id,
        details: { invoice_id: invoice.id, lines: lines.length, held: held.length, late, shadow, at: iso(now) },
      },
    ],
    outbox: ordered.outbox,
  };
}

const toShown = ({ period, ...line }: WrittenLine): ShownLine => ({
  ...line,
  periodStart: period?.start ?? null,
  periodEnd: period?.end ?? null,
});

const named = ({ id, customerId }: InvoiceRow) => ({ invoice_id: id, customer_id: customerId });

/** Its lines are fixed, and some wait for approval: it goes with all that are approved once none waits, or at the deadline. */
async function goOn(context: Context, invoice: InvoiceRow, isDue: boolean): Promise<Plan<Closed>> {
  const lines = await findLines(context.db, invoice.id);
  const waits = !isDue && lines.some(({ state }) => state === 'held');
  const ordered = waits
    ? {
        fields: {},
        writes: waiting(context, invoice, 'approval', nextLook(context.now, deadlineOf(invoice))),
        outbox: [],
      }
    : planOrder(context, invoice, lines, { fields: {}, sends: true });
  return {
    value: { invoice: { ...invoice, ...ordered.fields } as InvoiceRow, lines },
    writes: [invoiceStore.guardUnchanged(invoice), ...ordered.writes],
    audit: [],
    outbox: ordered.outbox,
  };
}
