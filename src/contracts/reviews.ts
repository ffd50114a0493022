/** Reviews on the wire: replacements that wait for a person, and what becomes of them. */
import { z } from 'zod';
import { idPattern } from '../lib/ids.ts';
import { lineText, listOf, pageQuery } from './common.ts';
import { quantities } from './usage.ts';

/**
 * What became of a replacement that did not take effect by itself: it waits for a person, a later one has answered it, or a
 * person has decided.
 */
const reviewState = z.enum(['open', 'superseded', 'accepted', 'rejected']);

/** GET /api/usage/reviews (admin): replacements that did not take effect, newest first. Quantities are wire fields. */
export const reviewsQuery = pageQuery.extend({ state: reviewState.default('open').describe('`open` ones wait.') });
export const reviewList = listOf(
  z.object({
    review_id: z.string(),
    customer_id: z.string(),
    namespace: z.string(),
    instance_id: z.string(),
    window_start: z.string(),
    window_end: z.string(),
    reason: z.enum(['lowered', 'late', 'revision_conflict', 'repeated', 'corrected']),
    state: reviewState,
    held_at: z.string(),
    /** What accepting an open one would move, by itself; what an accepted one moved; else null. */
    delta_cents: z.number().int().nullable(),
    /** Null until a person has decided. */
    decision: z.object({ at: z.string(), by: z.string(), reason: z.string() }).nullable(),
    standing: z.object({ revision: z.number().int(), quantities }),
    proposed: z.object({ revision: z.number().int(), complete: z.boolean(), gap_seconds: z.number(), quantities }),
  }),
);
export type ReviewList = z.infer<typeof reviewList>;

const reviewId = z.string().regex(idPattern('review'), 'must look like rvw_ + 32 hex digits');
const decisionReason = lineText(500);

/** POST /api/usage/reviews/:reviewId/accept|reject (operator). */
export const decisionBody = z.strictObject({ reason: decisionReason });
export const decisionAnswer = z.object({
  success: z.literal(true),
  review_id: z.string(),
  state: z.enum(['accepted', 'rejected']),
  /** What an accepted one moves of its period's bill; null of a rejected one. */
  delta_cents: z.number().int().nullable(),
});

/** POST /api/usage/reviews/decide (operator): up to 100 at once, each decided by itself. */
export const decideBody = z.strictObject({
  ids: z.array(reviewId).min(1).max(100),
  decision: z.enum(['accept', 'reject']),
  reason: decisionReason,
});
export const decideAnswer = z.object({
  success: z.literal(true),
  /** What those that are accepted move of their bills together; null where none is. */
  together_cents: z.number().int().nullable(),
  results: z.array(
    z.object({
      id: z.string(),
      status: z.enum(['accepted', 'rejected', 'refused']),
      /** What an accepted one moves, after those before it; else null. */
      delta_cents: z.number().int().nullable(),
      code: z.enum(['not_found', 'review_closed', 'window_too_old', 'window_not_owned', 'unavailable']).optional(),
    }),
  ),
});
