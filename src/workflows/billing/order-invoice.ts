/**
 * What is ordered of Stripe once the lines of an invoice are fixed: its draft where it is one of ours, then lines, then that it is
 * finalised. Each follows when the one before is confirmed (src/workflows/delivery).
 */
import type { InvoiceState } from '../../contracts/invoices.ts';
import type { Write } from '../../db/write.ts';
import { isOurs } from '../../invoices/invoice.ts';
import { billAll } from '../../invoices/line-store.ts';
import { sumOf } from '../../invoices/lines.ts';
import { change, type InvoiceRow, type NewInvoice } from '../../invoices/store.ts';
import { newId } from '../../lib/ids.ts';
import { type OutboxKind, planForInvoice } from '../../outbox/store.ts';
import type { Context } from '../deed.ts';

interface Ordered {
  /** What changes of the invoice. */
  fields: Partial<NewInvoice>;
  writes: Write[];
  outbox: string[];
}

type Line = { amountCents: number; state: string };

/** What comes first; null where Stripe is not asked for anything. */
function firstOf(
  context: Context,
  invoice: InvoiceRow,
  costs: boolean,
): { kind: OutboxKind; state: InvoiceState } | null {
  const { usageBilling } = context.settings;
  if (isOurs(invoice) && (!costs || invoice.shadow)) return null;
  if (!costs || invoice.shadow) return { kind: 'stripe_finalize', state: 'finalizing' };
  // After the end of a subscription no price on the meter brings a sum onto an invoice.
  if (usageBilling === 'meter_events' && invoice.kind !== 'closing') return { kind: 'stripe_usage', state: 'draft' };
  return { kind: isOurs(invoice) ? 'stripe_invoice' : 'stripe_lines', state: 'draft' };
}

/**
 * Plans the order. @param lines all of the invoice's own
 * @param sends whether anything may go to Stripe now
 */
export function planOrder(
  context: Context,
  invoice: InvoiceRow,
  lines: readonly Line[],
  { fields, sends }: { fields: Partial<NewInvoice>; sends: boolean },
): Ordered {
  const { now, random } = context;
  const after: InvoiceRow = { ...invoice, ...fields } as InvoiceRow;
  const planned = lines.filter(({ state }) => state === 'planned');
  const subtotal = sumOf(planned);
  const costs = planned.some(({ amountCents }) => amountCents !== 0);
  const sums = isOurs(invoice)
    ? { subtotalCents: subtotal + after.creditCents, totalCents: subtotal, amountDueCents: subtotal }
    : {};
  const set = { ...fields, ...sums, orderedAt: now, lookAt: null, holdReason: null };
  const first = sends ? firstOf(context, after, costs) : null;
  const state = first?.state ?? doneWith(after, costs);
  const done = first === null && isOurs(invoice) ? { finalizedAt: now, paidAt: state === 'paid' ? now : null } : {};
  const changed = { ...set, state, ...done };
  if (first === null) {
    return {
      fields: changed,
      writes: [change(invoice, changed, now), ...(costs ? [] : [billAll(invoice.id)])],
      outbox: [],
    };
  }
  const id = newId('outbox', random);
  const order = { id, kind: first.kind, customerId: invoice.customerId, invoiceId: invoice.id, now };
  return { fields: changed, writes: [change(invoice, changed, now), planForInvoice(order)], outbox: [id] };
}

/** Stripe is asked for nothing: its own invoice goes on by itself, and one of ours is done with here. */
function doneWith(invoice: InvoiceRow, costs: boolean): InvoiceState {
  if (!isOurs(invoice)) return 'draft';
  return costs ? 'uncollectible' : 'paid';
}
