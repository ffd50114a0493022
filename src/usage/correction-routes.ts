/** Corrections of usage: made by operators, listed for them and for the customer. */
import { notFound } from '../contracts/failures.ts';
import * as routes from '../contracts/routes/corrections.ts';
import { deed } from '../http/deed.ts';
import { type Endpoint, endpoint, json, refuse, reply } from '../http/endpoint.ts';
import { tellLive } from '../http/live.ts';
import { namespaceOf, shortIdOf } from '../lib/ids.ts';
import { sha256Hex } from '../lib/keys.ts';
import { correctUsage } from '../workflows/billing/correct-usage.ts';
import { readCorrections, readCorrectionsOf } from '../workflows/billing/list-corrections.ts';
import { toCorrection, toCorrectionList } from './correction-wire.ts';
import { readsOf } from './read-routes.ts';

const listAll = endpoint({
  ...routes.listAllCorrections,
  handle: async (call) => {
    const { customer_id: customerId, ...page } = call.query;
    const found = await readCorrectionsOf(readsOf(call), customerId ?? null, page);
    return found ? reply(200, toCorrectionList(found, page, true)) : refuse(notFound);
  },
});

const list = endpoint({
  ...routes.listCorrections,
  handle: async (call) => {
    const found = await readCorrections(readsOf(call), call.customer.customer, call.query);
    return reply(200, toCorrectionList(found, call.query, call.principal.kind === 'admin'));
  },
});

const correct = deed({
  ...routes.correctUsage,
  plan: async (context, { customer: whole, body, preview, request }) => {
    const { kind, quantities = {}, reason } = body;
    const key = request.headers.get('idempotency-key');
    const same = key === null ? context.actor.requestId : [context.actor.name, key, body];
    return await correctUsage(context, {
      whole,
      asked: {
        kind,
        instanceId: body.instance_id,
        namespace: body.namespace ?? namespaceOf(shortIdOf(whole.customer.id)),
        start: Date.parse(body.window_start),
        end: Date.parse(body.window_end),
        quantities,
        reason,
      },
      request: await sha256Hex(JSON.stringify(same)),
      isPreview: preview,
    });
  },
  /** Whoever watches live figures is told of it as of new usage. */
  afterwards: async (_, { customerId }, call) =>
    await tellLive(call, new Map([[call.customer.customer.organisationId, new Set([customerId])]])),
  answer: (correction) => json(201, { success: true, correction: toCorrection(correction, true) }),
});

/** `/api/usage/corrections` must be mounted before `/api/usage/:customerId`. */
export const correctionEndpoints: readonly Endpoint[] = [listAll, list, correct];
