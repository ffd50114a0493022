/**
 * A person corrects usage. Windows lie in the shards and the audit log in the control database, which share no transaction:
 * the shard is written first, in a batch that also says who, why and what it moves, and the same request planned again finds
 * what it has made. The shard refuses a correction of windows that have changed since they were read; it is then drawn anew.
 */
import type { Failure } from '../../contracts/failures.ts';
import type { WholeCustomer } from '../../customers/store.ts';
import { commit, type Db } from '../../db/client.ts';
import { ConstraintFailed, GuardFailed } from '../../db/failure.ts';
import { shardOf } from '../../db/shards.ts';
import { isFixed } from '../../invoices/invoice.ts';
import { findOf } from '../../invoices/store.ts';
import { newId } from '../../lib/ids.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import { iso } from '../../lib/time.ts';
import type { BilledPeriod } from '../../periods/store.ts';
import { type Destination, whereItGoes } from '../../periods/where-it-goes.ts';
import { findOwnMeters } from '../../pricing/own-meter-store.ts';
import { mark as markCap } from '../../spend-caps/store.ts';
import { periodFollows } from '../../subscriptions/subscription.ts';
import { type Asked, type ChangedWindow, correctionOf, judgeCorrection, rowsOf } from '../../usage/correction.ts';
import { correct, findMade, findStanding, type StoredCorrection } from '../../usage/correction-store.ts';
import { bundlesOf } from '../../usage/message/bundle.ts';
import { isBelowMinimum } from '../../usage/minimum-version-store.ts';
import type { ReporterRights } from '../../usage/report.ts';
import { findReporterRights } from '../../usage/rights-store.ts';
import type { Context, Planned } from '../deed.ts';
import { countUp } from '../metering/hold-back-reports.ts';
import { carriersOf } from './carriers-of.ts';
import { findBillGround, rateChange } from './rate-change.ts';

/** A correction with the names of what it is of. */
export interface NamedCorrection extends Omit<StoredCorrection, 'customerSeq' | 'reporterSeq' | 'projectSeq'> {
  customerId: string;
  namespace: string;
  instanceId: string;
  /** The invoice that has what it moves; null where none has. */
  invoiceId: string | null;
}

export interface CorrectInput {
  whole: WholeCustomer;
  asked: Asked;
  /** What the same request, sent again, is known by. */
  request: string;
  isPreview: boolean;
}

/** So often is a correction drawn anew because its windows have changed meanwhile. */
const attemptsMax = 6;

const busy: Failure = {
  code: 'unavailable',
  message: 'the window changes all the time: nothing was corrected, try again',
  retryAfterSeconds: 1,
};

/** Corrects the windows, or (a preview) says what that would do. */
export async function correctUsage(context: Context, input: CorrectInput): Promise<Planned<NamedCorrection>> {
  const { whole, isPreview, request } = input;
  const shard = shardOf(context, whole.customer);
  for (let attempt = 1; attempt <= attemptsMax; attempt++) {
    const made = isPreview ? null : await findMade(shard, whole.customer.seq, request);
    if (made) return await planOf(context, input, made);
    const drawn = await draw(context, shard, input);
    if (!drawn.ok) return drawn;
    const { correction, windows, rights } = drawn.value;
    if (isPreview) return await planOf(context, input, correction);
    const [first, ...others] = windows;
    if (!first) throw new Error('a correction without a window');
    const bundles = bundlesOf(rowsOf({ ...correction, windows }, rights, context.now));
    try {
      await commit(shard, correct(correction, [first, ...others], bundles, request));
      return await planOf(context, input, correction);
    } catch (error) {
      if (!(error instanceof GuardFailed || error instanceof ConstraintFailed)) throw error;
      if (isBelowMinimum(error)) await countUp({ control: context.db, shard }, bundles);
    }
  }
  return err(busy);
}

interface Drawn {
  correction: StoredCorrection;
  windows: readonly ChangedWindow[];
  rights: ReporterRights;
}

/** The correction as it would be made of what stands now. */
async function draw(
  context: Context,
  shard: Db,
  { whole: { customer, subscription }, asked }: CorrectInput,
): Promise<Result<Drawn, Failure>> {
  const { db, now, random, actor } = context;
  const [rights, own, ground] = await Promise.all([
    findReporterRights(db, customer.id, asked.instanceId),
    findOwnMeters(db),
    findBillGround(db, { id: customer.id, seq: customer.seq, status: subscription.status }, now),
  ]);
  const judged = judgeCorrection(asked, rights, now);
  if (!judged.ok) return judged;
  if (!rights) throw new Error('a correction of no reporter was let pass');
  const key = { customerSeq: customer.seq, reporterSeq: rights.reporterSeq, projectSeq: judged.value };
  const found = await findStanding(shard, { ...key, from: asked.start, to: asked.end });
  const levels = new Set<string>(own.flatMap(({ field, adds_up }) => (adds_up === 'level' ? [field] : [])));
  const corrected = correctionOf(asked, { ...key, ...found, windowSeconds: rights.windowSeconds, levels }, now);
  if (!corrected.ok) return corrected;
  const { windows, ...numbers } = corrected.value;
  const { deltaCents, lines, period } = await rateChange(shard, ground, windows);
  const invoice = period && (await invoiceOf(context, { customer, subscription }, period, deltaCents));
  const correction: StoredCorrection = {
    id: newId('correction', random),
    ...key,
    ...numbers,
    kind: asked.kind,
    windowStart: asked.start,
    windowEnd: asked.end,
    deltaCents,
    invoice,
    lines,
    reason: asked.reason,
    at: now,
    by: actor.name,
  };
  return ok({ correction, windows, rights });
}

/** On which invoice a change of the period appears. */
async function invoiceOf(
  context: Context,
  { customer, subscription }: Pick<WholeCustomer, 'customer' | 'subscription'>,
  period: BilledPeriod,
  deltaCents: number,
): Promise<Destination | null> {
  return whereItGoes({
    invoiceable: period.invoiceable,
    rated: await isRated(context, customer, period),
    follows: periodFollows(subscription.status, period.kind),
    deltaCents,
  });
}

/** Whether what an invoice says of the period is fixed. */
async function isRated({ db }: Context, customer: WholeCustomer['customer'], period: BilledPeriod): Promise<boolean> {
  const invoices = await findOf(db, customer.id);
  return invoices.some((one) => one.periodStart === period.start && one.state !== 'void' && isFixed(one));
}

async function planOf(
  { db, now }: Context,
  { whole, asked }: CorrectInput,
  made: StoredCorrection,
): Promise<Planned<NamedCorrection>> {
  const carriers = await carriersOf(db, [made]);
  const { customerSeq: _, reporterSeq: __, projectSeq: ___, ...correction } = made;
  const { namespace, instanceId } = asked;
  const customerId = whole.customer.id;
  return ok({
    value: { ...correction, customerId, namespace, instanceId, invoiceId: carriers.get(made.id) ?? null },
    // What the period costs has changed: a spend cap is looked at again.
    writes: [markCap([customerId], now)],
    audit: [
      {
        action: 'usage.corrected',
        subject: customerId,
        details: {
          correction_id: made.id,
          kind: made.kind,
          namespace,
          instance_id: instanceId,
          window_start: iso(made.windowStart),
          window_end: iso(made.windowEnd),
          revision: made.revision,
          before: made.before,
          after: made.after,
          delta_cents: made.deltaCents,
          invoice: made.invoice,
          reason: made.reason,
        },
      },
    ],
  });
}
