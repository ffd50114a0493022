/**
 * Gives back what was billed too much after a subscription's end: by a credit note on the last invoice that was paid, as far as it
 * reaches, the rest as credit here. First it is decided which cents go which way, in one batch with the credit; then the note is made.
 * Cents that Stripe refuses are credit, too, once a look has shown that no note has them.
 */

import { insertGrant } from '../../credits/store.ts';
import { commit } from '../../db/client.ts';
import type { Write } from '../../db/write.ts';
import { type Division, divide, lastPaid } from '../../invoices/give-back.ts';
import { titleOf } from '../../invoices/invoice.ts';
import { billAll } from '../../invoices/line-store.ts';
import { findOf, finish, guardUnchanged, type InvoiceRow } from '../../invoices/store.ts';
import { ok } from '../../lib/result.ts';
import { needless } from '../../outbox/outbox.ts';
import { decide, type OutboxRow } from '../../outbox/store.ts';
import type { StripeResult } from '../../stripe/call.ts';
import type { StripePort } from '../../stripe/port.ts';
import type { Carriers, Sender } from './carriers.ts';
import { aboutInvoice } from './invoice-row.ts';
import { failed, sendIntent } from './stripe-intent.ts';

export const sendStripeCredit: Sender = async (carriers, row) => {
  const about = await aboutInvoice(carriers, row);
  if (!about.ok) return about.error;
  const { stripe, invoice } = about.value;
  if (invoice.state !== 'finalizing') return needless('not_wanted_any_more');
  const decided = await divisionOf(carriers, stripe, invoice, row);
  if (!decided.ok) return failed(decided.error);
  const { noteOn, noteCents, noteTotalCents } = decided.value;
  const settle = (): Write[] => [billAll(invoice.id), finish(invoice.id, ['finalizing'], carriers.now())];
  if (noteOn === null) return { outcome: 'ok', writes: settle() };
  const note = { stripeInvoiceId: noteOn, invoiceId: invoice.id, totalCents: noteTotalCents, memo: titleOf.delta };
  const find = () => stripe.drafts.findCredit(noteOn, invoice.id);
  const sent = await sendIntent(carriers, row, { find, send: (key) => stripe.drafts.credit(note, key), settle });
  if (sent.outcome !== 'never') return sent;
  const found = await find();
  if (!found.ok) return failed(found.error);
  carriers.log('warn', 'Stripe takes no credit note: what it was to give back is credit', {
    invoice_id: invoice.id,
    customer_id: invoice.customerId,
    why: sent.why,
  });
  const instead = found.value === null ? [guardUnchanged(invoice), ...grant(carriers, invoice, 'note', noteCents)] : [];
  return { outcome: 'ok', writes: [...instead, ...settle()] };
};

/** As it was decided, and stands in the row; else it is decided now. */
async function divisionOf(
  carriers: Carriers,
  stripe: StripePort,
  invoice: InvoiceRow,
  { id: rowId, payload }: OutboxRow,
): Promise<StripeResult<Omit<Division, 'creditCents'>>> {
  if (payload['note_on'] !== undefined) {
    const noteCents = Number(payload['note_cents']);
    // What was decided before tax went back says no total.
    const noteTotalCents = Number(payload['note_total_cents'] ?? noteCents);
    return ok({ noteOn: String(payload['note_on']) || null, noteCents, noteTotalCents });
  }
  const id = lastPaid(await findOf(carriers.db, invoice.customerId))?.stripeInvoiceId ?? null;
  const paid = id === null ? null : await stripe.drafts.reach(id);
  if (paid !== null && !paid.ok) return paid;
  const division = divide(-invoice.totalCents, id === null || paid === null ? null : { id, ...paid.value });
  const { noteOn, noteCents, creditCents, noteTotalCents } = division;
  const notes = { note_on: noteOn ?? '', note_cents: noteCents, note_total_cents: noteTotalCents };
  await commit(carriers.db, [
    ...decide(rowId, { ...notes, credit_cents: creditCents }),
    ...(creditCents > 0 ? grant(carriers, invoice, 'rest', creditCents) : []),
  ]);
  return ok(division);
}

/** Credit under an id that follows from the invoice and from what it stands for: there is one of each. */
function grant({ now }: Carriers, { id, customerId }: InvoiceRow, of: 'rest' | 'note', amountCents: number): Write[] {
  const digits = id.slice('inv_'.length);
  const own = of === 'rest' ? digits : `${digits.slice(8)}${digits.slice(0, 8)}`;
  return insertGrant({
    id: `crd_${own}`,
    customerId,
    amountCents,
    expiresAt: null,
    createdAt: now(),
    reason: 'billed too much before your subscription ended',
    actor: 'cron',
    invoiceId: id,
  });
}
