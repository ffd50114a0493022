/**
 * Lines of ours that Stripe has on an invoice and whose rows are lost, because the database was restored: what Stripe has is billed, and
 * the period counts as rated. How they came about is not known any more, so that such an invoice has no statement.
 */
import type { Write } from '../../db/write.ts';
import { isDraft } from '../../invoices/invoice.ts';
import { findLines, keepBilled, type LineRow } from '../../invoices/line-store.ts';
import type { InvoiceRow, NewInvoice } from '../../invoices/store.ts';
import { toStripeLines } from '../../invoices/stripe-lines.ts';
import { newId } from '../../lib/ids.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import { planForInvoice } from '../../outbox/store.ts';
import type { StripeFailure } from '../../stripe/call.ts';
import type { StripeLine } from '../../stripe/drafts.ts';
import type { StripeInvoice } from '../../stripe/invoices.ts';
import type { Context } from '../deed.ts';
import { toRecalled } from './copy-lines.ts';
import { reserveCredit } from './reserve-credit.ts';

interface Recalled {
  /** How many of ours. */
  count: number;
  fields: Partial<NewInvoice>;
  writes: readonly Write[];
}

const nothing: Recalled = { count: 0, fields: {}, writes: [] };

/** @param ours the lines that we know to be on it */
export async function recallLines(
  context: Context,
  row: InvoiceRow,
  invoice: StripeInvoice,
  { ours, theirs }: { ours: readonly LineRow[]; theirs: readonly StripeLine[] },
): Promise<Recalled> {
  const known = new Set(toStripeLines(ours.map(toOurLine)).map(({ mark }) => mark));
  const lines = theirs.flatMap((line) =>
    line.mark === null || known.has(line.mark) ? [] : toRecalled(line, line.mark),
  );
  if (lines.length === 0) return nothing;
  const { id: invoiceId, customerId } = row;
  context.log('warn', 'Stripe has lines of ours that are not here: they count as billed', {
    invoice_id: invoiceId,
    customer_id: customerId,
    lines: lines.length,
  });
  const creditCents = -(lines.find(({ meter }) => meter === 'credit')?.amountCents ?? 0);
  // What it took of the customer's credit is taken again: that is forgotten with it.
  const credit =
    creditCents === 0 ? null : await reserveCredit(context, { customerId, invoiceId, subtotalCents: creditCents });
  const at = row.ratedAt ?? invoice.createdAt;
  return {
    count: lines.length,
    fields: { ratedAt: at, orderedAt: row.orderedAt ?? at, ...(creditCents === 0 ? {} : { creditCents }) },
    writes: [...keepBilled(invoiceId, lines), ...(credit?.writes ?? [])],
  };
}

/** All lines of an invoice at Stripe. */
export async function linesAt(
  { stripe }: Context,
  { id, lines }: StripeInvoice,
): Promise<Result<readonly StripeLine[], StripeFailure>> {
  if (lines !== null) return ok(lines);
  return stripe === null ? err({ kind: 'denied', code: 'stripe_not_configured' }) : await stripe.drafts.lines(id);
}

/** Lines of a row of which Stripe has, or is about to have, each one. */
export const findSent = async ({ db }: Context, invoiceId: string): Promise<LineRow[]> =>
  (await findLines(db, invoiceId)).filter(
    ({ by, state }) => by === 'tenantry' && (state === 'planned' || state === 'billed'),
  );

/**
 * A draft that has lines of ours already, and of which nothing was ordered here: nothing more comes on it, and it is finalised. None are
 * looked for on one whose order stands here.
 */
export async function recallDraft(
  context: Context,
  row: InvoiceRow,
  invoice: StripeInvoice,
): Promise<Result<Recalled, StripeFailure>> {
  if (row.orderedAt !== null || !isDraft(row)) return ok(nothing);
  const theirs = await linesAt(context, invoice);
  if (!theirs.ok) return theirs;
  if (theirs.value.every(({ mark }) => mark === null)) return ok(nothing);
  const ours = await findSent(context, row.id);
  const recalled = await recallLines(context, row, invoice, { ours, theirs: theirs.value });
  if (recalled.count === 0) return ok(nothing);
  const { now, random } = context;
  const order = { id: newId('outbox', random), customerId: row.customerId, invoiceId: row.id, now };
  return ok({
    ...recalled,
    fields: { ...recalled.fields, state: 'finalizing', holdReason: null, lookAt: null },
    writes: [...recalled.writes, planForInvoice({ ...order, kind: 'stripe_finalize' })],
  });
}

/** A row as Stripe's lines are made of it. */
export const toOurLine = ({ body, ...row }: LineRow) => ({ ...row, description: body.description });
