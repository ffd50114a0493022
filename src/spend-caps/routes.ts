/** A customer's spend cap. */
import * as routes from '../contracts/routes/spend-caps.ts';
import { deed } from '../http/deed.ts';
import { type Endpoint, endpoint, json, reply } from '../http/endpoint.ts';
import { removeSpendCap, setSpendCap } from '../workflows/subscriptions/set-spend-cap.ts';
import { showCap } from '../workflows/subscriptions/show-cap.ts';
import { toCap } from './wire.ts';

const read = endpoint({
  ...routes.readSpendCap,
  handle: async ({ db, env, now, customer }) => {
    const shown = await showCap({ db, shards: env.usageShards, now: now() }, customer);
    return reply(200, { success: true, cap: shown && toCap(shown) });
  },
});

const set = deed({
  ...routes.setSpendCap,
  plan: (context, { customer, body }) => setSpendCap(context, customer, body),
  answer: (shown) => json(200, { success: true, cap: toCap(shown) }),
});

const remove = deed({
  ...routes.removeSpendCap,
  plan: (context, { customer }) => removeSpendCap(context, customer),
  answer: () => json(200, { success: true, cap: null }),
});

export const spendCapEndpoints: readonly Endpoint[] = [read, set, remove];
