/**
 * Cron ends the subscriptions that were cancelled for an instant that has come. One that lives at Stripe ends there, and its
 * event says so; it is asked for here where no event has come.
 */
import { notFound } from '../../contracts/failures.ts';
import { findWhole } from '../../customers/store.ts';
import { err, ok } from '../../lib/result.ts';
import { aboutOf, type Due, findCancelOver } from '../../subscriptions/due-store.ts';
import type { Context, Planned } from '../deed.ts';
import { planNotice } from '../plan-notice.ts';
import { endDue } from './end-due.ts';
import { enterState } from './enter-state.ts';

/** Ends what is cancelled. @returns how many */
export const endCancelled = (context: Context): Promise<number> =>
  endDue(context, { find: findCancelOver, perTick: 200, what: 'the end of a cancelled subscription', plan: planEnd });

/** False where it was withdrawn, has ended, or lives at Stripe, which alone ends it then. */
async function planEnd(context: Context, { customerId, at }: Due): Promise<Planned<boolean>> {
  const { now, settings } = context;
  const before = await findWhole(context.db, customerId);
  if (!before) return err(notFound);
  const { cancelAt, stripeSubscriptionId } = before.subscription;
  const isOver = cancelAt === at && stripeSubscriptionId === null;
  const entered = isOver ? await enterState(context, before, 'cancel_over', 'the subscription has ended') : null;
  if (!entered) return ok({ value: false, writes: [], audit: [] });
  const params = { delete_at: now + settings.deleteAfterMs };
  const told = planNotice(context, { customerId, kind: 'canceled', about: aboutOf(now), params });
  return ok({
    ...entered,
    value: true,
    writes: [...entered.writes, ...told.writes],
    outbox: [...entered.outbox, told.outboxId],
  });
}
