/**
 * Compares our rows with Stripe, both ways: begun nightly by cron or by a person, taken further a few pages a tick. A page's differences
 * and the place where it goes on are one batch, so that a kill repeats a page at most.
 */
import type { Failure } from '../../contracts/failures.ts';
import { commit } from '../../db/client.ts';
import { GuardFailed } from '../../db/failure.ts';
import type { Difference } from '../../drift/drift.ts';
import * as driftStore from '../../drift/store.ts';
import { newId } from '../../lib/ids.ts';
import { err, ok } from '../../lib/result.ts';
import { dayMs, hourMs } from '../../lib/time.ts';
import type { StripePort } from '../../stripe/port.ts';
import { type Context, carryOut, type Planned } from '../deed.ts';
import { partOrder, parts } from './compare.ts';

/** Pages of one tick: at a hundred things a page 60,000 an hour, with a few calls a second. */
const pagesPerTick = 10;
/** One that has not come to its end by then never will: it is given up, and the next begins anew. */
const runMsMax = 20 * hourMs;
const runsKeptMs = 90 * dayMs;

export const noStripe: Failure = {
  code: 'stripe_unavailable',
  message: 'there is no Stripe key: nothing can be compared',
};

/** Plans a comparison, or answers the one that is under way. */
export async function beginDrift({ db, stripe, random, now, actor }: Context): Promise<Planned<string>> {
  if (!stripe) return err(noStripe);
  const running = await driftStore.findRunning(db);
  if (running) return ok({ value: running.id, writes: [], audit: [] });
  const id = newId('driftRun', random);
  return ok({
    value: id,
    writes: driftStore.insertRun({ id, startedAt: now, startedBy: actor.name }),
    audit: [{ action: 'drift.started', subject: id, details: {} }],
  });
}

/** Cron, nightly. */
export async function beginNightly(context: Context): Promise<void> {
  await commit(context.db, [driftStore.forgetRuns(context.now - runsKeptMs)]);
  if (context.stripe) await carryOut(context, () => beginDrift(context));
}

/** Cron, every minute: takes what is under way further. @returns the run's id, null where none is under way */
export async function continueDrift(context: Context): Promise<string | null> {
  const { db, stripe, now } = context;
  const first = await driftStore.findRunning(db);
  if (!first || !stripe) return null;
  if (first.startedAt < now - runMsMax) await commit(db, driftStore.finish(first, now, 'not_finished'));
  for (let page = 0; page < pagesPerTick; page++) {
    const run = await driftStore.findRunning(db);
    if (run?.id !== first.id) return first.id;
    try {
      if (!(await nextPage({ ...context, stripe }, run))) return run.id;
    } catch (error) {
      // Somebody else is faster, and goes on alone.
      if (error instanceof GuardFailed && error.guard === 'drift_place') return run.id;
      throw error;
    }
  }
  return first.id;
}

/** Compares one page; false where nothing more can be done in this tick. */
async function nextPage(context: Context & { stripe: StripePort }, run: driftStore.DriftRun): Promise<boolean> {
  const { db, now } = context;
  const compared = await parts[run.phase](context, run);
  if (!compared.ok) {
    context.log('warn', 'Stripe could not be compared; the next tick goes on', {
      run_id: run.id,
      why: compared.error.code,
    });
    return false;
  }
  const { differences, seen, compared: count, next } = compared.value;
  const following = partOrder[partOrder.indexOf(run.phase) + 1];
  const place = next === null ? { phase: following ?? run.phase, cursor: '' } : { phase: run.phase, cursor: next };
  const isEnd = next === null && following === undefined;
  await commit(db, [
    ...driftStore.advance(run, { ...place, compared: count, found: differences.length }),
    driftStore.noteSeen(run.id, seen),
    ...differences.map((found) => keep(context, run, found)),
    ...(isEnd ? driftStore.finish(run, now, null) : []),
  ]);
  return !isEnd;
}

function keep({ log, random, now }: Context, run: driftStore.DriftRun, found: Difference) {
  const { kind, objectId, customerId } = found;
  log('error', 'Stripe and our rows differ', { kind, object_id: objectId, customer_id: customerId });
  return driftStore.keepFinding(newId('drift', random), run.id, found, now);
}
