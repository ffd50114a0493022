/** Routes of what differs between our rows and Stripe, and of the ledger's rules, for admins. */
import * as routes from '../contracts/routes/drift.ts';
import { deed } from '../http/deed.ts';
import { type Endpoint, endpoint, json, param, reply } from '../http/endpoint.ts';
import { checkInvariants } from '../workflows/watching/check-invariants.ts';
import { fixDrift, ignoreDrift } from '../workflows/watching/fix-drift.ts';
import { beginDrift, continueDrift } from '../workflows/watching/run-drift.ts';
import { findResults } from './invariant-store.ts';
import { findLastRun, listFindings } from './store.ts';
import { toDrift, toInvariant, toLastRun } from './wire.ts';

const list = endpoint({
  ...routes.listDrift,
  handle: async ({ db, query }) => {
    const filter = { ...query, open: query.open === 'true' };
    const [{ rows, total }, last] = await Promise.all([listFindings(db, filter), findLastRun(db)]);
    const { page, limit } = query;
    return reply(200, { items: rows.map(toDrift), total, page, limit, last_run: toLastRun(last) });
  },
});

const run = deed({
  ...routes.runDrift,
  plan: (context) => beginDrift(context),
  afterwards: (context) => continueDrift(context),
  answer: (runId) => json(202, { run_id: runId }),
});

const fix = deed({
  ...routes.fixDrift,
  plan: (context, call) =>
    fixDrift(context, { id: param(call, 'driftId'), reason: call.body.reason, isPreview: call.preview }),
  answer: (row) => json(200, { success: true, drift: toDrift(row) }),
});

const ignore = deed({
  ...routes.ignoreDrift,
  plan: (context, call) => ignoreDrift(context, { id: param(call, 'driftId'), reason: call.body.reason }),
  answer: (row) => json(200, { success: true, drift: toDrift(row) }),
});

const rules = endpoint({
  ...routes.readInvariants,
  handle: async ({ db }) => reply(200, { items: (await findResults(db)).map(toInvariant) }),
});

const check = deed({
  ...routes.runInvariants,
  plan: (context) => checkInvariants(context),
  answer: (results) => json(200, { items: results.map(toInvariant) }),
});

export const driftEndpoints: readonly Endpoint[] = [list, run, fix, ignore, rules, check];
