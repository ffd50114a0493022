/** Agrees allowances and prices with one customer, from an instant on; and says what was agreed and what of it has no effect. */
import type { Failure } from '../../contracts/failures.ts';
import type { OverridesBody } from '../../contracts/overrides.ts';
import type { WholeCustomer } from '../../customers/store.ts';
import type { Db } from '../../db/client.ts';
import { shardOf } from '../../db/shards.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import { dayMs, iso, msOrNull } from '../../lib/time.ts';
import type { BilledPeriod } from '../../periods/store.ts';
import { type OverrideFault, readOverrides, type WithoutEffect, withoutEffect } from '../../pricing/overrides.ts';
import { findOwnMeters } from '../../pricing/own-meter-store.ts';
import { type OverrideRow, type PlanChange, planAt } from '../../pricing/segments.ts';
import { agree, findRatingBasis, type RatingBasis } from '../../pricing/store.ts';
import { mark as markCap } from '../../spend-caps/store.ts';
import type { Context, Planned } from '../deed.ts';
import { allPeriods } from './current-period.ts';
import { ratePeriod } from './rate-period.ts';

/** What was agreed with a customer. */
export interface Agreements {
  /** The one that is in force, or that was just put; null for none. */
  shown: OverrideRow | null;
  noEffect: readonly WithoutEffect[];
  /** All of them, newest first. */
  agreed: readonly OverrideRow[];
}

/** An agreement just made; `money` is what the running period costs so far without and with it, in a preview only. */
export interface Agreed extends Agreements {
  money: { period: BilledPeriod; beforeCents: number; afterCents: number } | null;
}

/** Agreements may be made for this long ahead. */
const aheadDaysMax = 732;

/** What was agreed with the customer. A read. */
export async function findAgreements(db: Db, whole: WholeCustomer, now: number): Promise<Agreements> {
  const basis = await findRatingBasis(db, whole.customer.id);
  const shown = basis.overrides.findLast(({ effectiveAt }) => effectiveAt <= now) ?? null;
  return toAgreements(shown, basis, whole);
}

/** Plans the agreement. What it does not name is the plan's from its instant on, until the next one that was agreed. */
export async function agreeOverrides(
  { db, shards, now }: Context,
  whole: WholeCustomer,
  body: OverridesBody,
  isPreview: boolean,
): Promise<Planned<Agreed>> {
  const { id, seq } = whole.customer;
  const read = readOverrides(body, await findOwnMeters(db));
  if (!read.ok) return err(toFailure(read.error));
  const [basis, periods] = await Promise.all([
    findRatingBasis(db, id),
    allPeriods(db, { id, status: whole.subscription.status }, now),
  ]);
  const effectiveAt = msOrNull(body.effective_at) ?? now;
  const may = mayBegin(effectiveAt, periods, now);
  if (!may.ok) return may;
  const row: OverrideRow = {
    effectiveAt,
    ...read.value,
    plan: planAt(basis.changes, effectiveAt).plan,
    untilPlanChange: body.until_plan_change,
  };
  const overrides = [...basis.overrides.filter((one) => one.effectiveAt !== effectiveAt), row].toSorted(
    (a, b) => a.effectiveAt - b.effectiveAt,
  );
  const after = { ...basis, overrides };
  const period = periods.at(-1);
  const rated = (by: RatingBasis, of: BilledPeriod) => ratePeriod(shardOf({ shards }, whole.customer), seq, of, by);
  const costs = isPreview && period ? await Promise.all([rated(basis, period), rated(after, period)]) : null;
  const money = costs && period ? { period, beforeCents: costs[0].totalCents, afterCents: costs[1].totalCents } : null;
  return ok({
    value: { ...toAgreements(row, after, whole), money },
    writes: [agree(id, row, now), markCap([id], now)],
    audit: [
      {
        action: 'overrides.agreed',
        subject: id,
        details: { ...row, effectiveAt: iso(effectiveAt) },
      },
    ],
  });
}

const toAgreements = (shown: OverrideRow | null, basis: RatingBasis, { plan }: WholeCustomer): Agreements => ({
  shown,
  noEffect: shown === null ? [] : withoutEffect(shown, { version: plan, since: planSince(basis.changes) }),
  agreed: basis.overrides.toReversed(),
});

/** Whether overrides may count from an instant on: not before a period that has ended, which is not rated again. */
function mayBegin(
  effectiveAt: number,
  periods: readonly BilledPeriod[],
  now: number,
): Result<void, Failure<'period_closed' | 'validation_failed'>> {
  const path = 'effective_at';
  const refuse = (code: 'period_closed' | 'validation_failed', message: string) =>
    err({ code, message: `${path}: ${message}`, details: { issues: [{ path, message }] } });
  const lastEnd = periods.findLast(({ end }) => end <= now)?.end;
  if (lastEnd !== undefined && effectiveAt < lastEnd) {
    return refuse(
      'period_closed',
      `a period that has ended is not rated again: may be ${iso(lastEnd)} at the earliest`,
    );
  }
  const first = periods[0]?.start ?? effectiveAt;
  if (effectiveAt < first) return refuse('validation_failed', `the customer's first period begins at ${iso(first)}`);
  if (effectiveAt > now + aheadDaysMax * dayMs) {
    return refuse('validation_failed', `may be at most ${aheadDaysMax} days ahead`);
  }
  return ok(undefined);
}

/** Since when the customer is on the plan that it is on, whatever its version. */
function planSince(changes: readonly PlanChange[]): number {
  const last = changes.at(-1);
  const before = changes.findLastIndex(({ plan }) => plan !== last?.plan);
  return changes[before + 1]?.effectiveAt ?? 0;
}

const toFailure = ({ code, message, path }: OverrideFault) => ({
  code,
  message,
  details: { issues: [{ path, message }] },
});
