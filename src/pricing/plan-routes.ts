/** The catalogue: what is sold, checking and publishing plans.yaml, moving subscribers to another version. */
import * as routes from '../contracts/routes/plans.ts';
import { deed } from '../http/deed.ts';
import { type Endpoint, endpoint, json, param, reply } from '../http/endpoint.ts';
import { publicReads } from '../http/limits.ts';
import { offeredTo } from '../subscriptions/asker.ts';
import { checkPlans } from '../workflows/billing/check-plans.ts';
import { publishPlans } from '../workflows/billing/publish-plans.ts';
import { migrateSubscribers } from '../workflows/subscriptions/migrate-subscribers.ts';
import { openVersions } from './catalogue.ts';
import { countSubscribers, findCatalogue } from './catalogue-store.ts';
import type { PlanVersion } from './plan.ts';
import { toCustomerChange, toPlanItem } from './plan-wire.ts';
import { nameOf } from './publication.ts';
import { queryStripePrices } from './stripe-price-store.ts';

const list = endpoint({
  ...routes.listPlans,
  limits: [publicReads],
  handle: async ({ db, env, principal }) => {
    const forAdmin = principal.kind === 'admin';
    const [catalogue, subscribers, prices] = await Promise.all([
      findCatalogue(db),
      forAdmin ? countSubscribers(db) : null,
      queryStripePrices(db),
    ]);
    const priceOf = ({ plan, version, interval }: PlanVersion): string | null =>
      prices.find((row) => row.plan === plan && row.planVersion === version && row.interval === interval)?.priceId ??
      null;
    const open = new Set(openVersions(catalogue, offeredTo(principal, env.SIGNUP_PLANS)));
    const items = catalogue.versions
      .filter(({ state }) => forAdmin || state === 'sold')
      .map((version) =>
        toPlanItem(version, {
          open: open.has(version.definition),
          subscribers: subscribers && (subscribers.get(nameOf(version.definition)) ?? 0),
          stripePriceId: priceOf(version.definition),
        }),
      );
    return reply(200, { items });
  },
});

const check = endpoint({
  ...routes.checkPlans,
  handle: async ({ db, body }) => reply(200, await checkPlans(db, body.yaml)),
});

const publish = deed({
  ...routes.publishPlans,
  plan: (context, { body }) => publishPlans(context, { yaml: body.yaml, simulationId: body.simulation_id }),
  answer: ({ versions, simulation, again }) =>
    json(again ? 200 : 201, {
      success: true,
      versions: versions.map(({ plan, version }) => ({ plan, version })),
      simulation: simulation && {
        simulation_id: simulation.id,
        customers: simulation.customers,
        before_cents: simulation.beforeCents,
        after_cents: simulation.afterCents,
        top: simulation.top.map(toCustomerChange),
      },
    }),
});

const migrate = deed({
  ...routes.migrateSubscribers,
  plan: (context, call) =>
    migrateSubscribers(context, {
      plan: param(call, 'plan'),
      fromVersion: call.body.from_version,
      toVersion: call.body.to_version,
      customerIds: call.body.customer_ids ?? null,
    }),
  answer: ({ moved, skipped }) =>
    json(202, {
      success: true,
      moved,
      skipped: skipped.map(({ customerId, why }) => ({ customer_id: customerId, why })),
    }),
});

export const planEndpoints: readonly Endpoint[] = [list, check, publish, migrate];
