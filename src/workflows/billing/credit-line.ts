/**
 * Prepaid credit on an invoice (decision 6): one line of ours, below 0, taken when the invoice is rated, of at most what it comes to
 * after discounts and before tax. Its life follows the invoice's: spent when that is final with it, given back where it is not.
 */
import type { CostLine } from '../../contracts/cost.ts';
import type { Write } from '../../db/write.ts';
import { isOurs } from '../../invoices/invoice.ts';
import type { WrittenLine } from '../../invoices/line-store.ts';
import { sumOf } from '../../invoices/lines.ts';
import type { InvoiceRow } from '../../invoices/store.ts';
import { Decimal } from '../../lib/decimal.ts';
import { newId } from '../../lib/ids.ts';
import { iso } from '../../lib/time.ts';
import type { StripeInvoice } from '../../stripe/invoices.ts';
import { findObject } from '../../webhooks/object-store.ts';
import type { Context } from '../deed.ts';
import { type CreditLine, reserveCredit } from './reserve-credit.ts';

export interface TakenCredit {
  /** The one line, or none. */
  lines: WrittenLine[];
  /** What it takes off, 0 or above. */
  cents: number;
  writes: readonly Write[];
}

export const noCredit: TakenCredit = { lines: [], cents: 0, writes: [] };

/** What Stripe's own lines of its draft come to after discounts and before tax, cents, as the last fetch showed it. */
async function atStripe({ db }: Context, { stripeInvoiceId }: InvoiceRow): Promise<number> {
  const found = stripeInvoiceId === null ? null : await findObject(db, stripeInvoiceId);
  const { totalCents = 0, taxCents = 0 } = (found?.body ?? {}) as Partial<StripeInvoice>;
  return totalCents - taxCents;
}

/** @param lines all of the invoice's own; those that wait for approval are not on it */
export async function takeCreditFor(
  context: Context,
  invoice: InvoiceRow,
  lines: readonly { amountCents: number; state: string }[],
): Promise<TakenCredit> {
  // A sum of usage that Stripe bills by its meter can only take off what is usage.
  const isBySum = context.settings.usageBilling === 'meter_events' && !isOurs(invoice);
  const others = isOurs(invoice) || isBySum ? 0 : await atStripe(context, invoice);
  const subtotalCents = others + sumOf(lines.filter(({ state }) => state === 'planned' || state === 'released'));
  const { line, writes } = await reserveCredit(context, {
    customerId: invoice.customerId,
    invoiceId: invoice.id,
    subtotalCents,
  });
  if (line === null) return { ...noCredit, writes };
  return { lines: [toWritten(context, invoice, line)], cents: -line.amountCents, writes };
}

function toWritten({ now, random }: Context, invoice: InvoiceRow, line: CreditLine): WrittenLine {
  const { lineId, description, amountCents } = line;
  const from = iso(invoice.periodStart ?? now);
  const body: CostLine = {
    line_id: lineId,
    from,
    to: iso(invoice.periodEnd ?? now),
    meter: 'credit',
    description,
    quantity: '1',
    unit: 'credit',
    included: '0',
    billable: '1',
    tier: null,
    unit_price: new Decimal(amountCents).div(100).toString(),
    amount_cents: amountCents,
    reason: 'prepaid, taken off before tax',
    allowance: null,
  };
  return {
    lineId,
    id: newId('invoiceLine', random),
    identity: lineId,
    by: 'tenantry',
    period: null,
    deltaOf: null,
    meter: 'credit',
    amountCents,
    body,
    state: 'planned',
    stripeLineId: null,
  };
}
