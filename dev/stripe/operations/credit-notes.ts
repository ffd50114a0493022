/** `/v1/credit_notes`: https://docs.stripe.com/api/credit_notes */
import { issueCreditNote, voidCreditNote } from '../acts/credit-notes.ts';
import type { Operation } from '../context.ts';
import { operation } from '../operation.ts';
import { rendered } from '../wires.ts';
import { find, listed, merged, paging, retrieval } from './shared.ts';

const url = '/v1/credit_notes';
const cents = { whole: [1, 99_999_999] } as const;

export const creditNotes: readonly Operation[] = [
  operation({
    method: 'POST',
    path: url,
    parameters: {
      amount: cents,
      credit_amount: cents,
      invoice: { must: 'text' },
      lines: {
        many: {
          of: {
            amount: cents,
            description: 'text',
            invoice_line_item: 'text',
            quantity: { whole: [1, 999_999] },
            type: { must: { one: ['custom_line_item', 'invoice_line_item'] } },
            unit_amount: cents,
          },
        },
      },
      memo: 'text',
      metadata: 'metadata',
      out_of_band_amount: cents,
      reason: { one: ['duplicate', 'fraudulent', 'order_change', 'product_unsatisfactory'] },
      refund_amount: cents,
    },
    run(context, { values }) {
      const note = issueCreditNote(context, find(context, 'invoice', values.invoice, 'invoice'), {
        amount: values.amount ?? null,
        lines: values.lines ?? [],
        refundAmount: values.refund_amount ?? 0,
        creditAmount: values.credit_amount ?? 0,
        outOfBandAmount: values.out_of_band_amount ?? 0,
        reason: values.reason ?? null,
        memo: values.memo ?? null,
        metadata: merged({}, values.metadata),
      });
      return rendered(context, 'credit_note', note);
    },
  }),
  operation({
    method: 'GET',
    path: url,
    parameters: { ...paging, created: 'span', customer: 'text', invoice: 'text' },
    run: (context, { values: { customer, invoice: parent, ...page } }) =>
      listed(context, 'credit_note', url, page, { customer, parent }),
  }),
  retrieval('credit_note', url),
  operation({
    method: 'POST',
    path: `${url}/:id/void`,
    parameters: {},
    run: (context, { path: { id = '' } }) =>
      rendered(context, 'credit_note', voidCreditNote(context, find(context, 'credit_note', id))),
  }),
];
