/** Reporters of a customer, for admins: made with a key that is shown once, listed, ended. */

import type { ReporterView } from '../contracts/reporters.ts';
import * as routes from '../contracts/routes/reporters.ts';
import { deed } from '../http/deed.ts';
import { type Endpoint, endpoint, json, param, reply } from '../http/endpoint.ts';
import { iso, isoOrNull } from '../lib/time.ts';
import { metersIn } from '../usage/meters.ts';
import { noSlots, union } from '../usage/slots.ts';
import { createReporter, type MadeReporter } from '../workflows/metering/create-reporter.ts';
import { endReporter } from '../workflows/metering/end-reporter.ts';
import { type ListedReporter, listReporters } from './store.ts';

const madeView = (made: MadeReporter): ReporterView => ({
  id: made.id,
  instance_id: made.instanceId,
  namespaces: made.namespaces,
  meters: metersIn(made.meters),
  window_seconds: made.windowSeconds,
  active_from: iso(made.activeFrom),
  active_until: null,
});

/** The meters that the reporter owns now, or owned last. */
function listedView({ reporter, owned }: ListedReporter): ReporterView {
  const open = owned.filter((o) => o.untilAt === null);
  const shown = open.length > 0 ? open : owned;
  return {
    id: reporter.id,
    instance_id: reporter.instanceId,
    namespaces: [...new Set(shown.map((o) => o.namespace))],
    meters: metersIn(shown.map((o) => o.meters).reduce(union, noSlots)),
    window_seconds: reporter.windowSeconds,
    active_from: isoOrNull(reporter.activeFrom),
    active_until: isoOrNull(reporter.activeUntil),
  };
}

const create = deed({
  ...routes.createReporter,
  plan: (context, { customer, body }) => createReporter(context, customer, body),
  answer: (made) => json(201, { success: true, reporter: madeView(made), api_key: made.apiKey }),
});

const list = endpoint({
  ...routes.listReporters,
  handle: async ({ db, customer, query: { page, limit } }) => {
    const all = await listReporters(db, customer.customer.id);
    const items = all.slice((page - 1) * limit, page * limit).map(listedView);
    return reply(200, { items, total: all.length, page, limit });
  },
});

const end = deed({
  ...routes.endReporter,
  plan: (context, call) => {
    const { active_until: until } = call.body;
    return endReporter(context, call.customer, {
      reporterId: param(call, 'reporterId'),
      until: until === undefined ? null : Date.parse(until),
    });
  },
  answer: (ended) => json(200, { success: true, reporter: listedView(ended) }),
});

export const reporterEndpoints: readonly Endpoint[] = [create, list, end];
