/** Credit notes: an open invoice is to be paid less for, of a paid one money goes back. */
import type { Context } from '../context.ts';
import { refuse } from '../errors.ts';
import { newId } from '../ids.ts';
import { begin, move } from '../move.ts';
import type { CreditNote, CreditNoteLine } from '../objects/credit-note.ts';
import type { Invoice } from '../objects/invoice.ts';
import { secondsOf } from '../seconds.ts';
import { must, totalsOfInvoice } from '../wires.ts';
import { markPaid, remainingOf } from './pay.ts';
import { refundCharge } from './refunds.ts';

export type Credited = {
  /** Cents; null: what the lines come to. */
  amount: number | null;
  lines: readonly {
    type: 'custom_line_item' | 'invoice_line_item';
    amount?: number;
    description?: string;
    invoice_line_item?: string;
    quantity?: number;
    unit_amount?: number;
  }[];
  /** How the part that was paid goes back: by card, to the balance, or otherwise. */
  refundAmount: number;
  creditAmount: number;
  outOfBandAmount: number;
  reason: CreditNote['reason'];
  memo: string | null;
  metadata: Record<string, string>;
};

function linesOf(invoice: Invoice, { amount, lines }: Credited): CreditNoteLine[] {
  if ((amount === null) === (lines.length === 0)) refuse('You must pass one of amount, lines.', 'parameter_missing');
  if (amount !== null) {
    return [{ id: newId('cnli'), amount, description: null, quantity: 1, invoiceLine: null }];
  }
  return lines.map((line) => {
    const quantity = line.quantity ?? 1;
    if (line.type === 'custom_line_item') {
      if (line.unit_amount === undefined) refuse('A custom line needs a unit_amount.', 'parameter_missing', 'lines');
      const cents = (line.unit_amount ?? 0) * quantity;
      return { id: newId('cnli'), amount: cents, description: line.description ?? null, quantity, invoiceLine: null };
    }
    const credited = invoice.lines.find(({ id }) => id === line.invoice_line_item);
    if (credited === undefined)
      return refuse(`No such line item: '${line.invoice_line_item}'`, 'resource_missing', 'lines');
    const cents = line.amount ?? credited.amount;
    if (cents > credited.amount) refuse('The amount is greater than that of the line.', undefined, 'lines');
    return { id: newId('cnli'), amount: cents, description: credited.description, quantity, invoiceLine: credited.id };
  });
}

/** Splits it over what is still to be paid and what was paid. Refuses more than there is. */
function split(context: Context, invoice: Invoice, amount: number, given: Credited) {
  if (invoice.status !== 'open' && invoice.status !== 'paid') {
    refuse(`Credit notes are for open and paid invoices; this one is ${invoice.status}.`, undefined, 'invoice');
  }
  const remaining = invoice.status === 'open' ? remainingOf(context, invoice) : 0;
  const total = totalsOfInvoice(context, invoice).total - invoice.creditedBefore - invoice.creditedAfter;
  if (amount > total)
    refuse(`The credit note is greater than what is left of the invoice (${total}).`, undefined, 'amount');
  const before = Math.min(remaining, amount);
  const after = amount - before;
  if (given.refundAmount + given.creditAmount + given.outOfBandAmount !== after) {
    refuse(
      `The sum of credit_amount, refund_amount and out_of_band_amount must be what was paid of it: ${after}.`,
      undefined,
      'refund_amount',
    );
  }
  return { before, after };
}

function refundOf(context: Context, invoice: Invoice, cents: number): string | null {
  if (cents === 0) return null;
  const intent = invoice.paymentIntent === null ? null : must(context, 'payment_intent', invoice.paymentIntent);
  if (intent?.latestCharge == null) return refuse('This invoice was not paid by a charge.', undefined, 'refund_amount');
  const charge = must(context, 'charge', intent.latestCharge);
  return refundCharge(context, charge, { amount: cents, reason: null, metadata: {} }).id;
}

/** Tax of a note over an amount of the whole: in the proportion in which the invoice has it on top. A line of its own has none. */
function taxOf(context: Context, invoice: Invoice, { amount }: Credited): number {
  const { total, taxOnTop } = totalsOfInvoice(context, invoice);
  return amount === null || total === 0 ? 0 : Math.round((amount * taxOnTop) / total);
}

export function issueCreditNote(context: Context, invoice: Invoice, given: Credited): CreditNote {
  const lines = linesOf(invoice, given);
  const amount = lines.reduce((sum, line) => sum + line.amount, 0);
  const { before, after } = split(context, invoice, amount, given);
  const count = context.store.list('credit_note', { parent: invoice.id }).length + 1;
  const refund = refundOf(context, invoice, given.refundAmount);
  if (given.creditAmount > 0) {
    const customer = must(context, 'customer', invoice.customer);
    context.store.put('customer', { ...customer, balance: customer.balance - given.creditAmount });
  }
  const note = begin(
    context,
    'credit_note',
    {
      id: newId('cn'),
      created: secondsOf(context.now),
      customer: invoice.customer,
      invoice: invoice.id,
      number: `${invoice.number}-CN-${String(count).padStart(2, '0')}`,
      currency: invoice.currency,
      lines,
      amount,
      tax: taxOf(context, invoice, given),
      before,
      after,
      outOfBand: given.outOfBandAmount,
      refund,
      reason: given.reason,
      memo: given.memo,
      metadata: given.metadata,
      status: 'issued',
      voidedAt: null,
    },
    'issued',
  );
  const credited = move(context, 'invoice', invoice, 'updated', {
    creditedBefore: invoice.creditedBefore + before,
    creditedAfter: invoice.creditedAfter + after,
  });
  if (credited.status === 'open' && remainingOf(context, credited) === 0) markPaid(context, credited, {});
  return note;
}

/** Only of an invoice that is still open: what was given back stays. */
export function voidCreditNote(context: Context, note: CreditNote): CreditNote {
  const invoice = must(context, 'invoice', note.invoice);
  if (invoice.status !== 'open') refuse('You can only void a credit note of an open invoice.');
  const voided = move(context, 'credit_note', note, 'voided', { voidedAt: secondsOf(context.now) });
  move(context, 'invoice', invoice, 'updated', { creditedBefore: invoice.creditedBefore - note.before });
  return voided;
}
