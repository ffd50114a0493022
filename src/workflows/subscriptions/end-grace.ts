/**
 * Cron stops the stacks of customers whose failed payment was waited for in vain: data is kept, and the subscription is paused
 * at Stripe, where it makes no invoices then. One that is paid by invoice cannot be resumed there, so it is never paused
 * (decision 15).
 */
import { notFound } from '../../contracts/failures.ts';
import { findWhole } from '../../customers/store.ts';
import { err, ok } from '../../lib/result.ts';
import { aboutOf, type Due, findGraceOver } from '../../subscriptions/due-store.ts';
import type { Context, Planned } from '../deed.ts';
import { planNotice } from '../plan-notice.ts';
import { planPause } from './end-at-stripe.ts';
import { endDue } from './end-due.ts';
import { enterState } from './enter-state.ts';
import { paymentPage } from './payment-page.ts';

/** Suspends who has not paid. @returns how many */
export const endGrace = (context: Context): Promise<number> =>
  endDue(context, {
    find: findGraceOver,
    perTick: 200,
    what: 'the suspension of who has not paid',
    plan: planSuspension,
  });

/** False where it is paid by now, or has more time. */
async function planSuspension(context: Context, { customerId, at }: Due): Promise<Planned<boolean>> {
  const before = await findWhole(context.db, customerId);
  if (!before) return err(notFound);
  const { subscription } = before;
  const isOver = subscription.status === 'past_due' && subscription.graceEndsAt === at;
  const entered = isOver ? await enterState(context, before, 'grace_over', 'nothing was paid') : null;
  if (!entered) return ok({ value: false, writes: [], audit: [] });
  const params = await paymentPage(context, subscription);
  const told = planNotice(context, { customerId, kind: 'suspended', about: aboutOf(at), params });
  const paused = planPause(context, subscription);
  return ok({
    ...entered,
    value: true,
    writes: [...entered.writes, ...told.writes, ...paused.writes],
    outbox: [...entered.outbox, told.outboxId, ...paused.outbox],
  });
}
