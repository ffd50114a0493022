/** An invoice. Its sums are totals.ts's; what happens to it is acts/'s. Pure. */
import type { Wire } from '../wire.ts';
import type { Customer } from './customer.ts';
import { type Line, lineWire, taxWire } from './line.ts';
import type { Collection } from './subscription.ts';
import type { Totals } from './totals.ts';

export type InvoiceStatus = 'draft' | 'open' | 'paid' | 'uncollectible' | 'void';
export type BillingReason =
  | 'manual'
  | 'subscription_create'
  | 'subscription_cycle'
  | 'subscription_update'
  | 'upcoming';

export type Invoice = {
  id: string;
  created: number;
  customer: string;
  subscription: string | null;
  status: InvoiceStatus;
  currency: string;
  billingReason: BillingReason;
  collection: Collection;
  lines: Line[];
  autoAdvance: boolean;
  automaticTax: boolean;
  /** Tax was switched off for want of a location. */
  taxDropped?: boolean;
  /** When it is finalised by itself, Unix seconds. */
  finalizesAt: number | null;
  /** Somebody set `finalizesAt`: webhooks that fail don't hold it any more. */
  finalizesAtIsSet: boolean;
  webhooksDeliveredAt: number | null;
  discounts: string[];
  dueDate: number | null;
  daysUntilDue: number | null;
  description: string | null;
  footer: string | null;
  customFields: { name: string; value: string }[];
  metadata: Record<string, string>;
  subscriptionMetadata: Record<string, string>;
  number: string | null;
  periodStart: number;
  periodEnd: number;
  attemptCount: number;
  firstAttemptAt: number | null;
  nextAttempt: number | null;
  defaultPaymentMethod: string | null;
  paymentIntent: string | null;
  payment: string | null;
  /** The sums as they were finalised: nothing changes them after that. */
  frozen: { totals: Totals; customer: Customer; startingBalance: number; endingBalance: number } | null;
  amountPaid: number;
  /** Of it, what came another way than through Stripe. */
  paidOffStripe: number;
  creditedBefore: number;
  creditedAfter: number;
  lastFinalizationError: string | null;
  uncollectibleReason: 'user_forgiven' | null;
  finalizedAt: number | null;
  paidAt: number | null;
  voidedAt: number | null;
  uncollectibleAt: number | null;
};

export const linesMax = 250;
const linesInObject = 10;

/** What is asked for, before anything was paid; a credit balance pays first. */
export function amountDueOf(invoice: Invoice, totals: Totals): number {
  const balanceUsed = invoice.frozen === null ? 0 : invoice.frozen.endingBalance - invoice.frozen.startingBalance;
  return Math.max(0, totals.total - balanceUsed - invoice.creditedBefore);
}

const sumOf = (amounts: { discount: string; amount: number }[]) =>
  amounts.map(({ discount, amount }) => ({ amount, discount }));

function sumsWire(invoice: Invoice, totals: Totals) {
  const due = amountDueOf(invoice, totals);
  const exclusive = totals.total - totals.tax;
  return {
    amount_due: due,
    amount_overpaid: 0,
    amount_paid: invoice.amountPaid,
    amount_paid_off_stripe: invoice.paidOffStripe,
    amount_remaining: invoice.status === 'paid' ? 0 : Math.max(0, due - invoice.amountPaid),
    amount_shipping: 0,
    ending_balance: invoice.frozen?.endingBalance ?? null,
    post_payment_credit_notes_amount: invoice.creditedAfter,
    pre_payment_credit_notes_amount: invoice.creditedBefore,
    starting_balance: invoice.frozen?.startingBalance ?? 0,
    subtotal: totals.subtotal,
    subtotal_excluding_tax: totals.subtotal - (totals.tax - totals.taxOnTop),
    total: totals.total,
    total_discount_amounts: sumOf(totals.discounts),
    total_excluding_tax: exclusive,
    total_pretax_credit_amounts: totals.discounts.map(({ amount, discount }) => ({
      amount,
      discount,
      type: 'discount',
    })),
    total_taxes: totals.lines.flatMap(({ tax }) => (tax === null ? [] : [taxWire(tax)])),
  };
}

const customerWireOf = (customer: Customer) => ({
  customer_address: customer.address,
  customer_email: customer.email,
  customer_name: customer.name,
  customer_phone: customer.phone,
  customer_shipping: null,
  customer_tax_exempt: customer.taxExempt,
});

const parentOf = ({ subscription, subscriptionMetadata }: Invoice) =>
  subscription === null
    ? null
    : {
        type: 'subscription_details',
        quote_details: null,
        subscription_details: { metadata: subscriptionMetadata, subscription },
      };

const taxStatusOf = (invoice: Invoice): string | null => {
  if (!invoice.automaticTax) return null;
  return invoice.lastFinalizationError === null ? 'complete' : 'requires_location_inputs';
};

export const lineWires = (invoice: Invoice, totals: Totals): Wire[] =>
  invoice.lines.map((line, index) => lineWire(line, invoice.id, totals.lines[index] ?? { discounts: [], tax: null }));

export type InvoiceSurroundings = {
  totals: Totals;
  customer: Customer;
  taxIds: { type: string; value: string }[];
  pages: string;
};

export function invoiceWire(invoice: Invoice, { totals, customer, taxIds, pages }: InvoiceSurroundings): Wire {
  const { id, status } = invoice;
  const hosted = status === 'draft' ? null : `${pages}/invoice/${id}`;
  return {
    id,
    object: 'invoice',
    account_country: 'US',
    account_name: 'Tenantry',
    account_tax_ids: null,
    ...sumsWire(invoice, totals),
    application: null,
    attempt_count: invoice.attemptCount,
    attempted: invoice.attemptCount > 0,
    auto_advance: invoice.autoAdvance,
    automatic_tax: {
      disabled_reason: invoice.taxDropped ? 'finalization_requires_location_inputs' : null,
      enabled: invoice.automaticTax,
      liability: invoice.automaticTax ? { type: 'self' } : null,
      provider: invoice.automaticTax ? 'stripe' : null,
      status: taxStatusOf(invoice),
    },
    automatically_finalizes_at: status === 'draft' ? invoice.finalizesAt : null,
    billing_reason: invoice.billingReason,
    collection_method: invoice.collection,
    created: invoice.created,
    currency: invoice.currency,
    custom_fields: invoice.customFields.length === 0 ? null : invoice.customFields,
    customer: invoice.customer,
    customer_account: null,
    ...customerWireOf(invoice.frozen?.customer ?? customer),
    customer_tax_ids: taxIds,
    default_payment_method: invoice.defaultPaymentMethod,
    default_source: null,
    default_tax_rates: [],
    description: invoice.description,
    discounts: invoice.discounts,
    due_date: invoice.dueDate,
    effective_at: invoice.finalizedAt,
    footer: invoice.footer,
    from_invoice: null,
    hosted_invoice_url: hosted,
    invoice_pdf: hosted === null ? null : `${hosted}/pdf`,
    issuer: { type: 'self' },
    last_finalization_error:
      invoice.lastFinalizationError === null
        ? null
        : {
            type: 'invalid_request_error',
            code: invoice.lastFinalizationError,
            message: 'The customer’s location is not recognized: set an address with a country.',
          },
    latest_revision: null,
    lines: {
      object: 'list',
      data: lineWires(invoice, totals).slice(0, linesInObject),
      has_more: invoice.lines.length > linesInObject,
      url: `/v1/invoices/${id}/lines`,
    },
    livemode: false,
    metadata: invoice.metadata,
    next_payment_attempt: invoice.nextAttempt,
    number: invoice.number,
    on_behalf_of: null,
    parent: parentOf(invoice),
    payment_settings: { default_mandate: null, payment_method_options: null, payment_method_types: null },
    period_end: invoice.periodEnd,
    period_start: invoice.periodStart,
    receipt_number: null,
    rendering: null,
    shipping_cost: null,
    shipping_details: null,
    statement_descriptor: null,
    status,
    ...(invoice.uncollectibleReason === null
      ? {}
      : { status_details: { uncollectible: { reason: invoice.uncollectibleReason } } }),
    status_transitions: {
      finalized_at: invoice.finalizedAt,
      marked_uncollectible_at: invoice.uncollectibleAt,
      paid_at: invoice.paidAt,
      voided_at: invoice.voidedAt,
    },
    test_clock: null,
    webhooks_delivered_at: invoice.webhooksDeliveredAt,
  } as Wire;
}
