/** Where a customer pays what is owed: the page of the newest invoice, as the last fetch of the subscription showed it. */
import type { SubscriptionRow } from '../../customers/store.ts';
import type { StripeSubscription } from '../../stripe/subscriptions.ts';
import { findObject } from '../../webhooks/object-store.ts';
import type { Context } from '../deed.ts';

/** As a notice has it; nothing where no page is known. */
export async function paymentPage(
  { db }: Context,
  subscription: Pick<SubscriptionRow, 'stripeSubscriptionId'> | null,
): Promise<{ payment_url?: string }> {
  const id = subscription?.stripeSubscriptionId ?? null;
  const object = id === null ? null : await findObject(db, id);
  const seen = object?.body as Partial<StripeSubscription> | null | undefined;
  const url = seen?.latestInvoice?.hostedUrl ?? null;
  return url === null ? {} : { payment_url: url };
}
