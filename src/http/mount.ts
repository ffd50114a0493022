/**
 * Turns an endpoint's description into a Hono route. The order is fixed: who (401, 403), whose (404), query (422), how
 * often (429), body (415, 413, 400), shape (400, 422), Idempotency-Key (replay, 409), then the handler.
 */
import { zValidator } from '@hono/zod-validator';
import type { Context, Hono, MiddlewareHandler } from 'hono';
import { bodyBytesMax } from '../contracts/common.ts';
import { actorOf, admits, boundCustomer, type Principal } from '../credentials/principal.ts';
import { asDatabaseError, DatabaseUnavailable, GuardFailed } from '../db/failure.ts';
import { idPattern } from '../lib/ids.ts';
import { ok, type Result } from '../lib/result.ts';
import { authenticate } from './auth.ts';
import { readJson } from './body.ts';
import type { Answer, Call, Endpoint, Outcome, Services } from './endpoint.ts';
import { type Admission, admit, noReceipt } from './idempotency.ts';
import { type Failure, notFound, problemOf, statusOf } from './problem.ts';
import { limitHeaders, takeOne } from './rate-limit.ts';
import { faultOf, validate } from './validate.ts';

export type AppEnv = { Variables: { services: Services; principal: Principal } };

/** Only the edge sets this header; without an edge all callers share one address. */
const addressOf = (headers: Headers): string => headers.get('cf-connecting-ip') ?? 'unknown';

/** The answer of a failure, in the one error shape. */
export function problemResponse(services: Services, failure: Failure, extra: Record<string, string> = {}): Response {
  const headers: Record<string, string> = { ...extra, 'x-request-id': services.requestId };
  if (failure.retryAfterSeconds !== undefined) headers['Retry-After'] = String(failure.retryAfterSeconds);
  if (failure.code === 'unauthenticated') headers['WWW-Authenticate'] = 'Bearer';
  const body = problemOf(failure, services.requestId, services.now());
  return Response.json(body, { status: statusOf(failure.code), headers });
}

/** What an unexpected throw tells the caller: nothing but an id; an outage of D1 is a 503 to be tried again. */
export function thrownFailure(services: Services, thrown: unknown): Failure {
  const error = asDatabaseError(thrown);
  if (error instanceof DatabaseUnavailable) {
    services.log('warn', 'D1 is not available', { request_id: services.requestId });
    return { code: 'unavailable', message: 'the database is not available, try again', retryAfterSeconds: 5 };
  }
  if (error instanceof GuardFailed) {
    return {
      code: 'unavailable',
      message: 'another request changed this at the same time, try again',
      retryAfterSeconds: 1,
    };
  }
  services.log('error', 'unexpected failure', {
    request_id: services.requestId,
    error: error instanceof Error ? (error.stack ?? error.message) : String(error),
  });
  return { code: 'internal', message: 'something went wrong here; quote the request id when you ask about it' };
}

function answerResponse(services: Services, answer: Answer): Response {
  const headers = { ...answer.headers, 'x-request-id': services.requestId };
  if (answer.text) {
    return new Response(answer.text.content, {
      status: answer.status,
      headers: { ...headers, 'content-type': answer.text.type },
    });
  }
  if (answer.body === undefined) return new Response(null, { status: answer.status, headers });
  return Response.json(answer.body, { status: answer.status, headers });
}

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
    if (hit && !hit.allowed) return { ok: false, error: tooMany(hit.resetSeconds) };
    return { ok: false, error: { code: 'unauthenticated', message: 'a valid credential is required' } };
  }
  if (!admits(spec.allow, principal)) {
    return { ok: false, error: { code: 'forbidden', message: 'this credential may not do that' } };
  }
  return isTheirs(principal, c.req.param()) ? ok(principal) : { ok: false, error: notFound };
}

const tooMany = (resetSeconds: number): Failure => ({
  code: 'rate_limited',
  message: `too many requests, try again in ${resetSeconds} s`,
  retryAfterSeconds: resetSeconds,
});

/** The parsed body, with its limits counted as it streams: Hono's own JSON validator reads a wrong content type as `{}`. */
async function bodyOf(c: Context<AppEnv>, spec: Endpoint): Promise<Result<unknown, Failure>> {
  if (!spec.body) return ok(undefined);
  const read = await readJson(c.req.raw, {
    wireBytesMax: spec.wireBytesMax ?? bodyBytesMax,
    ...(spec.inflatedBytesMax === undefined ? {} : { inflatedBytesMax: spec.inflatedBytesMax }),
  });
  return read.ok ? validate(spec.body, read.value) : read;
}

/** Signup has no principal yet: its Idempotency-Key belongs to the normalised email (contract). */
function idempotencyOwner(principal: Principal, body: unknown): string {
  if (principal.kind !== 'public') return actorOf(principal);
  const email = (body as { email?: unknown } | undefined)?.email;
  return `public:${typeof email === 'string' ? email.trim().toLowerCase() : ''}`;
}

async function admission(
  c: Context<AppEnv>,
  spec: Endpoint,
  principal: Principal,
  body: unknown,
): Promise<Result<Admission, Failure>> {
  const key = c.req.header('idempotency-key');
  if (!spec.idempotent || key === undefined) return ok(noReceipt);
  const services = c.get('services');
  return await admit(services.db, {
    principal: idempotencyOwner(principal, body),
    method: c.req.method,
    path: c.req.path,
    key,
    body,
    holder: services.requestId,
    now: services.now(),
  });
}

async function run(
  spec: Endpoint,
  call: Call<unknown, unknown>,
  admitted: Extract<Admission, { kind: 'run' }>,
): Promise<Outcome> {
  let stored = false;
  const receipt: Call<unknown, unknown>['receipt'] = (status, body) => {
    stored = true;
    return admitted.receipt(status, body);
  };
  let outcome: Outcome | null = null;
  try {
    outcome = await spec.handle({ ...call, receipt });
    if (outcome.ok && spec.idempotent && !stored) throw new Error(`${spec.path} answers without storing its receipt`);
    return outcome;
  } finally {
    if (!outcome?.ok) await admitted.release();
  }
}

async function serve(c: Context<AppEnv>, spec: Endpoint, query: unknown): Promise<Response> {
  const services = c.get('services');
  const principal = c.get('principal');
  const address = addressOf(c.req.raw.headers);
  let headers: Record<string, string> = {};
  if (spec.limit === 'signup') {
    const hit = await takeOne(
      services.env.RATE_LIMITER,
      `signup:${address}`,
      services.env.RATE_LIMIT_SIGNUP,
      services.log,
    );
    if (hit) headers = limitHeaders(hit);
    if (hit && !hit.allowed) return problemResponse(services, tooMany(hit.resetSeconds), headers);
  }
  const body = await bodyOf(c, spec);
  if (!body.ok) return problemResponse(services, body.error, headers);
  const admitted = await admission(c, spec, principal, body.value);
  if (!admitted.ok) return problemResponse(services, admitted.error, headers);
  if (admitted.value.kind === 'replay') return answerResponse(services, admitted.value.answer);
  const call: Call<unknown, unknown> = {
    ...services,
    principal,
    params: c.req.param(),
    body: body.value,
    query,
    receipt: admitted.value.receipt,
    address,
    request: c.req.raw,
  };
  const outcome = await run(spec, call, admitted.value);
  if (!outcome.ok) return problemResponse(services, outcome.error, headers);
  return answerResponse(services, { ...outcome.value, headers: { ...headers, ...outcome.value.headers } });
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
    if (!spec.query) {
      app.on(method, spec.path, gate(spec), (c) => serve(c, spec, undefined));
      continue;
    }
    const query = zValidator('query', spec.query, (result, c) =>
      // The validator's own types know nothing of this app's variables.
      result.success ? undefined : problemResponse(c.get('services' as never) as Services, faultOf(result.error)),
    );
    app.on(method, spec.path, gate(spec), query, (c) => serve(c, spec, c.req.valid('query')));
  }
}
