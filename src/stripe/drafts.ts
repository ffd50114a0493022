/**
 * What we put on invoices at Stripe: lines on a draft, invoices of our own, credit notes. Each is made under a key of ours and found
 * again by its metadata. Lists are consistent; search is not, and is not used.
 */
import type Stripe from 'stripe';
import type { Paid } from '../invoices/give-back.ts';
import { type LinePart, readParts, writeParts } from '../invoices/line-parts.ts';
import { secondMs } from '../lib/time.ts';
import { attempt, pageMax, type StripeResult } from './call.ts';

/** How tax is counted on our lines; null where Stripe's settings say so. */
export interface LineTax {
  behavior: 'exclusive' | 'inclusive' | null;
  code: string | null;
}

/** A line that we add. Seconds, both of them in the period. */
interface DraftLine {
  mark: string;
  /** Which of our lines it stands for. */
  parts: readonly LinePart[];
  amountCents: number;
  description: string;
  start: number;
  end: number;
}

/** A line as Stripe has it. Times are ms, `end` is not in it. */
export interface StripeLine {
  /** `il_…` */
  id: string;
  /** What we marked it with; null of one that is not ours. */
  mark: string | null;
  /** Which of our lines it stands for; null where it does not say. */
  parts: readonly LinePart[] | null;
  /** `inv_…`: the invoice of ours that it was put on; null where it does not say. */
  invoiceId: string | null;
  amountCents: number;
  description: string;
  start: number;
  end: number;
  priceId: string | null;
  /** Whether it is a part of a price, given back or asked for because of a change. */
  proration: boolean;
}

interface OwnInvoice {
  invoiceId: string;
  customerId: string;
  kind: string;
  /** The period whose usage it bills, ms; null where it bills none of its own. */
  periodStart: number | null;
  periodEnd: number | null;
  /** `cus_…` */
  customer: string;
  description: string;
  collection: 'card' | 'invoice';
  daysUntilDue: number;
  /** Whether Stripe works out its tax. */
  tax: boolean;
}

const markOf = 'tenantry_line';
const invoiceMark = 'tenantry_invoice_id';
const kindMark = 'tenantry_kind';
const startMark = 'tenantry_period_start';
const endMark = 'tenantry_period_end';

const idOf = (value: string | { id: string } | null | undefined): string | null =>
  typeof value === 'string' ? value : (value?.id ?? null);

export const readLine = (line: Stripe.InvoiceLineItem): StripeLine => ({
  id: line.id,
  mark: line.metadata[markOf] ?? null,
  parts: readParts(line.metadata),
  invoiceId: line.metadata[invoiceMark] ?? null,
  amountCents: line.amount,
  description: line.description ?? '',
  start: line.period.start * secondMs,
  end: line.period.end * secondMs,
  priceId: idOf(line.pricing?.price_details?.price),
  proration: line.parent?.subscription_item_details?.proration ?? line.parent?.invoice_item_details?.proration ?? false,
});

const periodMarks = ({ periodStart, periodEnd }: OwnInvoice): Record<string, string> =>
  periodStart === null || periodEnd === null ? {} : { [startMark]: String(periodStart), [endMark]: String(periodEnd) };

/** What an invoice of ours was made as; null of one that is not ours, or does not say it. */
export function readOwn(metadata: Readonly<Record<string, string>>) {
  const { [invoiceMark]: id, [kindMark]: kind, [startMark]: start, [endMark]: end } = metadata;
  if (id === undefined || kind === undefined) return null;
  const period = start === undefined || end === undefined ? null : { start: Number(start), end: Number(end) };
  return { id, kind, period };
}

/** A price of its own carries tax code and behaviour; Stripe takes none below zero, which is a plain amount. */
function amountOf({ amountCents, description }: DraftLine, { behavior, code }: LineTax) {
  if ((behavior === null && code === null) || amountCents < 0) return { amount: amountCents };
  return {
    price_data: {
      currency: 'usd',
      unit_amount: amountCents,
      product_data: { name: description, ...(code === null ? {} : { tax_code: code }) },
      ...(behavior === null ? {} : { tax_behavior: behavior }),
    },
    quantity: 1,
  };
}

/** Lists of one customer's invoices and notes are looked through for ours: some of the newest. */
const newest = { limit: pageMax } as const;

export const draftsOf = (stripe: Stripe) => ({
  /** All lines of an invoice. */
  lines: (id: string): Promise<StripeResult<StripeLine[]>> =>
    attempt(async () => {
      const lines: StripeLine[] = [];
      for (let after: string | undefined; ; ) {
        const behind = after === undefined ? {} : { starting_after: after };
        const page = await stripe.invoices.listLineItems(id, { limit: pageMax, ...behind });
        lines.push(...page.data.map(readLine));
        after = page.data.at(-1)?.id;
        if (!page.has_more || after === undefined) return lines;
      }
    }),
  /** Adds the lines in one call, all or none. @param invoiceId `inv_…` */
  addLines: (
    { id, invoiceId }: { id: string; invoiceId: string },
    lines: readonly DraftLine[],
    tax: LineTax,
    idempotencyKey: string,
  ): Promise<StripeResult<null>> =>
    attempt(async () => {
      await stripe.invoices.addLines(
        id,
        {
          lines: lines.map((line) => ({
            ...amountOf(line, tax),
            description: line.description,
            discountable: false,
            metadata: { [markOf]: line.mark, [invoiceMark]: invoiceId, ...writeParts(line.parts) },
            period: { start: line.start, end: line.end },
          })),
        },
        { idempotencyKey },
      );
      return null;
    }),
  /** Makes an invoice of ours, empty. Returns `in_…`. */
  create: (own: OwnInvoice, idempotencyKey: string): Promise<StripeResult<string>> =>
    attempt(async () => {
      const byInvoice = { collection_method: 'send_invoice' as const, days_until_due: own.daysUntilDue };
      const made = await stripe.invoices.create(
        {
          customer: own.customer,
          currency: 'usd',
          auto_advance: false,
          pending_invoice_items_behavior: 'exclude',
          description: own.description,
          automatic_tax: { enabled: own.tax },
          metadata: {
            [invoiceMark]: own.invoiceId,
            [kindMark]: own.kind,
            ...periodMarks(own),
            tenantry_customer_id: own.customerId,
          },
          ...(own.collection === 'invoice' ? byInvoice : { collection_method: 'charge_automatically' as const }),
        },
        { idempotencyKey },
      );
      return made.id;
    }),
  /** The `in_…` that was made for an invoice of ours; null where there is none. */
  find: (customer: string, invoiceId: string): Promise<StripeResult<string | null>> =>
    attempt(async () => {
      const { data } = await stripe.invoices.list({ customer, ...newest });
      return data.find(({ metadata }) => metadata?.[invoiceMark] === invoiceId)?.id ?? null;
    }),
  /** Has an invoice of ours paid as the subscription is. The same again changes nothing. */
  payAs: (id: string, subscriptionId: string): Promise<StripeResult<null>> =>
    attempt(async () => {
      const subscription = await stripe.subscriptions.retrieve(subscriptionId);
      const method = idOf(subscription.default_payment_method);
      if (method !== null) await stripe.invoices.update(id, { default_payment_method: method });
      return null;
    }),
  /** Has Stripe not finalise a draft by itself any more. The same again changes nothing. */
  keep: (id: string): Promise<StripeResult<null>> =>
    attempt(async () => {
      await stripe.invoices.update(id, { auto_advance: false });
      return null;
    }),
  /** Finalises a draft; Stripe collects it. */
  finalize: (id: string, idempotencyKey: string): Promise<StripeResult<null>> =>
    attempt(async () => {
      await stripe.invoices.finalizeInvoice(id, { auto_advance: true }, { idempotencyKey });
      return null;
    }),
  /** Gives back of a paid invoice, onto the customer's balance at Stripe. The amount has the tax, as the invoice's total. Returns `cn_…`. */
  credit: (
    note: { stripeInvoiceId: string; invoiceId: string; totalCents: number; memo: string },
    idempotencyKey: string,
  ): Promise<StripeResult<string>> =>
    attempt(async () => {
      const made = await stripe.creditNotes.create(
        {
          invoice: note.stripeInvoiceId,
          amount: note.totalCents,
          credit_amount: note.totalCents,
          memo: note.memo,
          metadata: { [invoiceMark]: note.invoiceId },
        },
        { idempotencyKey },
      );
      return made.id;
    }),
  /** What was paid of an invoice, and what of that may still be given back. */
  reach: (id: string): Promise<StripeResult<Paid>> =>
    attempt(async () => {
      const { status, total, total_taxes: taxes, ...found } = await stripe.invoices.retrieve(id);
      const given = found.pre_payment_credit_notes_amount + found.post_payment_credit_notes_amount;
      const onTop = (taxes ?? []).filter(({ tax_behavior }) => tax_behavior === 'exclusive');
      return {
        totalCents: total,
        taxOnTopCents: onTop.reduce((sum, { amount }) => sum + amount, 0),
        leftCents: status === 'paid' ? Math.max(0, total - given) : 0,
      };
    }),
  /** The credit note that was made for an invoice of ours; null where there is none. */
  findCredit: (stripeInvoiceId: string, invoiceId: string): Promise<StripeResult<string | null>> =>
    attempt(async () => {
      const { data } = await stripe.creditNotes.list({ invoice: stripeInvoiceId, ...newest });
      return data.find(({ metadata }) => metadata?.[invoiceMark] === invoiceId)?.id ?? null;
    }),
});
