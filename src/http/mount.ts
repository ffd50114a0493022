/**
 * Turns an endpoint's description into a Hono route. The order is fixed: who (401, 403), whose (404), how often (429),
 * query (422), body (415, 413, 400), shape (400, 422), Idempotency-Key (replay, 409), the customer (404), then the
 * endpoint itself.
 */
import { zValidator } from '@hono/zod-validator';
import type { Context, Hono, MiddlewareHandler } from 'hono';
import type { z } from 'zod';
import { type Failure, inWordsOf, notFound } from '../contracts/failures.ts';
import type { Route } from '../contracts/route.ts';
import { readInWords } from '../contracts/words.ts';
import { admits, boundCustomer, type Principal, sessionOf } from '../credentials/principal.ts';
import { noteUse } from '../credentials/store.ts';
import { commit } from '../db/client.ts';
import { idPattern } from '../lib/ids.ts';
import { reasonOf } from '../lib/reason.ts';
import type { Services } from '../services.ts';
import { noteUse as noteSessionUse } from '../sessions/store.ts';
import { staffIssuerOf } from '../wiring.ts';
import { authenticate, type Refusal } from './auth.ts';
import { failedAuthenticationLog, type Presented } from './auth-log.ts';
import type { Endpoint } from './endpoint.ts';
import { failedAuthentications, takeAll } from './limits.ts';
import { problemResponse } from './problem.ts';
import { addressOf, limitHeaders, tooMany } from './rate-limit.ts';
import { serve } from './serve.ts';
import { isFromOurs } from './session-cookie.ts';
import { faultOf, isTextOfUrl, queryTextFault } from './validate.ts';

/** `headers` are those that every answer to the request has, whatever becomes of it; `words` the route's own. */
export type AppEnv = {
  Variables: {
    services: Services;
    principal: Principal;
    /** When it was read who the principal is, ms. */
    judgedAt: number;
    headers: Record<string, string>;
    words: Route['words'];
  };
};

/** A `:customerId` of somebody else, and a parameter that no id could be, answer like one that does not exist. */
function isTheirs(principal: Principal, params: Record<string, string>): boolean {
  if (!Object.values(params).every(isTextOfUrl)) return false;
  const customerId = params['customerId'];
  if (customerId === undefined) return true;
  if (!idPattern('customer').test(customerId)) return false;
  const bound = boundCustomer(principal);
  return bound === null || bound === customerId;
}

const logFailed = failedAuthenticationLog();

/** The answer to a credential that does not hold, or to none where one is needed: 401, or 429 of an address that guesses. */
async function refuseUnknown(c: Context<AppEnv>, services: Services, presented: Presented): Promise<Response> {
  const address = addressOf(c.req.raw.headers);
  logFailed(services.log, { address, presented, requestId: services.requestId, now: services.now() });
  const { refusedBy, tightest } = await takeAll(services, [failedAuthentications], {
    principal: { kind: 'public' },
    address,
  });
  const failure: Failure =
    refusedBy && tightest ? tooMany(tightest) : { code: 'unauthenticated', message: 'a valid credential is required' };
  return problemResponse(services, inWordsOf(c.get('words'), failure), limitHeaders(tightest));
}

const noAccess: Failure = { code: 'forbidden', message: 'the token is valid, and gives no role here' };

const issuerAway: Failure = {
  code: 'issuer_unavailable',
  message: 'the issuer of the token does not answer, so that its keys are not known; try again',
  retryAfterSeconds: 10,
};

/** The answer to whoever is not let in. */
async function refuse(c: Context<AppEnv>, services: Services, why: Refusal): Promise<Response> {
  if (why === 'no_access') return problemResponse(services, noAccess);
  if (why === 'issuer_away') return problemResponse(services, inWordsOf(c.get('words'), issuerAway));
  return await refuseUnknown(c, services, why);
}

/** Notes the use of a key or session beside the request, not at every one: a note that fails must not fail it. */
const noter = (services: Services) => (id: string) => {
  const note = idPattern('session').test(id) ? noteSessionUse : noteUse;
  const noted = commit(services.db, [note(id, services.now())]);
  services.defer(
    noted.catch((error: unknown) => {
      services.log('warn', 'the use of a credential could not be noted', { key_id: id, error: reasonOf(error) });
    }),
  );
};

const crossSite: Failure = {
  code: 'cross_site',
  message: 'a session is used by pages of its own site only; programs send a key',
};

/** Who sends the request, where the route is for them by now; else the answer, 401, 403, 404 or 503. */
async function judge(c: Context<AppEnv>, spec: Endpoint): Promise<Principal | Response> {
  const services = c.get('services');
  const { db, env, now, outbound, keySets } = services;
  const staffIssuer = staffIssuerOf(env);
  const door = { db, env, staffIssuer, now: now(), outbound, keySets, used: noter(services) };
  const known = await authenticate(c.req.raw.headers, door);
  if (!known.ok) return await refuse(c, services, known.error);
  const principal = known.value;
  if (sessionOf(principal) !== null && !isFromOurs(c.req.raw, env)) return problemResponse(services, crossSite);
  if (principal.kind === 'public' && !spec.allow.public) return await refuseUnknown(c, services, 'none');
  if (!admits(spec.allow, principal)) {
    return problemResponse(services, { code: 'forbidden', message: 'this credential may not do that' });
  }
  return isTheirs(principal, c.req.param()) ? principal : problemResponse(services, notFound);
}

/** Lets a request past, with its principal, or answers 401, 403, 404, 429 or 503. */
const gate =
  (spec: Endpoint): MiddlewareHandler<AppEnv> =>
  async (c, next) => {
    c.set('words', spec.words);
    const services = c.get('services');
    c.set('judgedAt', services.now());
    const principal = await judge(c, spec);
    if (principal instanceof Response) return principal;
    const address = addressOf(c.req.raw.headers);
    const { refusedBy, tightest } = await takeAll(services, spec.limits ?? [], { principal, address });
    const headers = limitHeaders(tightest);
    c.set('headers', headers);
    if (refusedBy && tightest) return problemResponse(services, tooMany(tightest, refusedBy.advice), headers);
    c.set('principal', principal);
    return await next();
  };

/** A query of text that no row could have is refused before it is parsed. */
const queryText: MiddlewareHandler<AppEnv> = async (c, next) => {
  const fault = queryTextFault(c.req.url);
  return fault ? problemResponse(c.get('services'), fault, c.get('headers')) : await next();
};

/** The validator's own types know nothing of this app's variables. */
const refuseQuery = (c: Context<AppEnv>, error: z.core.$ZodError): Response =>
  problemResponse(c.get('services'), faultOf(error), c.get('headers'));

/** Mounts a domain's endpoints on the app. */
export function mount(app: Hono<AppEnv>, endpoints: readonly Endpoint[]): void {
  for (const spec of endpoints) {
    const method = spec.method.toUpperCase();
    const answer = (c: Context<AppEnv>, query: unknown) =>
      serve(spec, {
        services: c.get('services'),
        principal: c.get('principal'),
        judgedAt: c.get('judgedAt'),
        judgeAgain: () => judge(c, spec),
        headers: c.get('headers'),
        params: c.req.param(),
        query,
        request: c.req.raw,
        path: c.req.path,
      });
    if (!spec.query) {
      app.on(method, spec.path, gate(spec), (c) => answer(c, undefined));
      continue;
    }
    const query = zValidator(
      'query',
      spec.query,
      (result, c) => (result.success ? undefined : refuseQuery(c as unknown as Context<AppEnv>, result.error)),
      { validationFunction: readInWords },
    );
    app.on(method, spec.path, gate(spec), queryText, query, (c) => answer(c, c.req.valid('query')));
  }
}
