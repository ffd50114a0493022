/**
 * What is ordered of Stripe once the lines of an invoice are fixed: its draft where it is one of ours, then lines, then that it is
 * finalised. Each follows when the one before is confirmed (src/workflows/delivery).
 */
import type { HeldWhy, InvoiceState } from '../../contracts/invoices.ts';
import type { Write } from '../../db/write.ts';
import { isOurs, ownInvoiceCentsMin } from '../../invoices/invoice.ts';
import { billAll, writeOff } from '../../invoices/line-store.ts';
import { sumOf } from '../../invoices/lines.ts';
import { change, type InvoiceRow, type NewInvoice } from '../../invoices/store.ts';
import { newId } from '../../lib/ids.ts';
import { type OutboxKind, planForInvoice } from '../../outbox/store.ts';
import type { Context } from '../deed.ts';

export interface Ordered {
  /** What changes of the invoice. */
  fields: Partial<NewInvoice>;
  writes: Write[];
  outbox: string[];
}

type Line = { amountCents: number; state: string; heldWhy?: HeldWhy | null };

interface First {
  kind: OutboxKind;
  state: InvoiceState;
}

/**
 * What becomes of a difference after the end of a subscription (decision 7): an invoice of its own, given back, or (null) too little to be
 * asked for.
 * What a person has approved is billed, whatever it is worth.
 * @param planned its lines that nobody holds
 * @param creditCents what prepaid credit among them takes off
 */
export function wayOfChange(planned: readonly Line[], creditCents: number): First | null {
  const cents = sumOf(planned) + creditCents;
  const isApproved = planned.some(({ heldWhy }) => (heldWhy ?? null) !== null);
  if (cents >= ownInvoiceCentsMin || (cents > 0 && isApproved)) return { kind: 'stripe_invoice', state: 'draft' };
  return cents < 0 ? { kind: 'stripe_credit', state: 'finalizing' } : null;
}

/** What comes first; null where Stripe is not asked for anything. */
function firstOf(context: Context, invoice: InvoiceRow, planned: readonly Line[]): First | null {
  const { usageBilling } = context.settings;
  if (invoice.kind === 'delta') return wayOfChange(planned, invoice.creditCents);
  const costs = doesCost(planned);
  if (isOurs(invoice) && (!costs || invoice.shadow)) return null;
  if (!costs || invoice.shadow) return { kind: 'stripe_finalize', state: 'finalizing' };
  // After the end of a subscription no price on the meter brings a sum onto an invoice, and one below nothing bills nothing.
  const isTold = invoice.kind !== 'closing' && sumOf(planned) >= 0;
  if (usageBilling === 'meter_events' && isTold) return { kind: 'stripe_usage', state: 'draft' };
  return { kind: isOurs(invoice) ? 'stripe_invoice' : 'stripe_lines', state: 'draft' };
}

const doesCost = (lines: readonly Line[]): boolean => lines.some(({ amountCents }) => amountCents !== 0);

/** What a difference is too old to be asked for: nobody has decided about it. */
const isTooOld = ({ state, heldWhy }: Line): boolean => state === 'rejected' && (heldWhy ?? null) === null;

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
  const first = sends ? firstOf(context, after, planned) : null;
  const isOff = first === null && invoice.kind === 'delta';
  const counted = isOff ? [...planned, ...lines.filter(isTooOld)] : planned;
  const total = sumOf(counted);
  const costs = doesCost(counted);
  const sums = isOurs(invoice)
    ? { subtotalCents: total + after.creditCents, totalCents: total, amountDueCents: Math.max(0, total) }
    : {};
  const set = { ...fields, ...sums, orderedAt: now, lookAt: null, holdReason: null };
  const state = first?.state ?? doneWith(after, costs);
  const done = first === null && isOurs(invoice) ? { finalizedAt: now, paidAt: state === 'paid' ? now : null } : {};
  const changed = { ...set, state, ...done };
  if (first === null) {
    return {
      fields: changed,
      writes: [change(invoice, changed, now), ...ending(invoice, { isOff, costs })],
      outbox: [],
    };
  }
  const id = newId('outbox', random);
  const order = { id, kind: first.kind, customerId: invoice.customerId, invoiceId: invoice.id, now };
  return { fields: changed, writes: [change(invoice, changed, now), planForInvoice(order)], outbox: [id] };
}

/** What becomes of lines that Stripe never gets: what is written off is not billed later, and what costs nothing is said. */
function ending({ id }: InvoiceRow, { isOff, costs }: { isOff: boolean; costs: boolean }): Write[] {
  if (!costs) return [billAll(id)];
  return isOff ? [writeOff(id)] : [];
}

/** Stripe is asked for nothing: its own invoice goes on by itself, and one of ours is done with here. */
function doneWith(invoice: InvoiceRow, costs: boolean): InvoiceState {
  if (!isOurs(invoice)) return 'draft';
  return costs ? 'uncollectible' : 'paid';
}
