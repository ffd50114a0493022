/** A customer's billing periods. */

import type { PeriodList } from '../contracts/periods.ts';
import * as routes from '../contracts/routes/periods.ts';
import { type Endpoint, endpoint, reply } from '../http/endpoint.ts';
import { iso } from '../lib/time.ts';
import { listPeriods, type PeriodPage } from '../workflows/billing/list-periods.ts';

const toPeriodList = (
  { periods, total, unbilled }: PeriodPage,
  { page, limit }: { page: number; limit: number },
): PeriodList => ({
  items: periods.map(({ start, end, kind, plan, state, complete, invoiceable, invoiceId }) => ({
    start: iso(start),
    end: iso(end),
    kind,
    plan: plan.plan,
    plan_version: plan.planVersion,
    state,
    complete,
    invoiceable,
    invoice_id: invoiceId,
  })),
  total,
  page,
  limit,
  unbilled: unbilled.map(({ start, end, windows }) => ({
    start: iso(start),
    end: iso(end),
    windows,
    reason: 'no_period',
  })),
});

const list = endpoint({
  ...routes.listPeriods,
  handle: async ({ db, env, now, customer, query }) => {
    const found = await listPeriods({ db, shards: env.usageShards, now: now() }, customer, query);
    return reply(200, toPeriodList(found, query));
  },
});

export const periodEndpoints: readonly Endpoint[] = [list];
