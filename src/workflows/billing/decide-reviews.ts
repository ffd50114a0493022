/**
 * A person decides about replacements that were held. Windows lie in the shards and the audit log in the control database,
 * which share no transaction: the shard is written first, in a batch that also says who decided and why, and the same
 * request planned again finds its own decision.
 */
import type { FailureCode } from '../../contracts/failures.ts';
import { commit, openDb } from '../../db/client.ts';
import { DatabaseUnavailable, GuardFailed } from '../../db/failure.ts';
import { ok } from '../../lib/result.ts';
import { iso } from '../../lib/time.ts';
import { mark as markCap } from '../../spend-caps/store.ts';
import { isBelowMinimum } from '../../usage/minimum-version-store.ts';
import { namesOf } from '../../usage/names-store.ts';
import { accept, type Decision, findReviews, type ReviewRow, reject } from '../../usage/review-store.ts';
import { openMs } from '../../usage/window-bounds.ts';
import type { Context, Planned } from '../deed.ts';
import { countUp } from '../metering/hold-back-reports.ts';
import { type OwnedReview, ownedNow } from './owned-reviews.ts';
import type { BillGround } from './rate-change.ts';
import { findGrounds, inTurn, type Weigh, weigh } from './weigh-reviews.ts';

export type Verdict = 'accept' | 'reject';
export type ReviewRefusal = Extract<
  FailureCode,
  'not_found' | 'review_closed' | 'window_too_old' | 'window_not_owned' | 'unavailable'
>;

/** What became of one of the reviews. */
export type Decided =
  | {
      id: string;
      status: 'accepted' | 'rejected';
      /** Whose usage it is; null of a customer who is gone. */
      customerId: string | null;
      /** What an accepted one moves, after those before it; null of a rejected one. */
      deltaCents: number | null;
    }
  | { id: string; refused: ReviewRefusal };

type Outcome =
  | { id: string; status: 'accepted' | 'rejected'; deltaCents: number | null }
  | { id: string; refused: ReviewRefusal };

const stateAfter = { accept: 'accepted', reject: 'rejected' } as const;

interface Found {
  shard: D1Database;
  row: ReviewRow;
  ground: BillGround | undefined;
  owned: OwnedReview | undefined;
}

interface How {
  verdict: Verdict;
  decision: Decision;
  isPreview: boolean;
  weighs: Weigh;
}

/** So often is a review accepted anew because the ownership of its meters has changed meanwhile. */
const attemptsMax = 4;

async function decideOne(context: Context, found: Found, how: How): Promise<Outcome> {
  const { row } = found;
  const { verdict, decision } = how;
  const { id } = row;
  if (row.decidedRequest === decision.requestId) return { id, status: stateAfter[verdict], deltaCents: row.deltaCents };
  if (row.state !== 'open') return { id, refused: 'review_closed' };
  if (verdict === 'accept' && row.windowEnd < context.now - openMs) return { id, refused: 'window_too_old' };
  try {
    return verdict === 'accept' ? await acceptOne(context, found, how) : await rejectOne(found, how);
  } catch (error) {
    if (error instanceof GuardFailed && error.guard === 'review_open') return { id, refused: 'review_closed' };
    // Those that are decided by now must get into the audit log, which a throw would keep them from.
    if (error instanceof DatabaseUnavailable) return { id, refused: 'unavailable' };
    throw error;
  }
}

async function rejectOne({ shard, row: { id } }: Found, { decision, isPreview }: How): Promise<Outcome> {
  if (!isPreview) await commit(openDb(shard), reject(id, decision));
  return { id, status: 'rejected', deltaCents: null };
}

/** Accepts what its reporter still owns of it. */
async function acceptOne(
  { db }: Context,
  { shard: database, row: held, ground, owned: before }: Found,
  { decision, isPreview, weighs }: How,
): Promise<Outcome> {
  const { id, customerSeq } = held;
  const shard = openDb(database);
  let owned = before;
  for (let attempt = 1; attempt <= attemptsMax; attempt++) {
    if (!owned?.row) return { id, refused: 'window_not_owned' };
    const { row, ownershipVersion } = owned;
    const deltaCents = ground ? await weighs(shard, ground, row) : null;
    if (isPreview) return { id, status: 'accepted', deltaCents };
    try {
      await commit(shard, accept(row, ownershipVersion, decision, deltaCents));
      return { id, status: 'accepted', deltaCents };
    } catch (error) {
      if (!isBelowMinimum(error)) throw error;
      await countUp({ control: db, shard }, [{ customerSeq, ownershipVersion }]);
      owned = (await ownedNow(db, [held])).get(id);
    }
  }
  return { id, refused: 'unavailable' };
}

export interface DecideInput {
  ids: readonly string[];
  verdict: Verdict;
  reason: string;
  isPreview: boolean;
}

/**
 * Accepts or rejects reviews, each by itself: one that is closed, gone or too old refuses no other. What each moves, and would
 * move, is after those before it: so the sum is what all of them move together.
 * @returns the outcomes in the order of `ids`
 */
export async function decideReviews(
  context: Context,
  { ids, verdict, reason, isPreview }: DecideInput,
): Promise<Planned<Decided[], never>> {
  const { now, actor } = context;
  const decision: Decision = { at: now, by: actor.name, requestId: actor.requestId, reason };
  const inShards = await Promise.all(
    context.shards.map(async (shard) => (await findReviews(openDb(shard), ids)).map((row) => ({ shard, row }))),
  );
  const reviews = inShards.flat();
  const found = new Map(reviews.map((review) => [review.row.id, review]));
  const weighed = verdict === 'accept' ? reviews.flatMap(({ row }) => (row.state === 'open' ? [row] : [])) : [];
  const [grounds, owned] = await Promise.all([findGrounds(context, weighed), ownedNow(context.db, weighed)]);
  const how: How = { verdict, decision, isPreview, weighs: isPreview ? inTurn() : weigh };
  const outcomes: Outcome[] = [];
  for (const id of new Set(ids)) {
    const review = found.get(id);
    const ground = review && grounds.get(review.row.customerSeq);
    outcomes.push(
      review
        ? await decideOne(context, { ...review, ground, owned: owned.get(id) }, how)
        : { id, refused: 'not_found' },
    );
  }
  const done = outcomes.flatMap((o) => ('status' in o ? [{ ...o, row: found.get(o.id)?.row }] : []));
  const rows = done.flatMap(({ row }) => row ?? []);
  const names = await namesOf(context.db, {
    customers: rows.map((row) => row.customerSeq),
    reporters: [],
    projects: rows.map((row) => row.projectSeq),
  });
  const audit = done.flatMap(({ row, deltaCents }) =>
    row === undefined
      ? []
      : {
          action: `review.${stateAfter[verdict]}`,
          subject: names.customers.get(row.customerSeq) ?? row.id,
          details: {
            review_id: row.id,
            namespace: names.projects.get(row.projectSeq) ?? null,
            window_end: iso(row.windowEnd),
            ...(deltaCents === null ? {} : { delta_cents: deltaCents }),
            reason,
          },
        },
  );
  const value = outcomes.map((o): Decided => {
    if (!('status' in o)) return o;
    return { ...o, customerId: names.customers.get(found.get(o.id)?.row.customerSeq ?? -1) ?? null };
  });
  const moved = value.flatMap((o) => ('status' in o && o.status === 'accepted' ? (o.customerId ?? []) : []));
  // What their periods cost has changed: spend caps are looked at again.
  return ok({ value, writes: moved.length === 0 ? [] : [markCap([...new Set(moved)], now)], audit });
}
