/** Serves a request that the gate has let past: body, Idempotency-Key, customer, endpoint, answer. */
import { bodyBytesMax } from '../contracts/common.ts';
import { type Failure, inWordsOf, notFound } from '../contracts/failures.ts';
import { credentialOf, type Principal } from '../credentials/principal.ts';
import { freshMs } from '../credentials/recent.ts';
import { findWhole } from '../customers/store.ts';
import { ok, type Result } from '../lib/result.ts';
import type { Services } from '../services.ts';
import { readJson } from './body.ts';
import type { Answer, Call, Endpoint, Outcome } from './endpoint.ts';
import { type Admission, admit, noReceipt } from './idempotency.ts';
import { problemResponse } from './problem.ts';
import { addressOf } from './rate-limit.ts';
import { validate } from './validate.ts';

/** A request past the gate: who sent it is known, its query is parsed. */
export interface Admitted {
  services: Services;
  principal: Principal;
  /** When it was read who that is, ms. */
  judgedAt: number;
  /** Who sends it by now, or the answer to whoever may not send it any more. */
  judgeAgain: () => Promise<Principal | Response>;
  /** Headers of every answer to the request. */
  headers: Record<string, string>;
  params: Record<string, string>;
  query: unknown;
  request: Request;
  /** Without query, as Idempotency-Keys are bound to it. */
  path: string;
}

/** Answers a request. Whatever the endpoint throws is the app's error handler's. */
export async function serve(spec: Endpoint, admitted: Admitted): Promise<Response> {
  const { services, request, headers } = admitted;
  const body = await bodyOf(request, spec);
  if (!body.ok) return problemResponse(services, body.error, headers);
  const principal = await stillSentBy(admitted);
  if (principal instanceof Response) return principal;
  const preview = spec.preview && new URL(request.url).searchParams.get('preview') === 'true';
  // A preview stores nothing, so it takes no Idempotency-Key either: the deed itself may come under the same one.
  const admission = preview ? ok(noReceipt) : await admissionOf(spec, { ...admitted, principal }, body.value);
  if (!admission.ok) return problemResponse(services, admission.error, headers);
  if (admission.value.kind === 'replay') {
    const { answer } = admission.value;
    return answerResponse(services, { ...answer, headers: { ...headers, ...answer.headers } });
  }
  const call: Call = {
    ...services,
    principal,
    params: admitted.params,
    body: body.value,
    query: admitted.query,
    customer: null,
    preview,
    address: addressOf(request.headers),
    request,
  };
  const outcome = await run(spec, call, admission.value);
  if (!outcome.ok) return problemResponse(services, inWordsOf(spec.words, outcome.error), headers);
  return answerResponse(services, { ...outcome.value, headers: { ...headers, ...outcome.value.headers } });
}

/**
 * The principal once the body is there. Its sender decides how long that takes, and a key that is revoked meanwhile must do
 * nothing any more: after a moment it is judged again.
 */
const stillSentBy = async ({ services, principal, judgedAt, judgeAgain }: Admitted): Promise<Principal | Response> =>
  services.now() - judgedAt < freshMs ? principal : await judgeAgain();

/** The endpoint's outcome; the marker of an Idempotency-Key is given back when nothing was done. */
async function run(spec: Endpoint, call: Call, admission: Extract<Admission, { kind: 'run' }>): Promise<Outcome> {
  let outcome: Outcome | null = null;
  const resolve = () => withCustomer(spec, call);
  try {
    const resolved = await resolve();
    outcome = resolved.ok ? await spec.serve(resolved.value, admission.receipt, resolve) : resolved;
    return outcome;
  } finally {
    if (!outcome?.ok) await admission.release();
  }
}

/** The call with the customer that its path names, read now. */
async function withCustomer(spec: Endpoint, call: Call): Promise<Result<Call, Failure>> {
  const customerId = call.params['customerId'];
  if (customerId === undefined || !spec.path.includes(':customerId')) return ok(call);
  const customer = await findWhole(call.db, customerId);
  return customer ? ok({ ...call, customer }) : { ok: false, error: notFound };
}

/** The parsed body, with its limits counted as it streams: Hono's own JSON validator reads a wrong content type as `{}`. */
async function bodyOf(request: Request, spec: Endpoint): Promise<Result<unknown, Failure>> {
  if (!spec.body) return ok(undefined);
  const read = await readJson(request, {
    wireBytesMax: spec.wireBytesMax ?? bodyBytesMax,
    ...(spec.inflatedBytesMax === undefined ? {} : { inflatedBytesMax: spec.inflatedBytesMax }),
    mendsText: spec.mendsText ?? false,
  });
  return read.ok ? validate(spec.body, read.value) : read;
}

/** An Idempotency-Key belongs to the credential. Signup has none yet: there it belongs to the normalised email (contract). */
function idempotencyOwner(principal: Principal, body: unknown): string {
  const credential = credentialOf(principal);
  if (credential !== null) return credential;
  const email = (body as { email?: unknown } | undefined)?.email;
  return `public:${typeof email === 'string' ? email.trim().toLowerCase() : ''}`;
}

async function admissionOf(spec: Endpoint, admitted: Admitted, body: unknown): Promise<Result<Admission, Failure>> {
  const { services, principal, request, path } = admitted;
  const key = request.headers.get('idempotency-key');
  if (!spec.idempotent || key === null) return ok(noReceipt);
  const { search } = new URL(request.url);
  return await admit(services.db, {
    principal: idempotencyOwner(principal, body),
    method: request.method,
    path,
    key,
    // What is asked for in the query is part of what is asked: another one under the same key is another request.
    body: search === '' ? body : [body, search],
    holder: services.requestId,
    now: services.now(),
  });
}

function answerResponse(services: Services, answer: Answer): Response {
  const response = bodyResponse(answer, { ...answer.headers, 'x-request-id': services.requestId });
  for (const cookie of answer.cookies ?? []) response.headers.append('set-cookie', cookie);
  return response;
}

function bodyResponse({ status, body, text, socket }: Answer, headers: Record<string, string>): Response {
  if (socket) return new Response(null, { status, headers, webSocket: socket });
  if (text) return new Response(text.content, { status, headers: { ...headers, 'content-type': text.type } });
  return body === undefined ? new Response(null, { status, headers }) : Response.json(body, { status, headers });
}
