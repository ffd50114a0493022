/** What is done with an invoice: lines added, finalised, paid, sent, given up. https://docs.stripe.com/api/invoices */
import { methodFrom } from '../acts/cards.ts';
import { collect, finalise } from '../acts/finalise.ts';
import { defaultMethodOf, markPaid, type Payment, payInvoice, remainingOf } from '../acts/pay.ts';
import { markUncollectible, voidInvoice } from '../acts/void.ts';
import type { Context, Operation } from '../context.ts';
import { cardError, Refusal, refuse, type StripeError } from '../errors.ts';
import { newId } from '../ids.ts';
import { move } from '../move.ts';
import { type Invoice, linesMax } from '../objects/invoice.ts';
import { operation } from '../operation.ts';
import type { ValuesOf } from '../parameters.ts';
import { secondsOf } from '../seconds.ts';
import type { Wire } from '../wire.ts';
import { must, rendered, wireOf } from '../wires.ts';
import { lineFields, lineFrom } from './line-parameters.ts';
import { find, listed, merged, paging, retrieval } from './shared.ts';

const url = '/v1/invoices/:id';
const linesShape = { many: { of: { ...lineFields, invoice_item: 'text' } } } as const;

function addLines(
  context: Context,
  invoice: Invoice,
  lines: ValuesOf<{ lines: typeof linesShape }>['lines'] = [],
): Invoice {
  if (invoice.status !== 'draft') refuse('You can only add lines to a draft invoice.', 'invoice_not_editable');
  if (invoice.lines.length + lines.length > linesMax) {
    refuse(`An invoice can have up to ${linesMax} line items.`, undefined, 'lines');
  }
  const added = lines.map(({ invoice_item: waiting, ...line }) => {
    if (waiting === undefined) {
      const made = lineFrom(context, line, invoice.currency);
      return { ...made, subscription: invoice.subscription, invoiceItem: newId('ii') };
    }
    const item = find(context, 'invoiceitem', waiting, 'lines[0][invoice_item]');
    if (item.invoice !== null || item.customer !== invoice.customer)
      refuse('That invoice item is on an invoice already.', undefined, 'lines');
    context.store.put('invoiceitem', { ...item, invoice: invoice.id });
    return { ...item.line, invoiceItem: item.id };
  });
  for (const line of added) {
    if (context.store.kindOf(line.invoiceItem) !== null) continue;
    const created = secondsOf(context.now);
    context.store.put('invoiceitem', {
      id: line.invoiceItem,
      created,
      customer: invoice.customer,
      invoice: invoice.id,
      line,
    });
  }
  return { ...invoice, lines: [...invoice.lines, ...added] };
}

/** Stripe's answer to a payment that did not go through: what it changed stays. */
function paymentError(context: Context, { outcome, decline, invoice }: Payment): StripeError {
  const intent = invoice.paymentIntent === null ? undefined : wireOf(context, invoice.paymentIntent);
  const message = decline?.message ?? 'Your card was declined.';
  if (outcome === 'action')
    return cardError(message, 'invoice_payment_intent_requires_action', decline?.declineCode, intent);
  return cardError(message, decline?.code ?? 'card_declined', decline?.declineCode, intent);
}

function pay(context: Context, invoice: Invoice, card: string | undefined): Wire | StripeError {
  if (invoice.status !== 'open' && invoice.status !== 'uncollectible') {
    return refuse(
      `Invoice is ${invoice.status}: it can't be paid.`,
      invoice.status === 'paid' ? 'invoice_already_paid' : undefined,
    );
  }
  const method = card === undefined ? defaultMethodOf(context, invoice) : methodFrom(context, card, 'payment_method');
  if (method === null) return refuse('There is no `default_payment_method` set on this Customer or Invoice.');
  if (method.customer !== invoice.customer)
    refuse('The payment method is not one of this customer.', 'resource_missing', 'payment_method');
  const payment = payInvoice(context, invoice, { method: method.id, authenticated: null });
  return payment.outcome === 'paid' ? rendered(context, 'invoice', payment.invoice) : paymentError(context, payment);
}

const opened = (context: Context, invoice: Invoice): Invoice => {
  if (invoice.status !== 'draft') return invoice;
  const { invoice: after, error } = finalise(context, invoice);
  if (error !== null) throw new Refusal(error);
  return after;
};

export const invoiceDeeds: readonly Operation[] = [
  operation({
    method: 'POST',
    path: `${url}/add_lines`,
    parameters: { invoice_metadata: 'metadata', lines: { must: linesShape } },
    run(context, { path: { id = '' }, values }) {
      const before = find(context, 'invoice', id);
      const after = addLines(context, before, values.lines);
      const metadata = merged(before.metadata, values.invoice_metadata);
      return rendered(
        context,
        'invoice',
        move(context, 'invoice', before, 'updated', { lines: after.lines, metadata }),
      );
    },
  }),
  operation({
    method: 'POST',
    path: `${url}/remove_lines`,
    parameters: {
      invoice_metadata: 'metadata',
      lines: { must: { many: { of: { behavior: { must: { one: ['delete', 'unassign'] } }, id: { must: 'text' } } } } },
    },
    run(context, { path: { id = '' }, values }) {
      const before = find(context, 'invoice', id);
      if (before.status !== 'draft') refuse('You can only remove lines from a draft invoice.', 'invoice_not_editable');
      for (const { id: line, behavior } of values.lines) {
        const gone = before.lines.find((each) => each.id === line);
        if (gone === undefined) return refuse(`No such line item: '${line}'`, 'resource_missing', 'lines');
        const item = gone.invoiceItem === null ? null : context.store.get('invoiceitem', gone.invoiceItem);
        if (item !== null && behavior === 'unassign') context.store.put('invoiceitem', { ...item, invoice: null });
        if (item !== null && behavior === 'delete') context.store.remove(item.id);
      }
      const removed = new Set(values.lines.map(({ id: line }) => line));
      const lines = before.lines.filter((line) => !removed.has(line.id));
      const metadata = merged(before.metadata, values.invoice_metadata);
      return rendered(context, 'invoice', move(context, 'invoice', before, 'updated', { lines, metadata }));
    },
  }),
  operation({
    method: 'POST',
    path: `${url}/finalize`,
    parameters: { auto_advance: 'boolean' },
    run(context, { path: { id = '' }, values }) {
      const invoice = find(context, 'invoice', id);
      const autoAdvance = values.auto_advance ?? invoice.autoAdvance;
      const { invoice: after, error } = finalise(context, { ...invoice, autoAdvance });
      if (error !== null) return error;
      // A charge of what was finalised by hand comes within the hour; here, in the same instant.
      return rendered(context, 'invoice', collect(context, after));
    },
  }),
  operation({
    method: 'POST',
    path: `${url}/pay`,
    parameters: { paid_out_of_band: 'boolean', payment_method: 'text' },
    run(context, { path: { id = '' }, values }) {
      const invoice = opened(context, find(context, 'invoice', id));
      if (values.paid_out_of_band === true) {
        const due = remainingOf(context, invoice);
        const paidNow = { amountPaid: invoice.amountPaid + due, paidOffStripe: due };
        return rendered(context, 'invoice', markPaid(context, invoice, paidNow));
      }
      if (invoice.status === 'paid' && invoice.attemptCount === 0) return rendered(context, 'invoice', invoice);
      return pay(context, invoice, values.payment_method);
    },
  }),
  operation({
    method: 'POST',
    path: `${url}/send`,
    parameters: {},
    run(context, { path: { id = '' } }) {
      const invoice = find(context, 'invoice', id);
      if (invoice.collection !== 'send_invoice')
        refuse('You can only manually send an invoice if its collection method is `send_invoice`.');
      const open = opened(context, invoice);
      if (open.dueDate !== null) context.store.setDue('overdue', open.id, open.dueDate * 1000);
      return rendered(context, 'invoice', open.status === 'open' ? move(context, 'invoice', open, 'sent') : open);
    },
  }),
  operation({
    method: 'POST',
    path: `${url}/void`,
    parameters: {},
    run: (context, { path: { id = '' } }) =>
      rendered(context, 'invoice', voidInvoice(context, find(context, 'invoice', id))),
  }),
  operation({
    method: 'POST',
    path: `${url}/mark_uncollectible`,
    parameters: {},
    run: (context, { path: { id = '' } }) =>
      rendered(context, 'invoice', markUncollectible(context, find(context, 'invoice', id))),
  }),
  operation({
    method: 'GET',
    path: '/v1/invoice_payments',
    parameters: { ...paging, invoice: 'text', status: { one: ['open', 'paid', 'canceled'] } },
    run: (context, { values: { invoice: parent, status, ...page } }) =>
      listed(
        context,
        'invoice_payment',
        '/v1/invoice_payments',
        page,
        { parent },
        (payment) => status === undefined || payment.status === status,
      ),
  }),
  retrieval('invoice_payment', '/v1/invoice_payments'),
];

const itemsUrl = '/v1/invoiceitems';

export const invoiceItems: readonly Operation[] = [
  operation({
    method: 'POST',
    path: itemsUrl,
    parameters: { ...lineFields, currency: 'text', customer: { must: 'text' }, invoice: 'text', subscription: 'text' },
    run(context, { values: { customer: id, invoice: invoiceId, subscription, currency: given, ...line } }) {
      const customer = find(context, 'customer', id, 'customer');
      const currency = given?.toLowerCase() ?? customer.currency ?? 'usd';
      const made = { ...lineFrom(context, line, currency), subscription: subscription ?? null };
      const item = {
        id: newId('ii'),
        created: secondsOf(context.now),
        customer: id,
        invoice: invoiceId ?? null,
        line: made,
      };
      context.store.put('invoiceitem', item);
      if (invoiceId !== undefined) {
        const invoice = find(context, 'invoice', invoiceId, 'invoice');
        if (invoice.status !== 'draft') refuse('The invoice is no longer editable', 'invoice_not_editable', 'invoice');
        const lines = [...invoice.lines, { ...made, invoiceItem: item.id }];
        if (lines.length > linesMax) refuse(`An invoice can have up to ${linesMax} line items.`, undefined, 'invoice');
        move(context, 'invoice', invoice, 'updated', { lines });
      }
      context.emit('invoiceitem.created', rendered(context, 'invoiceitem', item));
      return rendered(context, 'invoiceitem', item);
    },
  }),
  operation({
    method: 'GET',
    path: itemsUrl,
    parameters: { ...paging, created: 'span', customer: 'text', invoice: 'text', pending: 'boolean' },
    run: (context, { values: { customer, invoice: parent, pending, ...page } }) =>
      listed(
        context,
        'invoiceitem',
        itemsUrl,
        page,
        { customer, parent },
        ({ invoice }) => pending === undefined || (invoice === null) === pending,
      ),
  }),
  retrieval('invoiceitem', itemsUrl),
  operation({
    method: 'DELETE',
    path: `${itemsUrl}/:id`,
    parameters: {},
    run(context, { path: { id = '' } }) {
      const item = find(context, 'invoiceitem', id);
      if (item.invoice !== null) {
        const invoice = must(context, 'invoice', item.invoice);
        if (invoice.status !== 'draft') refuse('The invoice is no longer editable', 'invoice_not_editable');
        const lines = invoice.lines.filter(({ invoiceItem }) => invoiceItem !== id);
        move(context, 'invoice', invoice, 'updated', { lines });
      }
      context.store.remove(id);
      context.emit('invoiceitem.deleted', rendered(context, 'invoiceitem', item));
      return { id, object: 'invoiceitem', deleted: true } as Wire;
    },
  }),
];
