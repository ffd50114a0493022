/** `/v1/invoices`: made, looked at, changed while they are drafts. What is done with one is invoice-deeds.ts's. */

import { redeem } from '../acts/discounts.ts';
import { newInvoice, takeItems, waitingItems } from '../acts/invoice.ts';
import type { Context, Operation } from '../context.ts';
import { refuse } from '../errors.ts';
import { move } from '../move.ts';
import { type Invoice, lineWires } from '../objects/invoice.ts';
import { operation } from '../operation.ts';
import type { Parameters, ValuesOf } from '../parameters.ts';
import { daySeconds, hourSeconds, secondsOf } from '../seconds.ts';
import type { Wire } from '../wire.ts';
import { rendered, totalsOfInvoice } from '../wires.ts';
import { find, findCustomer, listed, merged, or, pageOf, paging, retrieval } from './shared.ts';

const url = '/v1/invoices';
const finalisesAheadSecondsMax = 5 * 366 * daySeconds;

const fields = {
  auto_advance: 'boolean',
  automatic_tax: { of: { enabled: { must: 'boolean' } } },
  automatically_finalizes_at: 'time',
  collection_method: { one: ['charge_automatically', 'send_invoice'] },
  custom_fields: { unset: { many: { of: { name: { must: 'text' }, value: { must: 'text' } } } } },
  days_until_due: { whole: [0, 365] },
  default_payment_method: 'text',
  description: { unset: 'text' },
  discounts: { unset: { many: { of: { coupon: 'text', promotion_code: 'text' } } } },
  due_date: 'time',
  footer: { unset: 'text' },
  metadata: 'metadata',
} as const satisfies Parameters;
type Fields = ValuesOf<typeof fields>;

/** Only these of an invoice that is no draft any more: https://docs.stripe.com/api/invoices/update */
const openFields = ['auto_advance', 'default_payment_method', 'metadata'];

type Advancing = Pick<Invoice, 'autoAdvance' | 'finalizesAt' | 'finalizesAtIsSet'>;

/** When it is finalised by itself after a call. A time that was said switches the hold of failed webhooks off. */
function advancing(context: Context, before: Advancing, given: Fields): Advancing {
  const { auto_advance: auto = before.autoAdvance, automatically_finalizes_at: at } = given;
  const now = secondsOf(context.now);
  if (at === undefined) {
    const resumed = before.finalizesAt ?? now + hourSeconds;
    return { autoAdvance: auto, finalizesAt: auto ? resumed : null, finalizesAtIsSet: auto && before.finalizesAtIsSet };
  }
  if (!auto)
    refuse(
      'You cannot set `automatically_finalizes_at` when `auto_advance` is false.',
      undefined,
      'automatically_finalizes_at',
    );
  if (at <= now || at > now + finalisesAheadSecondsMax) {
    refuse(
      '`automatically_finalizes_at` must be in the future, and within 5 years.',
      undefined,
      'automatically_finalizes_at',
    );
  }
  return { autoAdvance: true, finalizesAt: at, finalizesAtIsSet: true };
}

/** Collection of an open invoice, switched off, or on again: the next attempt is then within the hour. */
function collecting(context: Context, before: Invoice, given: boolean | undefined): Partial<Invoice> {
  const { autoAdvance, collection, nextAttempt, status } = before;
  if (given === undefined || given === autoAdvance) return {};
  if (!given) return { autoAdvance: false, nextAttempt: null };
  const isCharged = collection === 'charge_automatically' && status === 'open';
  return { autoAdvance: true, nextAttempt: isCharged ? secondsOf(context.now) + hourSeconds : nextAttempt };
}

function attributesOf(context: Context, before: Invoice, given: Fields): Partial<Invoice> {
  const discounts = given.discounts?.map((each) => redeem(context, each, before.customer));
  return {
    automaticTax: given.automatic_tax?.enabled ?? before.automaticTax,
    collection: given.collection_method ?? before.collection,
    customFields: given.custom_fields === undefined ? before.customFields : (given.custom_fields ?? []),
    daysUntilDue: given.days_until_due ?? before.daysUntilDue,
    defaultPaymentMethod: given.default_payment_method ?? before.defaultPaymentMethod,
    description: or(given.description, before.description),
    discounts: given.discounts === null ? [] : (discounts ?? before.discounts),
    dueDate: given.due_date ?? before.dueDate,
    footer: or(given.footer, before.footer),
    metadata: merged(before.metadata, given.metadata),
  };
}

function checkFields(context: Context, given: Fields, collection: string): void {
  if (given.default_payment_method !== undefined)
    find(context, 'payment_method', given.default_payment_method, 'default_payment_method');
  if (collection === 'charge_automatically' && (given.due_date ?? given.days_until_due) !== undefined) {
    refuse(
      '`due_date` and `days_until_due` are for invoices with collection_method=send_invoice.',
      undefined,
      'due_date',
    );
  }
}

function update(context: Context, before: Invoice, given: Fields): Invoice {
  const surplus = Object.keys(given).find((name) => !openFields.includes(name));
  if (before.status !== 'draft' && surplus !== undefined) {
    refuse(`Finalized invoices can't be updated in this way: ${surplus}`, 'invoice_not_editable', surplus);
  }
  checkFields(context, given, given.collection_method ?? before.collection);
  const isDraft = before.status === 'draft';
  const times = isDraft ? advancing(context, before, given) : collecting(context, before, given.auto_advance);
  const after = move(context, 'invoice', before, 'updated', { ...attributesOf(context, before, given), ...times });
  if (isDraft && after.finalizesAt !== null) context.store.setDue('finalise', after.id, after.finalizesAt * 1000);
  if (!isDraft && after.nextAttempt !== null) context.store.setDue('retry', after.id, after.nextAttempt * 1000);
  if (!after.autoAdvance) context.store.clearAllDue(after.id);
  return after;
}

function create(
  context: Context,
  given: Fields & {
    customer: string;
    currency?: string;
    subscription?: string;
    pending_invoice_items_behavior?: string;
  },
): Wire {
  const customer = findCustomer(context, given.customer);
  const subscription =
    given.subscription === undefined ? null : find(context, 'subscription', given.subscription, 'subscription');
  const collection = given.collection_method ?? 'charge_automatically';
  checkFields(context, given, collection);
  const withItems = subscription !== null || given.pending_invoice_items_behavior === 'include';
  const waiting = withItems ? waitingItems(context, customer.id, subscription?.id ?? null) : [];
  if (subscription !== null && waiting.length === 0) {
    refuse('Nothing to invoice for subscription', 'invoice_no_subscription_line_items');
  }
  const base = { autoAdvance: false, finalizesAt: null, finalizesAtIsSet: false };
  const invoice = newInvoice(context, {
    customer: customer.id,
    subscription: subscription?.id ?? null,
    subscriptionMetadata: subscription?.metadata ?? {},
    currency: given.currency?.toLowerCase() ?? customer.currency ?? 'usd',
    billingReason: 'manual',
    collection,
    lines: waiting.map(({ id, line }) => ({ ...line, invoiceItem: id })),
    ...advancing(context, base, given),
    automaticTax: given.automatic_tax?.enabled ?? false,
    customFields: given.custom_fields ?? [],
    daysUntilDue: given.days_until_due ?? null,
    defaultPaymentMethod: given.default_payment_method ?? null,
    description: given.description ?? null,
    discounts: (given.discounts ?? []).map((each) => redeem(context, each, customer.id)),
    dueDate: given.due_date ?? null,
    footer: given.footer ?? null,
    metadata: merged({}, given.metadata),
  });
  takeItems(context, invoice);
  return rendered(context, 'invoice', invoice);
}

export const invoices: readonly Operation[] = [
  operation({
    method: 'POST',
    path: url,
    parameters: {
      ...fields,
      currency: 'text',
      customer: { must: 'text' },
      pending_invoice_items_behavior: { one: ['include', 'exclude'] },
      subscription: 'text',
    },
    run: (context, { values }) => create(context, values),
  }),
  operation({
    method: 'GET',
    path: url,
    parameters: {
      ...paging,
      collection_method: fields.collection_method,
      created: 'span',
      customer: 'text',
      status: { one: ['draft', 'open', 'paid', 'uncollectible', 'void'] },
      subscription: 'text',
    },
    run: (context, { values: { collection_method: collection, customer, status, subscription, ...page } }) =>
      listed(
        context,
        'invoice',
        url,
        page,
        { customer, key: status, parent: subscription },
        (invoice) => collection === undefined || invoice.collection === collection,
      ),
  }),
  retrieval('invoice', url),
  operation({
    method: 'POST',
    path: `${url}/:id`,
    parameters: fields,
    run: (context, { path: { id = '' }, values }) =>
      rendered(context, 'invoice', update(context, find(context, 'invoice', id), values)),
  }),
  operation({
    method: 'DELETE',
    path: `${url}/:id`,
    parameters: {},
    run(context, { path: { id = '' } }) {
      const invoice = find(context, 'invoice', id);
      if (invoice.subscription !== null) refuse('You can only delete draft invoices that are not of a subscription.');
      move(context, 'invoice', invoice, 'deleted');
      context.store.clearAllDue(id);
      return { id, object: 'invoice', deleted: true } as Wire;
    },
  }),
  operation({
    method: 'GET',
    path: `${url}/:id/lines`,
    parameters: paging,
    run(context, { path: { id = '' }, values }) {
      const invoice = find(context, 'invoice', id);
      return pageOf(`${url}/${id}/lines`, lineWires(invoice, totalsOfInvoice(context, invoice)), values);
    },
  }),
];
