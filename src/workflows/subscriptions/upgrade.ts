/**
 * Goes over to another plan: a higher one at once, when what it costs until the period's end is paid; any other with the end of
 * the period, by a schedule at Stripe. Until Stripe says that it is so the old plan stands.
 */
import type { Failure } from '../../contracts/failures.ts';
import { commit } from '../../db/client.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import { floorTo, secondMs } from '../../lib/time.ts';
import { confirm } from '../../outbox/store.ts';
import { doneScheduleOf, type StripeSubscription, type SubscriptionInvoice } from '../../stripe/subscriptions.ts';
import { type Effective, previewStands } from '../../subscriptions/plan-move.ts';
import type { Context, Planned } from '../deed.ts';
import { dropOrder, keyOf, planOrder, type ShownSubscription, send, settle, shownOf, stripeFailed } from './order.ts';
import { type MoveWish, type PlanMove, planMove } from './plan-move.ts';

export interface UpgradeWish extends MoveWish {
  /** As a preview has said it, ms; null: now. */
  prorationAt: number | null;
}

export interface PlannedUpgrade extends PlanMove {
  orderId: string;
  prorationAt: number;
}

export interface Upgraded extends ShownSubscription {
  effective: Effective;
  /** What was asked for at once. */
  invoice: SubscriptionInvoice | null;
  outbox: readonly string[];
}

/** Plans the order. */
export async function planUpgrade(context: Context, wish: UpgradeWish): Promise<Planned<PlannedUpgrade>> {
  const move = await planMove(context, wish);
  if (!move.ok) return move;
  const { chosen, effective, found, item } = move.value;
  const { now } = context;
  const prorationAt = floorTo(wish.prorationAt ?? now, secondMs);
  if (wish.prorationAt !== null && !previewStands(prorationAt, { start: item.start, now })) return err(previewExpired);
  const order = planOrder(context, wish.customerId, {
    what: effective === 'now' ? 'upgrade' : 'schedule',
    subscriptionId: found.id,
    priceId: chosen.priceId,
    ...(effective === 'now' ? { prorationAt } : {}),
  });
  return ok({
    value: { ...move.value, orderId: order.orderId, prorationAt },
    writes: order.writes,
    audit: [{ action: 'subscription.upgrade', subject: wish.customerId, details: { plan: wish.plan } }],
  });
}

const previewExpired: Failure = {
  code: 'preview_expired',
  message: 'the preview is older than 15 minutes, or of another period; look at a new one',
};

/** Carries the order out. */
export async function upgrade(context: Context, planned: PlannedUpgrade): Promise<Result<Upgraded, Failure>> {
  const { whole, effective, found, orderId } = planned;
  const cleared = await clear(context, planned);
  if (!cleared.ok) return cleared;
  const changed = effective === 'now' ? await changeNow(context, planned) : await changeLater(context, planned);
  if (!changed.ok) return changed;
  const settled = await settle(context, orderId, found.id);
  if (!settled.ok) return settled;
  const shown = await shownOf(context, whole.customer.id);
  return ok({ ...shown, effective, invoice: changed.value, outbox: settled.value });
}

/** Releases what is left of the schedule of an earlier change, which has come: nothing can be changed beside it. */
async function clear(context: Context, { stripe, found, orderId }: PlannedUpgrade): Promise<Result<null, Failure>> {
  const done = doneScheduleOf(found);
  if (done === null) return ok(null);
  const released = await send(context, orderId, () => stripe.schedules.release(done, keyOf(orderId, 3)));
  return released.ok ? ok(null) : err(stripeFailed(released.error));
}

async function changeNow(
  context: Context,
  { stripe, found, item, chosen, orderId, prorationAt }: PlannedUpgrade,
): Promise<Result<SubscriptionInvoice | null, Failure>> {
  const change = { subscriptionId: found.id, itemId: item.id, priceId: chosen.priceId, prorationAt };
  const made = await send(context, orderId, () => stripe.changes.changePrice(change, found.collection, keyOf(orderId)));
  if (!made.ok) {
    const isDeclined = made.error.kind === 'refused' && /^(card_|payment_|invoice_payment)/.test(made.error.code);
    return err(isDeclined ? paymentFailed(null) : stripeFailed(made.error));
  }
  const { latestInvoice } = made.value;
  if (made.value.hasPendingUpdate) return await unpaid(context, { stripe, orderId, latestInvoice });
  return ok(latestInvoice !== null && latestInvoice.id !== found.latestInvoiceId ? latestInvoice : null);
}

/** The old plan stands. What a person can confirm waits for that; what the card refused is dropped, so that another can be tried. */
async function unpaid(
  context: Context,
  {
    stripe,
    orderId,
    latestInvoice,
  }: Pick<PlannedUpgrade, 'stripe' | 'orderId'> & Pick<StripeSubscription, 'latestInvoice'>,
): Promise<Result<never, Failure>> {
  const confirmable = latestInvoice === null ? null : await stripe.changes.needsConfirmation(latestInvoice.id);
  if (confirmable?.ok && confirmable.value) {
    await commit(context.db, [confirm(orderId)]);
    return err({
      code: 'payment_action_required',
      message: 'the bank wants the payment confirmed; the plan changes when it is',
      details: { payment_url: latestInvoice?.hostedUrl ?? null },
    });
  }
  if (latestInvoice !== null) await stripe.changes.voidInvoice(latestInvoice.id, keyOf(orderId, 1));
  await dropOrder(context, orderId, 'payment_failed');
  return err(paymentFailed(latestInvoice?.hostedUrl ?? null));
}

const paymentFailed = (paymentUrl: string | null): Failure => ({
  code: 'payment_failed',
  message: 'the payment was refused; the old plan stands',
  details: { payment_url: paymentUrl },
});

/** Two calls; a schedule that has only its first is taken back. */
async function changeLater(
  context: Context,
  { stripe, found, item, chosen, orderId }: PlannedUpgrade,
): Promise<Result<null, Failure>> {
  const begun = await send(context, orderId, () => stripe.schedules.begin(found.id, keyOf(orderId)));
  if (!begun.ok) return err(stripeFailed(begun.error));
  const next = {
    scheduleId: begun.value,
    start: item.start,
    end: item.end,
    priceId: item.priceId,
    nextPriceId: chosen.priceId,
  };
  const followed = await stripe.schedules.follow(next, keyOf(orderId, 1));
  if (followed.ok) return ok(null);
  // Where it is not known what became of it, whoever finds the order looks.
  if (followed.error.kind !== 'unclear') {
    const released = await stripe.schedules.release(begun.value, keyOf(orderId, 2));
    if (released.ok) await dropOrder(context, orderId, followed.error.code);
  }
  return err(stripeFailed(followed.error));
}
