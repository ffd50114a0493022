/** The operator's own meters, for whoever measures or shows a customer's usage. They are the same for every customer. */
import * as routes from '../contracts/routes/own-meters.ts';
import { type Endpoint, empty, endpoint, reply } from '../http/endpoint.ts';
import { sha256Hex } from '../lib/keys.ts';
import { ok } from '../lib/result.ts';
import { findOwnMeters } from './own-meter-store.ts';

const meters = endpoint({
  ...routes.listOwnMeters,
  handle: async (call) => {
    const all = await findOwnMeters(call.db);
    // Which targets an operator believes is for those who ask them.
    const items = call.principal.kind === 'account' ? all.map((own) => ({ ...own, source: null })) : all;
    const etag = `"${await sha256Hex(JSON.stringify(items))}"`;
    const headers = { etag, 'cache-control': 'private, no-cache' };
    if (call.request.headers.get('if-none-match') === etag) return ok(empty(304, headers));
    return reply(200, { items }, headers);
  },
});

export const ownMeterEndpoints: readonly Endpoint[] = [meters];
