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

export type Verdict = 'accept' | 'reject';
export type ReviewRefusal = Extract<FailureCode, 'not_found' | 'review_closed' | 'window_too_old' | 'unavailable'>;

/** What became of one of the reviews. */
export type Decided =
  | {
      id: string;
      status: 'accepted' | 'rejected';
      /** Whose usage it is; null of a customer who is gone. */
      customerId: string | null;
    }
  | { id: string; refused: ReviewRefusal };

type Outcome = { id: string; status: 'accepted' | 'rejected' } | { id: string; refused: ReviewRefusal };

const stateAfter = { accept: 'accepted', reject: 'rejected' } as const;

async function decideOne(
  context: Context,
  found: { shard: D1Database; row: ReviewRow },
  verdict: Verdict,
  decision: Decision,
): Promise<Outcome> {
  const { shard, row } = found;
  const { id } = row;
  const done: Outcome = { id, status: stateAfter[verdict] };
  if (row.decidedRequest === decision.requestId) return done;
  if (row.state !== 'open') return { id, refused: 'review_closed' };
  if (verdict === 'accept' && row.windowEnd < context.now - openMs) return { id, refused: 'window_too_old' };
  try {
    await commit(openDb(shard), verdict === 'accept' ? accept(row, decision) : reject(id, decision));
    return done;
  } catch (error) {
    if (error instanceof GuardFailed && error.guard === 'review_open') return { id, refused: 'review_closed' };
    // Those that are decided by now must get into the audit log, which a throw would keep them from.
    if (error instanceof DatabaseUnavailable) return { id, refused: 'unavailable' };
    throw error;
  }
}

/**
 * Accepts or rejects reviews, each by itself: one that is closed, gone or too old refuses no other.
 * @returns the outcomes in the order of `ids`
 */
export async function decideReviews(
  context: Context,
  { ids, verdict, reason }: { ids: readonly string[]; verdict: Verdict; reason: string },
): Promise<Planned<Decided[], never>> {
  const { now, actor } = context;
  const decision: Decision = { at: now, by: actor.name, requestId: actor.requestId, reason };
  const inShards = await Promise.all(
    context.shards.map(async (shard) => (await findReviews(openDb(shard), ids)).map((row) => ({ shard, row }))),
  );
  const found = new Map(inShards.flat().map((review) => [review.row.id, review]));
  const outcomes: Outcome[] = [];
  for (const id of new Set(ids)) {
    const review = found.get(id);
    outcomes.push(review ? await decideOne(context, review, verdict, decision) : { id, refused: 'not_found' });
  }
  const rows = outcomes.flatMap((o) => ('status' in o ? (found.get(o.id)?.row ?? []) : []));
  const names = await namesOf(context.db, {
    customers: rows.map((row) => row.customerSeq),
    reporters: [],
    projects: rows.map((row) => row.projectSeq),
  });
  const audit = rows.map((row) => ({
    action: `review.${stateAfter[verdict]}`,
    subject: names.customers.get(row.customerSeq) ?? row.id,
    details: {
      review_id: row.id,
      namespace: names.projects.get(row.projectSeq) ?? null,
      window_end: iso(row.windowEnd),
      reason,
    },
  }));
  const value = outcomes.map((o): Decided => {
    if (!('status' in o)) return o;
    return { ...o, customerId: names.customers.get(found.get(o.id)?.row.customerSeq ?? -1) ?? null };
  });
  return ok({ value, writes: [], audit });
}
