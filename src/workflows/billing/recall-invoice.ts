/**
 * An invoice of ours that Stripe has and whose row is lost, because the database was restored: what it was made as stands in its metadata.
 */
import type { InvoiceKind } from '../../contracts/invoices.ts';
import type { Write } from '../../db/write.ts';
import { isOurs, isUnfinished } from '../../invoices/invoice.ts';
import * as invoiceStore from '../../invoices/store.ts';
import { ok, type Result } from '../../lib/result.ts';
import type { StripeFailure } from '../../stripe/call.ts';
import { readOwn } from '../../stripe/drafts.ts';
import type { StripeInvoice } from '../../stripe/invoices.ts';
import type { Context } from '../deed.ts';
import { linesAt } from './recall-lines.ts';

/** A row, and what comes first in the batch that follows it: nothing, where it is there. */
export interface Seen {
  row: invoiceStore.InvoiceRow;
  writes: readonly Write[];
}

/**
 * The row is made again, under the same id; one that was made for the same period meanwhile, and that Stripe has not, is taken for it.
 * @returns null where it is left as it is: another invoice there has its row, or it is a draft without lines, which nobody pays
 */
export async function recallInvoice(
  context: Context,
  customerId: string,
  invoice: StripeInvoice,
): Promise<Result<Seen | null, StripeFailure>> {
  const { db, log, now } = context;
  const own = readOwn(invoice.metadata);
  log('error', 'Stripe has an invoice of ours that is not here', { invoice: invoice.id, ours: own?.id ?? null });
  if (own === null || (await invoiceStore.find(db, own.id)) !== null) return ok(null);
  if (invoice.status === 'draft') {
    const theirs = await linesAt(context, invoice);
    if (!theirs.ok) return theirs;
    if (theirs.value.every(({ mark }) => mark === null)) return ok(null);
  }
  const moment = await invoiceStore.findMoment(db, customerId);
  const others = await invoiceStore.findOf(db, customerId);
  const rival = others.find(
    ({ periodStart, state }) => own.period !== null && periodStart === own.period.start && state !== 'void',
  );
  if (rival && isOurs(rival) && rival.stripeInvoiceId === null && isUnfinished(rival)) {
    return ok({ row: rival, writes: [] });
  }
  const period = rival === undefined ? own.period : null;
  const row = invoiceStore.blank({
    id: own.id,
    customerId,
    kind: own.kind as InvoiceKind,
    periodStart: period?.start ?? null,
    periodEnd: period?.end ?? null,
    stripeInvoiceId: invoice.id,
    state: 'draft',
    createdAt: invoice.createdAt,
    updatedAt: now,
  });
  return ok({ row, writes: [invoiceStore.guardMoment(customerId, moment), invoiceStore.insert(row)] });
}
