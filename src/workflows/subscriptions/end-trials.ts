/**
 * Cron ends the trials whose free days are over without a subscription: the stack is stopped with its data kept, the licence
 * says so, and no billing period follows (decision 2).
 */
import { notFound } from '../../contracts/failures.ts';
import { findWhole } from '../../customers/store.ts';
import { err, ok } from '../../lib/result.ts';
import { aboutOf, type Due, findTrialsOver } from '../../subscriptions/due-store.ts';
import type { Context, Planned } from '../deed.ts';
import { planNotice } from '../plan-notice.ts';
import { endDue } from './end-due.ts';
import { enterState } from './enter-state.ts';

/** Ends what is over. @returns how many trials */
export const endTrials = (context: Context): Promise<number> =>
  endDue(context, { find: findTrialsOver, perTick: 300, what: "a trial's end", plan: planEnd });

/** False where the trial is not over any more: paid, extended, or ended by another tick. */
async function planEnd(context: Context, { customerId, at }: Due): Promise<Planned<boolean>> {
  const before = await findWhole(context.db, customerId);
  if (!before) return err(notFound);
  const isOver = before.subscription.status === 'trialing' && before.subscription.trialEndsAt === at;
  const entered = isOver ? await enterState(context, before, 'trial_over', 'the trial has ended') : null;
  if (!entered) return ok({ value: false, writes: [], audit: [] });
  const told = planNotice(context, { customerId, kind: 'trial_ended', about: aboutOf(at), params: {} });
  return ok({
    ...entered,
    value: true,
    writes: [...entered.writes, ...told.writes],
    outbox: [...entered.outbox, told.outboxId],
  });
}
