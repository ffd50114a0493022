/**
 * What finalising an invoice would bring, with the sums that it would have: of Stripe's own drafts those are its last look at Stripe and
 * our lines. Tax and discounts on our lines are Stripe's to work out, and are not in them.
 */
import { isOurs } from '../../invoices/invoice.ts';
import { sumOf } from '../../invoices/lines.ts';
import * as invoiceStore from '../../invoices/store.ts';
import { ok } from '../../lib/result.ts';
import type { StripeInvoice } from '../../stripe/invoices.ts';
import { findObject } from '../../webhooks/object-store.ts';
import type { Context, Planned } from '../deed.ts';
import { type Closed, closeInvoice } from './close-period.ts';

export async function previewInvoice(context: Context, id: string): Promise<Planned<Closed>> {
  const { db } = context;
  const before = await invoiceStore.find(db, id);
  const planned = await closeInvoice(context, id, 'preview');
  if (!planned.ok || before === null || isOurs(before) || before.stripeInvoiceId === null) return planned;
  const { invoice, lines } = planned.value.value;
  const draft = (await findObject(db, before.stripeInvoiceId))?.body as unknown as StripeInvoice | null | undefined;
  if (!draft) return planned;
  const ours = lines.filter(({ by, state }) => by === 'tenantry' && state === 'planned');
  // What could not be finalised has our lines already; in shadow they are not sent.
  const added = before.state === 'failed' || invoice.shadow ? 0 : sumOf(ours);
  const totalCents = draft.totalCents + added;
  const sums = {
    subtotalCents: draft.subtotalCents + added + invoice.creditCents,
    taxCents: draft.taxCents,
    totalCents,
    amountDueCents: Math.max(0, totalCents),
  };
  return ok({ ...planned.value, value: { invoice: { ...invoice, ...sums }, lines } });
}
