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
import { namesOf } from '../../usage/names-store.ts';
import { accept, type Decision, findReviews, type ReviewRow, reject } from '../../usage/review-store.ts';
import { openMs } from '../../usage/window-bounds.ts';
import type { Context, Planned } from '../deed.ts';
import type { BillGround } from './rate-change.ts';
import { findGrounds, inTurn, type Weigh, weigh } from './weigh-reviews.ts';

export type Verdict = 'accept' | 'reject';
export type ReviewRefusal = Extract<FailureCode, 'not_found' | 'review_closed' | 'window_too_old' | 'unavailable'>;

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

async function decideOne(
  context: Context,
  found: { shard: D1Database; row: ReviewRow; ground: BillGround | undefined },
  verdict: Verdict,
  decision: Decision,
  { isPreview, weighs }: { isPreview: boolean; weighs: Weigh },
): Promise<Outcome> {
  const { row, ground } = found;
  const { id } = row;
  const status = stateAfter[verdict];
  if (row.decidedRequest === decision.requestId) return { id, status, deltaCents: row.deltaCents };
  if (row.state !== 'open') return { id, refused: 'review_closed' };
  if (verdict === 'accept' && row.windowEnd < context.now - openMs) return { id, refused: 'window_too_old' };
  try {
    const shard = openDb(found.shard);
    const deltaCents = verdict === 'accept' && ground ? await weighs(shard, ground, row) : null;
    if (isPreview) return { id, status, deltaCents };
    await commit(shard, verdict === 'accept' ? accept(row, decision, deltaCents) : reject(id, decision));
    return { id, status, deltaCents };
  } catch (error) {
    if (error instanceof GuardFailed && error.guard === 'review_open') return { id, refused: 'review_closed' };
    // Those that are decided by now must get into the audit log, which a throw would keep them from.
    if (error instanceof DatabaseUnavailable) return { id, refused: 'unavailable' };
    throw error;
  }
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
  const grounds = await findGrounds(context, weighed);
  const how = { isPreview, weighs: isPreview ? inTurn() : weigh };
  const outcomes: Outcome[] = [];
  for (const id of new Set(ids)) {
    const review = found.get(id);
    const ground = review && grounds.get(review.row.customerSeq);
    outcomes.push(
      review ? await decideOne(context, { ...review, ground }, verdict, decision, how) : { id, refused: 'not_found' },
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
  return ok({ value, writes: [], audit });
}
