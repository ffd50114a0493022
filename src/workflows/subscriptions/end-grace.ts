/**
 * Cron stops the stacks of customers whose failed payment was waited for in vain: data is kept, and the subscription is paused
 * at Stripe, where it makes no invoices then. One that is paid by invoice cannot be resumed there, so it is never paused
 * (decision 15).
 */
import { notFound } from '../../contracts/failures.ts';
import { findWhole } from '../../customers/store.ts';
import { err, ok } from '../../lib/result.ts';
import { aboutOf, type Due, findGraceOver } from '../../subscriptions/due-store.ts';
import { type Context, carryOut, type Planned } from '../deed.ts';
import { each } from '../each.ts';
import { planNotice } from '../plan-notice.ts';
import { askStripe } from './ask-stripe.ts';
import { enterState } from './enter-state.ts';
import { planPause } from './pause-at-stripe.ts';
import { paymentPage } from './payment-page.ts';

/** Of one tick; what is left waits for the next minute. */
const perTick = 200;
const atOnce = 8;

/** Suspends who has not paid. @returns how many */
export async function endGrace(context: Context): Promise<number> {
  const due = await findGraceOver(context.db, context.now, perTick);
  const done = await each(due, (one) => endOne(context, one), {
    log: context.log,
    what: 'the suspension of who has not paid',
    named: ({ customerId }) => ({ customer_id: customerId }),
    atOnce,
  });
  return done.filter(Boolean).length;
}

async function endOne(context: Context, due: Due): Promise<boolean> {
  if (!(await askStripe(context, due))) return false;
  const outcome = await carryOut(context, () => planSuspension(context, due));
  return outcome.ok && outcome.value.value;
}

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
