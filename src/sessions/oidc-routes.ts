/** Sign-in at an issuer: the two addresses that a browser is sent through. What fails ends on the sign-in page. */
import * as routes from '../contracts/routes/sign-in.ts';
import type { SignInFault } from '../contracts/sign-in.ts';
import { sessionOf } from '../credentials/principal.ts';
import { type Endpoint, empty, endpoint } from '../http/endpoint.ts';
import { publicReads } from '../http/limits.ts';
import { givenCookie } from '../http/session-cookie.ts';
import { begunIn, givenBegun, takenBegun } from '../http/sign-in-cookie.ts';
import { ok } from '../lib/result.ts';
import { secondMs } from '../lib/time.ts';
import { contextOf } from '../wiring.ts';
import { carryOut } from '../workflows/deed.ts';
import { finishSignIn } from '../workflows/organisations/finish-sign-in.ts';
import { signInMs, startSignIn } from '../workflows/organisations/start-sign-in.ts';
import { continueHeaders, continuePage } from './continue-page.ts';
import { faultPath } from './oidc-addresses.ts';

const toPage = (fault: SignInFault, organisation: string | null) =>
  empty(303, { Location: faultPath(fault, organisation) });

const start = endpoint({
  ...routes.startSignIn,
  limits: [publicReads],
  handle: async (call) => {
    const { organisation, return_to: returnTo } = call.query;
    const currentId = sessionOf(call.principal);
    const started = await startSignIn(contextOf(call), { organisation, returnTo, currentId });
    if (!started.ok) return ok(toPage(started.error, organisation ?? null));
    const { location, sealed } = started.value;
    return ok({ ...empty(303, { Location: location }), cookies: [givenBegun(call.env, sealed, signInMs / secondMs)] });
  },
});

const finish = endpoint({
  ...routes.finishSignIn,
  limits: [publicReads],
  handle: async (call) => {
    const { env, request, principal } = call;
    const input = {
      sealed: begunIn(request.headers, env),
      query: new URL(request.url).search,
      currentId: sessionOf(principal),
    };
    const context = contextOf(call);
    const planned = await carryOut(context, () => finishSignIn(context, input));
    if (!planned.ok) return planned;
    const { value: finished } = planned.value;
    // Whatever became of it, the beginning is used up.
    const cookies = [takenBegun(env)];
    if (!finished.ok) return ok({ ...toPage(finished.fault, finished.organisation), cookies });
    return ok({
      status: 200,
      headers: { ...continueHeaders, ...givenCookie(env, finished.session, context.now) },
      cookies,
      text: { content: continuePage(finished.returnTo), type: 'text/html; charset=utf-8' },
    });
  },
});

export const oidcEndpoints: readonly Endpoint[] = [start, finish];
