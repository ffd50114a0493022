/** Where a payment leads that a page has begun: it is paid, the bank asks, or it says no. */
import { attach, newMethod } from '../acts/cards.ts';
import { type Payment, payInvoice } from '../acts/pay.ts';
import type { Context } from '../context.ts';
import type { Invoice } from '../objects/invoice.ts';
import { cardChosen } from './cards.ts';

export const bankPage = (intent: string): string => `/3d-secure/${intent}`;

/** A text: why it is not paid; else where the browser goes. */
export function ledTo({ invoice, outcome, decline }: Payment, whenPaid: string): string | { goTo: string } {
  if (outcome === 'paid') return { goTo: whenPaid };
  if (outcome === 'action' && invoice.paymentIntent !== null) return { goTo: bankPage(invoice.paymentIntent) };
  return decline?.message ?? 'The payment was declined.';
}

/** Pays an invoice with the card of a form, which is put on file first. Throws Refusal. */
export function payWithForm(context: Context, invoice: Invoice, form: URLSearchParams): Payment {
  const { id } = attach(context, newMethod(context, cardChosen(form)), invoice.customer);
  return payInvoice(context, invoice, { method: id, authenticated: null });
}
