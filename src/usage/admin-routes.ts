/** What did not take effect, for admins: held replacements and dead letters. */
import * as routes from '../contracts/routes/usage-admin.ts';
import { deed } from '../http/deed.ts';
import { type Endpoint, endpoint, json, param, reply } from '../http/endpoint.ts';
import { iso, isoOrNull } from '../lib/time.ts';
import { replayLetter } from '../workflows/metering/replay-letter.ts';
import { readReviews } from '../workflows/metering/review-usage.ts';
import { listLetters } from './dead-letter-store.ts';
import { proverOf } from './message/proof.ts';
import { readsOf } from './read-routes.ts';

const reviews = endpoint({
  ...routes.listReviews,
  handle: async (call) => reply(200, await readReviews(readsOf(call), call.query)),
});

const letters = endpoint({
  ...routes.listDeadLetters,
  handle: async ({ db, query }) => {
    const { rows, total } = await listLetters(db, query.page, query.limit);
    const items = rows.map((row) => ({
      id: row.id,
      queue: row.queue,
      customer_id: row.customerId,
      code: row.code,
      message: row.message,
      body: row.body,
      created_at: iso(row.createdAt),
      replayed_at: isoOrNull(row.replayedAt),
    }));
    return reply(200, { items, total, page: query.page, limit: query.limit });
  },
});

const replay = deed({
  ...routes.replayDeadLetter,
  plan: (context, call) =>
    replayLetter(context, {
      id: param(call, 'id'),
      queue: call.env.USAGE_QUEUE,
      prover: proverOf(call.env.LICENSE_PRIVATE_KEYS),
    }),
  answer: ({ id, at }) => json(202, { success: true, id, replayed_at: iso(at) }),
});

/** `/api/usage/reviews` must be mounted before `/api/usage/:customerId`. */
export const usageAdminEndpoints: readonly Endpoint[] = [reviews, letters, replay];
