/** What did not take effect, for admins: held replacements. Dead letters: dead-letter-routes.ts. */
import * as routes from '../contracts/routes/usage-admin.ts';
import { type Endpoint, endpoint, reply } from '../http/endpoint.ts';
import { readReviews } from '../workflows/metering/review-usage.ts';
import { readsOf } from './read-routes.ts';

const reviews = endpoint({
  ...routes.listReviews,
  handle: async (call) => reply(200, await readReviews(readsOf(call), call.query)),
});

/** `/api/usage/reviews` must be mounted before `/api/usage/:customerId`. */
export const usageAdminEndpoints: readonly Endpoint[] = [reviews];
