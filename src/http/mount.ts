/**
 * Turns an endpoint's description into a Hono route. The order is fixed: who (401, 403), whose (404), query (422), how
 * often (429), body (415, 413, 400), shape (400, 422), Idempotency-Key (replay, 409), the customer (404), then the
 * endpoint itself.
 */
import { zValidator } from '@hono/zod-validator';
import type { Context, Hono, MiddlewareHandler } from 'hono';
import { type Failure, notFound } from '../contracts/failures.ts';
import { admits, boundCustomer, type Principal } from '../credentials/principal.ts';
import { idPattern } from '../lib/ids.ts';
import { ok, type Result } from '../lib/result.ts';
import type { Services } from '../services.ts';
import { authenticate } from './auth.ts';
import type { Endpoint } from './endpoint.ts';
import { problemResponse } from './problem.ts';
import { addressOf, takeOne, tooMany } from './rate-limit.ts';
import { serve } from './serve.ts';
import { faultOf } from './validate.ts';

export type AppEnv = { Variables: { services: Services; principal: Principal } };

/** A `:customerId` of somebody else answers like one that does not exist. */
function isTheirs(principal: Principal, params: Record<string, string>): boolean {
  const customerId = params['customerId'];
  if (customerId === undefined) return true;
  if (!idPattern('customer').test(customerId)) return false;
  const bound = boundCustomer(principal);
  return bound === null || bound === customerId;
}

async function who(c: Context<AppEnv>, spec: Endpoint, services: Services): Promise<Result<Principal, Failure>> {
  const { db, env, now } = services;
  const principal = await authenticate(db, c.req.raw.headers, env.ADMIN_API_TOKEN, now());
  if (principal === null || (principal.kind === 'public' && !spec.allow.public)) {
    const key = `auth:${addressOf(c.req.raw.headers)}`;
    const hit = await takeOne(services.env.RATE_LIMITER, key, services.env.RATE_LIMIT_AUTH, services.log);
    if (hit && !hit.allowed) return { ok: false, error: tooMany(hit) };
    return { ok: false, error: { code: 'unauthenticated', message: 'a valid credential is required' } };
  }
  if (!admits(spec.allow, principal)) {
    return { ok: false, error: { code: 'forbidden', message: 'this credential may not do that' } };
  }
  return isTheirs(principal, c.req.param()) ? ok(principal) : { ok: false, error: notFound };
}

/** Lets a request past, with its principal, or answers 401, 403 or 404. */
const gate =
  (spec: Endpoint): MiddlewareHandler<AppEnv> =>
  async (c, next) => {
    const services = c.get('services');
    const principal = await who(c, spec, services);
    if (!principal.ok) return problemResponse(services, principal.error);
    c.set('principal', principal.value);
    return await next();
  };

/** Mounts a domain's endpoints on the app. */
export function mount(app: Hono<AppEnv>, endpoints: readonly Endpoint[]): void {
  for (const spec of endpoints) {
    const method = spec.method.toUpperCase();
    const answer = (c: Context<AppEnv>, query: unknown) =>
      serve(spec, {
        services: c.get('services'),
        principal: c.get('principal'),
        params: c.req.param(),
        query,
        request: c.req.raw,
        path: c.req.path,
      });
    if (!spec.query) {
      app.on(method, spec.path, gate(spec), (c) => answer(c, undefined));
      continue;
    }
    const query = zValidator('query', spec.query, (result, c) =>
      // The validator's own types know nothing of this app's variables.
      result.success ? undefined : problemResponse(c.get('services' as never) as Services, faultOf(result.error)),
    );
    app.on(method, spec.path, gate(spec), query, (c) => answer(c, c.req.valid('query')));
  }
}
