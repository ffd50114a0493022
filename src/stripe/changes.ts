/** What we change of a subscription at Stripe, and what a change of its price would cost. Each call is made under a key of ours. */
import type Stripe from 'stripe';
import { attempt, type StripeResult } from './call.ts';
import { readSubscription, type StripeSubscription } from './subscriptions.ts';

const secondMs = 1000;

/** Another price from an instant on, ms; what is left of the old one is given back, and of the new one asked for, at once. */
export interface PriceChange {
  subscriptionId: string;
  itemId: string;
  priceId: string;
  prorationAt: number;
}

export interface PreviewLine {
  description: string;
  amountCents: number;
  start: number;
  end: number;
  proration: boolean;
}

/** What is to be paid at once for a change. */
export interface ChangePreview {
  amountDueCents: number;
  lines: PreviewLine[];
}

const expanded = ['schedule', 'latest_invoice'];

const itemsOf = ({ itemId, priceId }: PriceChange) => [{ id: itemId, price: priceId }];

const prorating = ({ prorationAt }: PriceChange) => ({
  proration_behavior: 'always_invoice' as const,
  proration_date: Math.floor(prorationAt / secondMs),
});

const toLine = (line: Stripe.InvoiceLineItem): PreviewLine => ({
  description: line.description ?? '',
  amountCents: line.amount,
  start: line.period.start * secondMs,
  end: line.period.end * secondMs,
  proration: line.parent?.subscription_item_details?.proration ?? line.parent?.invoice_item_details?.proration ?? false,
});

export const changesOf = (stripe: Stripe) => ({
  /** What the change would cost; nothing is changed. The first page of lines: a change has a handful. */
  preview: (change: PriceChange): Promise<StripeResult<ChangePreview>> =>
    attempt(async () => {
      const invoice = await stripe.invoices.createPreview({
        subscription: change.subscriptionId,
        subscription_details: { items: itemsOf(change), ...prorating(change) },
      });
      return { amountDueCents: invoice.amount_due, lines: invoice.lines.data.map(toLine) };
    }),
  /**
   * The new price. By card: once what is asked for at once is paid; until then the answer has a pending update, and the old price stands.
   * Who pays by invoice has it at once, and the invoice for it: pending updates are of subscriptions that are charged automatically only
   * (https://docs.stripe.com/billing/subscriptions/pending-updates).
   */
  changePrice: (
    change: PriceChange,
    collection: 'card' | 'invoice',
    idempotencyKey: string,
  ): Promise<StripeResult<StripeSubscription>> =>
    attempt(async () =>
      readSubscription(
        await stripe.subscriptions.update(
          change.subscriptionId,
          {
            items: itemsOf(change),
            ...prorating(change),
            ...(collection === 'card' ? { payment_behavior: 'pending_if_incomplete' as const } : {}),
            expand: expanded,
          },
          { idempotencyKey },
        ),
      ),
    ),
  /**
   * Another price of the same interval, which counts from the next invoice on: nothing is given back, and nothing asked for. An end or
   * a trial that lies ahead stays.
   */
  priceNext: (change: Omit<PriceChange, 'prorationAt'>, idempotencyKey: string): Promise<StripeResult<null>> =>
    attempt(async () => {
      const { subscriptionId, itemId, priceId } = change;
      await stripe.subscriptions.update(
        subscriptionId,
        { items: [{ id: itemId, price: priceId }], proration_behavior: 'none' },
        { idempotencyKey },
      );
      return null;
    }),
  /** Whether the bank wants the newest payment of an invoice confirmed by a person. */
  needsConfirmation: (invoiceId: string): Promise<StripeResult<boolean>> =>
    attempt(async () => {
      const { data } = await stripe.invoicePayments.list({
        invoice: invoiceId,
        expand: ['data.payment.payment_intent'],
      });
      const intent = data[0]?.payment.payment_intent;
      return typeof intent === 'object' && intent.status === 'requires_action';
    }),
  /** Whether an invoice of the subscription is still to be paid. */
  isOwed: (id: string): Promise<StripeResult<boolean>> =>
    attempt(async () => (await stripe.invoices.list({ subscription: id, status: 'open', limit: 1 })).data.length > 0),
  /** Nobody can pay the invoice any more; a change that waited for it is dropped. */
  voidInvoice: (invoiceId: string, idempotencyKey: string): Promise<StripeResult<null>> =>
    attempt(async () => {
      await stripe.invoices.voidInvoice(invoiceId, {}, { idempotencyKey });
      return null;
    }),
  /** It ends with the period that is paid. */
  cancelAtEnd: (id: string, comment: string | null, idempotencyKey: string): Promise<StripeResult<null>> =>
    attempt(async () => {
      const details = comment === null ? {} : { cancellation_details: { comment } };
      await stripe.subscriptions.update(id, { cancel_at_period_end: true, ...details }, { idempotencyKey });
      return null;
    }),
  /** It ends now. A DELETE has no idempotency key: one that is gone is what was asked for. */
  cancelNow: async (id: string, comment: string | null): Promise<StripeResult<null>> => {
    const details = comment === null ? {} : { cancellation_details: { comment } };
    const canceled = await attempt(() => stripe.subscriptions.cancel(id, { ...details }));
    if (canceled.ok || canceled.error.code === 'resource_missing') return { ok: true, value: null };
    return canceled;
  },
  /** The end that lies ahead is taken back. */
  keep: (id: string, cancelBy: 'date' | 'period_end', idempotencyKey: string): Promise<StripeResult<null>> =>
    attempt(async () => {
      const kept = cancelBy === 'date' ? { cancel_at: '' as const } : { cancel_at_period_end: false };
      await stripe.subscriptions.update(id, kept, { idempotencyKey });
      return null;
    }),
});
