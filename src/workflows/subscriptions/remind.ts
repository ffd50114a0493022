/**
 * Cron tells people what is ahead, once: a trial's end, the end of the grace after a failed payment, the deletion of a stack.
 * Nothing else changes by it.
 */
import { ok } from '../../lib/result.ts';
import { dayMs } from '../../lib/time.ts';
import type { Notice } from '../../notices/notice.ts';
import { deletionAt, warningMs } from '../../subscriptions/deletion.ts';
import { aboutOf, type Due, findGraceEnding, findTrialsEnding, findUnwarned } from '../../subscriptions/due-store.ts';
import { findSubscription } from '../../subscriptions/store.ts';
import { type Context, carryOut } from '../deed.ts';
import { each } from '../each.ts';
import { planNotice } from '../plan-notice.ts';
import { paymentPage } from './payment-page.ts';

/** Of one tick and kind; what is left waits for the next one. */
const perTick = 300;
const atOnce = 8;

/** How long before a trial's end; who has just begun a shorter one is left alone for a day. */
const trialMs = 3 * dayMs;
const settlingMs = dayMs;
const graceMs = 2 * dayMs;

/** Reminds of trials that end. @returns how many customers */
export const remindTrials = async (context: Context): Promise<number> => {
  const { db, now } = context;
  const span = { now, until: now + trialMs, begunBefore: now - settlingMs };
  return await tell(context, await findTrialsEnding(db, span, perTick), async ({ customerId, at }) => ({
    customerId,
    kind: 'trial_ending',
    about: aboutOf(at),
    params: { trial_ends_at: at },
  }));
};

/** Reminds of payments that are still missing; where the grace is shorter, the mail of the failure has said it all. */
export const remindGrace = async (context: Context): Promise<number> => {
  const { db, now, settings } = context;
  if (settings.graceMs <= graceMs) return 0;
  return await tell(
    context,
    await findGraceEnding(db, { now, until: now + graceMs }, perTick),
    async ({ customerId, at }) => ({
      customerId,
      kind: 'grace_reminder',
      about: aboutOf(at),
      params: { grace_ends_at: at, ...(await paymentPage(context, await findSubscription(db, customerId))) },
    }),
  );
};

/** Warns of deletions. @returns how many customers */
export const warnOfDeletion = async (context: Context): Promise<number> => {
  const { db, now, settings } = context;
  const { warnBefore } = deletionAt(now, settings.deleteAfterMs);
  if (warnBefore === null) return 0;
  return await tell(context, await findUnwarned(db, warnBefore, perTick), async ({ customerId, at }) => ({
    customerId,
    kind: 'deletion_ahead',
    about: aboutOf(at),
    params: { delete_at: Math.max(at + settings.deleteAfterMs, now + warningMs) },
  }));
};

async function tell(context: Context, due: readonly Due[], noticeOf: (due: Due) => Promise<Notice>): Promise<number> {
  const done = await each(
    due,
    async (one) => {
      const told = planNotice(context, await noticeOf(one));
      return await carryOut(context, async () => ok({ value: null, writes: told.writes, audit: [] }));
    },
    {
      log: context.log,
      what: 'a reminder',
      named: ({ customerId }) => ({ customer_id: customerId }),
      atOnce,
    },
  );
  return done.length;
}
