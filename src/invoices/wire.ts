/** Invoices, held lines and the brake as the API answers them. */
import type { BillingMode, HeldLineView, InvoiceHead, InvoiceLineView, InvoiceView } from '../contracts/invoices.ts';
import { iso, isoOrNull } from '../lib/time.ts';
import type { ShownLine } from '../workflows/billing/close-period.ts';
import type { HeldLine } from '../workflows/billing/decide-held-line.ts';
import type { Brake } from './brake-store.ts';
import { deadlineOf, isDraft } from './invoice.ts';
import type { LineRow } from './line-store.ts';
import type { InvoiceRow } from './store.ts';

const periodOf = ({ periodStart, periodEnd }: { periodStart: number | null; periodEnd: number | null }) =>
  periodStart === null || periodEnd === null ? null : { start: iso(periodStart), end: iso(periodEnd) };

/** @param statement whether it has one that is signed */
export const toHead = (row: InvoiceRow, statement: boolean): InvoiceHead => ({
  invoice_id: row.id,
  customer_id: row.customerId,
  stripe_invoice_id: row.stripeInvoiceId,
  number: row.number,
  kind: row.kind,
  period: periodOf(row),
  state: row.state,
  hold: row.holdReason === null ? null : { until: iso(deadlineOf(row)), reason: row.holdReason },
  subtotal_cents: row.subtotalCents,
  credit_cents: row.creditCents,
  tax_cents: row.taxCents,
  total_cents: row.totalCents,
  amount_due_cents: row.amountDueCents,
  due_at: isoOrNull(row.dueAt),
  hosted_url: row.hostedUrl,
  late: row.late,
  shadow: row.shadow,
  statement,
  finalized_at: isoOrNull(row.finalizedAt),
  paid_at: isoOrNull(row.paidAt),
  created_at: iso(row.createdAt),
});

const toLine = (line: ShownLine): InvoiceLineView => ({
  ...line.body,
  line_id: line.lineId,
  by: line.by,
  state: line.state,
  period: periodOf(line),
  delta_of: line.deltaOf,
});

export const toInvoice = (row: InvoiceRow, lines: readonly ShownLine[], statement = false): InvoiceView => ({
  ...toHead(row, statement),
  lines: lines.map(toLine),
});

export const toHeld = ({ line, invoice }: { line: LineRow; invoice: HeldLine['invoice'] }): HeldLineView => ({
  hold_id: line.id,
  invoice_id: invoice.id,
  customer_id: invoice.customerId,
  state: line.state,
  line: toLine(line),
  why: line.heldWhy,
  // Lines are held when they are fixed, all of an invoice at once.
  held_at: isoOrNull(invoice.ratedAt),
  until: isDraft(invoice) && invoice.orderedAt === null ? iso(deadlineOf(invoice)) : null,
});

export const toBrake = (brake: Brake | null, byDefault: BillingMode) => ({
  mode: brake?.mode ?? byDefault,
  reason: brake?.reason ?? null,
  changed_by: brake?.changedBy ?? null,
  changed_at: isoOrNull(brake?.changedAt ?? null),
});
