/** Cron: every minute each step runs by itself; one that fails is logged and tried again at the next tick. */
import { forgetPending } from './customers/pending-signup-store.ts';
import { commit } from './db/client.ts';
import { forgetExpired } from './http/idempotency.ts';
import { reasonOf } from './lib/reason.ts';
import { dayMs, hourMs, minuteMs } from './lib/time.ts';
import type { Services } from './services.ts';
import { forgetLinks } from './sessions/link-store.ts';
import { forgetEnded } from './sessions/store.ts';
import { eventContextOf } from './webhooks/consumer.ts';
import { forgetEvents } from './webhooks/event-store.ts';
import { carriersOf, contextOf, replayMeansOf, witnessOf } from './wiring.ts';
import { foldNames } from './workflows/accounts/fold-names.ts';
import { billAfterEnd } from './workflows/billing/bill-after-end.ts';
import { claimPeriods } from './workflows/billing/claim-periods.ts';
import { closePeriods } from './workflows/billing/close-period.ts';
import { expireCredit } from './workflows/billing/expire-credit.ts';
import { publishPrices } from './workflows/billing/publish-prices.ts';
import { signStatements } from './workflows/billing/sign-statements.ts';
import { runSimulations } from './workflows/billing/simulate.ts';
import { forgetDone, sweepOutbox } from './workflows/delivery/deliver-outbox.ts';
import { detectRestore } from './workflows/delivery/detect-restore.ts';
import { ringAgain } from './workflows/delivery/ring-again.ts';
import { continueCatchUps, lookBack } from './workflows/inbox/catch-up.ts';
import { processDue } from './workflows/inbox/process-event.ts';
import { continueEventReplays } from './workflows/inbox/replay.ts';
import { watchBacklog } from './workflows/inbox/watch-backlog.ts';
import { noteKeys } from './workflows/licensing/note-keys.ts';
import { continueReissues } from './workflows/licensing/reissue-all.ts';
import { reissueLicences } from './workflows/licensing/reissue-licences.ts';
import { continueReplays } from './workflows/metering/replay-letters.ts';
import { revokeEndedKeys } from './workflows/metering/revoke-ended-keys.ts';
import { rollUpDays } from './workflows/metering/roll-up.ts';
import { checkAllForDrift } from './workflows/provisioning/check-drift.ts';
import { endDrains } from './workflows/provisioning/end-drains.ts';
import { forgetFinished, forgetOld } from './workflows/provisioning/forget-jobs.ts';
import { lookAtFailed } from './workflows/provisioning/look-again.ts';
import { continueOrders } from './workflows/provisioning/order-jobs.ts';
import { applyPlanChanges } from './workflows/subscriptions/apply-plan-changes.ts';
import { deleteStacks } from './workflows/subscriptions/delete-stacks.ts';
import { dropRenewals } from './workflows/subscriptions/drop-renewals.ts';
import { endCancelled } from './workflows/subscriptions/end-cancelled.ts';
import { endGrace } from './workflows/subscriptions/end-grace.ts';
import { endTrials } from './workflows/subscriptions/end-trials.ts';
import { lookAtCaps } from './workflows/subscriptions/look-at-caps.ts';
import { openPeriods } from './workflows/subscriptions/open-periods.ts';
import { orderMoves } from './workflows/subscriptions/order-moves.ts';
import { remindGrace, remindTrials, warnOfDeletion } from './workflows/subscriptions/remind.ts';
import { checkInvariantsHourly } from './workflows/watching/check-invariants.ts';
import { beginNightly, continueDrift } from './workflows/watching/run-drift.ts';

/** What has run out: sessions, mailed links, signups that nobody has verified. */
const forgottenAt = (now: number) => [forgetEnded(now), forgetLinks(now), forgetPending(now)];

/** How long the inbox keeps what has come. */
const eventsKeptMs = 400 * dayMs;

/** Runs the steps of a tick. `scheduledTime` is the tick's own instant, ms. */
export async function runCron(services: Services, scheduledTime: number): Promise<void> {
  const carriers = carriersOf(services);
  const hourly = scheduledTime % hourMs < minuteMs;
  const daily = scheduledTime % dayMs < minuteMs;
  const steps: Record<string, () => Promise<unknown>> = {
    // Before anything is sent.
    detect_restore: () => detectRestore(contextOf(services), witnessOf(services)),
    // Before the periods: the licence that a new period brings is then of the new plan.
    apply_plan_changes: () => applyPlanChanges(contextOf(services)),
    // What is cancelled for a trial's end ends as cancelled, and no period is opened for who has left by then.
    end_cancelled: () => endCancelled(contextOf(services)),
    end_trials: () => endTrials(contextOf(services)),
    end_grace: () => endGrace(contextOf(services)),
    open_periods: () => openPeriods(contextOf(services)),
    remind_trials: () => remindTrials(contextOf(services)),
    remind_grace: () => remindGrace(contextOf(services)),
    note_keys: () => noteKeys(contextOf(services)),
    reissue_licences: () => reissueLicences(contextOf(services)),
    continue_reissues: () => continueReissues(contextOf(services)),
    look_at_failed: () => lookAtFailed(contextOf(services)),
    check_drift: () => checkAllForDrift(contextOf(services)),
    ...(hourly ? { delete_stacks: () => deleteStacks(contextOf(services)) } : {}),
    ...(hourly ? { drop_renewals: () => dropRenewals(contextOf(services)) } : {}),
    ...(hourly ? { warn_of_deletion: () => warnOfDeletion(contextOf(services)) } : {}),
    // The end of a drain puts its doorbell into the outbox, which is swept next.
    end_drains: () => endDrains(contextOf(services)),
    // What they send again is rung for below.
    continue_orders: () => continueOrders(contextOf(services)),
    continue_replays: () => continueReplays(contextOf(services), replayMeansOf(services)),
    expire_credit: () => expireCredit(contextOf(services)),
    // What suspends a stack puts its doorbell into the outbox, which is swept below.
    look_at_caps: () => lookAtCaps(contextOf(services)),
    publish_prices: () => publishPrices(contextOf(services)),
    ...(hourly ? { look_back: () => lookBack(contextOf(services)) } : {}),
    continue_catch_ups: () => continueCatchUps(contextOf(services), services.env.STRIPE_QUEUE),
    continue_event_replays: () => continueEventReplays(contextOf(services)),
    // What an event puts into the outbox is swept next.
    process_events: () => processDue(() => eventContextOf(services)),
    claim_periods: () => claimPeriods(contextOf(services), hourly),
    ...(hourly ? { bill_after_end: () => billAfterEnd(contextOf(services), daily) } : {}),
    // What it orders is swept next.
    close_periods: () => closePeriods(contextOf(services)),
    // Their prices are sent next.
    order_moves: () => orderMoves(contextOf(services)),
    watch_events: () => watchBacklog(contextOf(services)),
    sweep_outbox: () => sweepOutbox(carriers),
    ring_again: () => ringAgain(carriers),
    revoke_ended_keys: () => revokeEndedKeys(contextOf(services)),
    fold_names: () => foldNames(services),
    roll_up: () => rollUpDays(services.env.usageShards, services.now()),
    sign_statements: () => signStatements(contextOf(services)),
    run_simulations: () => runSimulations(contextOf(services)),
    ...(hourly ? { forget_sessions: () => commit(services.db, forgottenAt(services.now())) } : {}),
    continue_drift: () => continueDrift(contextOf(services)),
    ...(hourly ? { check_invariants: () => checkInvariantsHourly(contextOf(services)) } : {}),
    ...(daily ? { begin_drift: () => beginNightly(contextOf(services)) } : {}),
    ...(hourly ? { forget_finished: () => forgetFinished(services) } : {}),
    ...(daily ? { forget_old: () => forgetOld(contextOf(services)) } : {}),
    ...(hourly ? { forget_idempotency: () => commit(services.db, [forgetExpired(services.now())]) } : {}),
    ...(daily ? { forget_events: () => commit(services.db, [forgetEvents(services.now() - eventsKeptMs)]) } : {}),
    ...(daily ? { forget_outbox: () => forgetDone(services.db, services.now()) } : {}),
  };
  for (const [step, run] of Object.entries(steps)) {
    try {
      await run();
    } catch (error) {
      services.log('error', 'a cron step failed', {
        step,
        error: reasonOf(error),
      });
    }
  }
}
