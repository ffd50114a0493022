/** The WebSocket of live figures: who may open one. That a cookie's comes from a page of ours is the gate's word (mount.ts), what it is sent is live-feed.ts's of src/http. */
import type { Failure } from '../contracts/failures.ts';
import * as routes from '../contracts/routes/organisation-billing.ts';
import { credentialOf, ownerOf, type Principal, sessionOf } from '../credentials/principal.ts';
import { type Endpoint, endpoint, refuse } from '../http/endpoint.ts';
import { openSocket } from '../http/live.ts';
import { ok } from '../lib/result.ts';
import { hourMs } from '../lib/time.ts';
import { callersOrganisation } from '../workflows/organisations/callers-organisation.ts';

/** Whoever has a longer life opens another one. */
const longestMs = 12 * hourMs;

const holderOf = (principal: Principal): string =>
  principal.kind === 'person' ? `person:${principal.subject}` : `admin:${ownerOf(principal)}`;

const live = endpoint({
  ...routes.watchBilling,
  handle: async (call) => {
    const { principal, request, query } = call;
    const found = await callersOrganisation(call.db, { principal, organisation: query.organisation });
    if (!found.ok) return found;
    if (request.headers.get('upgrade')?.toLowerCase() !== 'websocket') return refuse(noUpgrade);
    const credentialId = credentialOf(principal);
    if (credentialId === null) throw new Error('the route admits nobody without a credential');
    const byIssuer = principal.kind === 'person' && sessionOf(principal) === null;
    const livesMs = principal.kind === 'person' ? principal.expiresAt - call.now() : longestMs;
    const grant = {
      organisationId: found.value.id,
      holder: holderOf(principal),
      namespaces: found.value.namespaces,
      livesMs: Math.min(livesMs, longestMs),
      opened: { credentialId, byIssuer, at: call.now() },
    };
    const opened = await openSocket(call, grant, request);
    if (!opened.webSocket) return refuse(full);
    const protocol = opened.headers.get('sec-websocket-protocol');
    return ok({
      status: 101,
      socket: opened.webSocket,
      ...(protocol === null ? {} : { headers: { 'sec-websocket-protocol': protocol } }),
    });
  },
});

const noUpgrade: Failure = { code: 'upgrade_required', message: 'this address is a WebSocket' };
const full: Failure = {
  code: 'too_many_sockets',
  message: 'this person, or the organisation, has too many sockets open; close some',
};

export const liveEndpoints: readonly Endpoint[] = [live];
