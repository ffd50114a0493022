/** A credit note: takes back part of an invoice that was finalised. Pure. */
import type { Wire } from '../wire.ts';

export type CreditNoteLine = {
  id: string;
  amount: number;
  description: string | null;
  quantity: number | null;
  /** Null: a line of its own. */
  invoiceLine: string | null;
};
export type CreditNote = {
  id: string;
  created: number;
  customer: string;
  invoice: string;
  number: string;
  currency: string;
  lines: CreditNoteLine[];
  amount: number;
  /** Of the amount: tax. Files of before do not say it. */
  tax?: number;
  /** What it took from what was still to be paid, else from what had been paid. */
  before: number;
  after: number;
  outOfBand: number;
  refund: string | null;
  reason: 'duplicate' | 'fraudulent' | 'order_change' | 'product_unsatisfactory' | null;
  memo: string | null;
  metadata: Record<string, string>;
  status: 'issued' | 'void';
  voidedAt: number | null;
};

const lineWire = (line: CreditNoteLine): Wire =>
  ({
    id: line.id,
    object: 'credit_note_line_item',
    amount: line.amount,
    description: line.description,
    discount_amount: 0,
    discount_amounts: [],
    ...(line.invoiceLine === null ? {} : { invoice_line_item: line.invoiceLine }),
    livemode: false,
    metadata: {},
    pretax_credit_amounts: [],
    quantity: line.quantity,
    tax_rates: [],
    taxes: [],
    type: line.invoiceLine === null ? 'custom_line_item' : 'invoice_line_item',
    unit_amount: line.invoiceLine === null ? line.amount : null,
    unit_amount_decimal: line.invoiceLine === null ? String(line.amount) : null,
  }) as Wire;

export function creditNoteWire(note: CreditNote, pages: string): Wire {
  const tax = note.tax ?? 0;
  const total = [
    { amount: tax, tax_behavior: 'exclusive', taxability_reason: 'standard_rated', type: 'tax_rate_details' },
  ];
  return {
    id: note.id,
    object: 'credit_note',
    amount: note.amount,
    amount_shipping: 0,
    created: note.created,
    currency: note.currency,
    customer: note.customer,
    customer_account: null,
    customer_balance_transaction: null,
    discount_amount: 0,
    discount_amounts: [],
    effective_at: note.created,
    invoice: note.invoice,
    lines: {
      object: 'list',
      data: note.lines.map(lineWire),
      has_more: false,
      url: `/v1/credit_notes/${note.id}/lines`,
    },
    livemode: false,
    memo: note.memo,
    metadata: note.metadata,
    number: note.number,
    out_of_band_amount: note.outOfBand === 0 ? null : note.outOfBand,
    pdf: `${pages}/credit-note/${note.id}`,
    post_payment_amount: note.after,
    pre_payment_amount: note.before,
    pretax_credit_amounts: [],
    reason: note.reason,
    refunds: [],
    shipping_cost: null,
    status: note.status,
    subtotal: note.amount - tax,
    subtotal_excluding_tax: note.amount - tax,
    total: note.amount,
    total_excluding_tax: note.amount - tax,
    total_taxes: tax === 0 ? [] : total,
    type: note.before > 0 ? (note.after > 0 ? 'mixed' : 'pre_payment') : 'post_payment',
    voided_at: note.voidedAt,
  } as Wire;
}
