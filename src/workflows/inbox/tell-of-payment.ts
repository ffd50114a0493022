/** What a customer's people are told of a payment: that it has failed, or that the bank wants it confirmed. */
import { findWhole } from '../../customers/store.ts';
import type { Notice } from '../../notices/notice.ts';
import type { StripeInvoice } from '../../stripe/invoices.ts';
import type { Context } from '../deed.ts';
import { planNotice } from '../plan-notice.ts';

/** By the event's type. A payment that fails while a person waits for it is answered to them: by the checkout, by the upgrade. */
const kinds = {
  'invoice.payment_failed': { kind: 'payment_failed', withPerson: ['subscription_create', 'subscription_update'] },
  'invoice.payment_action_required': { kind: 'payment_action_required', withPerson: ['subscription_create'] },
} as const;

/** The notice, once an invoice; null where nobody is told. What is paid by now needs no telling. */
export async function tellOfPayment(
  context: Context,
  { type, invoice, customerId }: { type: string; invoice: StripeInvoice; customerId: string },
): Promise<ReturnType<typeof planNotice> | null> {
  if (!Object.hasOwn(kinds, type) || invoice.status !== 'open') return null;
  const { kind, withPerson } = kinds[type as keyof typeof kinds];
  if (withPerson.some((reason) => reason === invoice.billingReason)) return null;
  const { id, amountDueCents, currency, hostedUrl } = invoice;
  const owed = { amount_cents: amountDueCents, currency, ...(hostedUrl === null ? {} : { payment_url: hostedUrl }) };
  const until = kind === 'payment_failed' ? await graceOf(context, customerId) : null;
  const params = until === null ? owed : { ...owed, grace_ends_at: until };
  return planNotice(context, { customerId, kind, about: id, params } satisfies Notice);
}

/** When a payment that does not come stops the stack, ms; null where nothing is owed. */
async function graceOf({ db }: Context, customerId: string): Promise<number | null> {
  const whole = await findWhole(db, customerId);
  return whole?.subscription.graceEndsAt ?? null;
}
