/** Invoices at Stripe, read as we use them: times in ms, the subscription from the invoice's parent. */
import type Stripe from 'stripe';
import { secondMs } from '../lib/time.ts';
import { attempt, nextOf, type Page, pageMax, type StripeResult } from './call.ts';
import { readLine, type StripeLine } from './drafts.ts';

/** An invoice at Stripe as the last fetch showed it. */
export interface StripeInvoice {
  /** `in_…` */
  id: string;
  /** `cus_…` */
  customer: string;
  subscriptionId: string | null;
  status: 'draft' | 'open' | 'paid' | 'uncollectible' | 'void';
  /** Stripe's own words: `subscription_create`, `subscription_cycle`, `subscription_update`, `manual`. */
  billingReason: string | null;
  number: string | null;
  currency: string;
  subtotalCents: number;
  taxCents: number;
  totalCents: number;
  amountDueCents: number;
  amountPaidCents: number;
  periodStart: number;
  periodEnd: number;
  createdAt: number;
  /** When Stripe finalises the draft by itself. */
  finalizesAt: number | null;
  dueAt: number | null;
  finalizedAt: number | null;
  paidAt: number | null;
  /** Attempts to collect it so far. */
  attempts: number;
  /** Where the customer sees and pays it; null while it is a draft. */
  hostedUrl: string | null;
  /** Why the last attempt to finalise it failed, Stripe's code. */
  finalizationError: string | null;
  /** Stripe has switched its tax off, because it knew no location. */
  taxDropped: boolean;
  metadata: Readonly<Record<string, string>>;
  /** All of its lines; null where they are more than an answer shows (drafts.ts, `lines`). */
  lines: readonly StripeLine[] | null;
}

const ms = (seconds: number | null | undefined): number | null => (seconds == null ? null : seconds * secondMs);
const idOf = (value: string | { id: string } | null | undefined): string | null =>
  typeof value === 'string' ? value : (value?.id ?? null);

const readInvoice = (found: Stripe.Invoice): StripeInvoice => ({
  id: found.id,
  customer: idOf(found.customer) ?? '',
  subscriptionId: idOf(found.parent?.subscription_details?.subscription),
  status: (found.status ?? 'draft') as StripeInvoice['status'],
  billingReason: found.billing_reason,
  number: found.number,
  currency: found.currency,
  subtotalCents: found.subtotal,
  taxCents: (found.total_taxes ?? []).reduce((sum, { amount }) => sum + amount, 0),
  totalCents: found.total,
  amountDueCents: found.amount_due,
  amountPaidCents: found.amount_paid,
  periodStart: found.period_start * secondMs,
  periodEnd: found.period_end * secondMs,
  createdAt: found.created * secondMs,
  finalizesAt: ms(found.automatically_finalizes_at),
  dueAt: ms(found.due_date),
  finalizedAt: ms(found.status_transitions.finalized_at),
  paidAt: ms(found.status_transitions.paid_at),
  attempts: found.attempt_count,
  hostedUrl: found.hosted_invoice_url ?? null,
  finalizationError: found.last_finalization_error?.code ?? found.last_finalization_error?.type ?? null,
  taxDropped: found.automatic_tax?.disabled_reason != null,
  metadata: found.metadata ?? {},
  lines: found.lines.has_more ? null : found.lines.data.map(readLine),
});

/** A webhook waits for the hold, and Stripe for the webhook: one attempt, shorter than others. */
const holdTimeoutMs = 8_000;

export const invoicesOf = (stripe: Stripe) => ({
  /** As it is now. */
  fetch: (id: string): Promise<StripeResult<StripeInvoice>> =>
    attempt(async () => readInvoice(await stripe.invoices.retrieve(id))),
  /** A page of those that were made from then on, ms; newest first. */
  page: (after: string | null, since: number): Promise<StripeResult<Page<StripeInvoice>>> =>
    attempt(async () => {
      const behind = after === null ? {} : { starting_after: after };
      const created = { gte: Math.floor(since / secondMs) };
      const page = await stripe.invoices.list({ created, limit: pageMax, ...behind });
      return { items: page.data.map(readInvoice), next: nextOf(page) };
    }),
  /**
   * Has Stripe keep a draft until then, ms, and finalise it by itself after that. The field switches Stripe's own hold off, so
   * that `auto_advance` is said with it. The same again changes nothing: it needs no idempotency key, under which Stripe would
   * answer a failure again.
   */
  hold: (id: string, until: number): Promise<StripeResult<StripeInvoice>> =>
    attempt(async () =>
      readInvoice(
        await stripe.invoices.update(
          id,
          { automatically_finalizes_at: Math.floor(until / secondMs), auto_advance: true },
          { timeout: holdTimeoutMs, maxNetworkRetries: 0 },
        ),
      ),
    ),
});
