/** What did not take effect, for admins: held replacements. Dead letters: dead-letter-routes.ts. */

import { type Failure, notFound } from '../contracts/failures.ts';
import * as routes from '../contracts/routes/usage-admin.ts';
import { deed } from '../http/deed.ts';
import { type Call, type Endpoint, endpoint, json, param, reply } from '../http/endpoint.ts';
import { tellLive } from '../http/live.ts';
import { err } from '../lib/result.ts';
import type { Services } from '../services.ts';
import { acceptedUsage } from '../workflows/billing/accepted-usage.ts';
import { type Decided, decideReviews, type ReviewRefusal, type Verdict } from '../workflows/billing/decide-reviews.ts';
import { readReviews } from '../workflows/billing/list-reviews.ts';
import type { Context } from '../workflows/deed.ts';
import { readAllGaps } from '../workflows/metering/read-all-gaps.ts';
import { readsOf } from './read-routes.ts';
import { toReview } from './review-wire.ts';
import { toAllGapsAnswer } from './wire.ts';

const listReviews = endpoint({
  ...routes.listReviews,
  handle: async (call) => {
    const { state, page, limit } = call.query;
    const { reviews, total } = await readReviews(readsOf(call), { state, page, limit });
    return reply(200, { items: reviews.map(toReview), total, page, limit });
  },
});

const gaps = endpoint({
  ...routes.listGaps,
  handle: async (call) => {
    const { customer_id: customerId, ...page } = call.query;
    return reply(200, toAllGapsAnswer(page, await readAllGaps(readsOf(call), { ...page, customerId })));
  },
});

const refusals: Record<ReviewRefusal, Failure> = {
  not_found: notFound,
  review_closed: { code: 'review_closed', message: 'this review is decided, or a later revision has answered it' },
  unavailable: {
    code: 'unavailable',
    message: 'the usage of this customer cannot be reached now',
    retryAfterSeconds: 10,
  },
  window_too_old: {
    code: 'window_too_old',
    message: 'the window ended more than 62 days ago: nothing in it changes any more',
  },
  window_not_owned: {
    code: 'window_not_owned',
    message: 'its reporter no longer owns any of this for this window: another one reports it',
  },
};

/** One review, decided by its own route. */
async function planOne(context: Context, call: Call<{ reason: string }>, verdict: Verdict) {
  const planned = await decideReviews(context, {
    ids: [param(call, 'reviewId')],
    verdict,
    reason: call.body.reason,
    isPreview: call.preview,
  });
  const [outcome] = planned.ok ? planned.value.value : [];
  return outcome && 'refused' in outcome ? err(refusals[outcome.refused]) : planned;
}

const answerOne = ([outcome]: Decided[]) => {
  if (!outcome || 'refused' in outcome) throw new Error('a refused review was answered as decided');
  return json(200, { success: true, review_id: outcome.id, state: outcome.status, delta_cents: outcome.deltaCents });
};

/** Whoever watches live figures is told of what was accepted, as of new usage. */
const tellAccepted = async (context: Context, decided: readonly Decided[], call: Services) =>
  await tellLive(call, await acceptedUsage(context.db, decided));

const acceptOne = deed({
  ...routes.acceptReview,
  plan: (context, call) => planOne(context, call, 'accept'),
  afterwards: tellAccepted,
  answer: answerOne,
});

const rejectOne = deed({
  ...routes.rejectReview,
  plan: (context, call) => planOne(context, call, 'reject'),
  answer: answerOne,
});

const decide = deed({
  ...routes.decideReviews,
  plan: (context, { body: { ids, decision, reason }, preview }) =>
    decideReviews(context, { ids, verdict: decision, reason, isPreview: preview }),
  afterwards: tellAccepted,
  answer: (outcomes) => {
    const results = outcomes.map((o) =>
      'refused' in o
        ? { id: o.id, status: 'refused' as const, delta_cents: null, code: o.refused }
        : { id: o.id, status: o.status, delta_cents: o.deltaCents },
    );
    const moved = results.flatMap(({ delta_cents }) => delta_cents ?? []);
    const together = moved.length === 0 ? null : moved.reduce((sum, cents) => sum + cents, 0);
    return json(200, { success: true, together_cents: together, results });
  },
});

/** `/api/usage/reviews` and `/api/usage/gaps` must be mounted before `/api/usage/:customerId`. */
export const usageAdminEndpoints: readonly Endpoint[] = [listReviews, gaps, acceptOne, rejectOne, decide];
