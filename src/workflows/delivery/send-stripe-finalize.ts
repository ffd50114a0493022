/**
 * Has Stripe finalise an invoice, early: everything that is to be on it is. Then it is looked at, and its subscription, which a card
 * that is declined leaves past due: whether or not Stripe's events come.
 */
import { commit } from '../../db/client.ts';
import { GuardFailed } from '../../db/failure.ts';
import { isUnfinished } from '../../invoices/invoice.ts';
import { move } from '../../invoices/store.ts';
import { reasonOf } from '../../lib/reason.ts';
import { ok } from '../../lib/result.ts';
import { discardRefused, goOnceMore } from '../../outbox/again-store.ts';
import { later, needless } from '../../outbox/outbox.ts';
import { noTaxLocation } from '../../webhooks/stuck-store.ts';
import type { Carriers, Sender } from './carriers.ts';
import { aboutInvoice } from './invoice-row.ts';
import { failed, sendIntent } from './stripe-intent.ts';

export const sendStripeFinalize: Sender = async (carriers, row) => {
  const about = await aboutInvoice(carriers, row);
  if (!about.ok) return about.error;
  const { stripe, invoice, whole } = about.value;
  const { customerId, stripeInvoiceId: id } = invoice;
  if (!isUnfinished(invoice)) return needless('not_wanted_any_more');
  if (id === null) return later('no_stripe_invoice');
  const subscriptionId = whole.subscription.stripeSubscriptionId ?? (await carriers.lastSubscription(customerId));
  if (invoice.kind !== 'cycle' && subscriptionId !== null) {
    const paid = await stripe.drafts.payAs(id, subscriptionId);
    if (!paid.ok && paid.error.kind !== 'refused') return failed(paid.error);
  }
  const sent = await sendIntent(carriers, row, {
    find: async () => {
      const found = await stripe.invoices.fetch(id);
      return found.ok ? ok(found.value.status === 'draft' ? null : id) : found;
    },
    send: async (key) => {
      const done = await stripe.drafts.finalize(id, key);
      return done.ok ? ok(id) : done;
    },
    settle: () => [],
  });
  if (sent.outcome === 'later') return sent;
  if (sent.outcome === 'never' && sent.why === noTaxLocation) {
    // At its deadline Stripe would finalise it by itself, without the tax.
    const kept = await stripe.drafts.keep(id);
    if (!kept.ok && kept.error.kind !== 'refused') return failed(kept.error);
  }
  await carriers.refreshInvoice(customerId, id);
  if (sent.outcome === 'ok')
    return { ...sent, outbox: await followed(carriers, whole.subscription.stripeSubscriptionId) };
  if (sent.outcome !== 'never') return sent;
  return (await isGivenUp(carriers, row.id, invoice.id, sent.why)) ? needless(sent.why) : later('may_be_mended');
};

/**
 * Gives a refused order up: a new one is given once the cause is mended, by a person (tenantry invoices finalize) or by another address
 * (plan-unstick.ts). An address that came while it was under way has it go once more.
 */
async function isGivenUp({ db, now }: Carriers, rowId: string, invoiceId: string, why: string): Promise<boolean> {
  try {
    await commit(db, [...discardRefused(rowId, why), move(invoiceId, ['finalizing'], 'failed')]);
    return true;
  } catch (error) {
    if (!(error instanceof GuardFailed)) throw error;
    await commit(db, [goOnceMore(rowId, now())]);
    return false;
  }
}

/** @returns ids of rows that came about. What cannot be read now comes with Stripe's event, or with the next comparison. */
async function followed({ refresh, log }: Carriers, subscriptionId: string | null): Promise<readonly string[]> {
  if (subscriptionId === null) return [];
  try {
    return (await refresh(subscriptionId)).outbox;
  } catch (error) {
    log('warn', 'a subscription could not be looked at', { subscription: subscriptionId, error: reasonOf(error) });
    return [];
  }
}
