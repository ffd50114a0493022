/**
 * The one way from a command to the API: time-out, retries, an Idempotency-Key on every mutating POST, and the answer read
 * by its contract. Failures are values. Owns no route; those are named in calls.ts. It cannot tell whether a POST whose
 * attempts all went unanswered took effect: running the same command again asks again.
 */
import { z } from 'zod';
import { problemBody } from '../src/contracts/common.ts';
import { hex } from '../src/lib/ids.ts';
import { err, ok, type Result } from '../src/lib/result.ts';
import type { Failure } from './failure.ts';
import { delayBefore, isNotNow, retryAfterMs } from './retry.ts';
import type { Target } from './target.ts';
import { oneLine } from './text.ts';
import type { World } from './world.ts';

/** One attempt, from connecting to the last byte. */
const attemptTimeoutMs = 15_000;
const idempotencyKeyBytes = 16;

export type Query = Record<string, string | number | undefined>;

export interface PostOptions {
  /** The route knows a repeat by what is in the body (usage reports) and takes no Idempotency-Key. */
  repeatsByItself?: boolean;
}

export interface Api {
  url: string;
  get: <T extends z.ZodType>(path: string, answer: T, query?: Query) => Promise<Result<z.output<T>, Failure>>;
  post: <T extends z.ZodType>(
    path: string,
    body: unknown,
    answer: T,
    options?: PostOptions,
  ) => Promise<Result<z.output<T>, Failure>>;
  /** DELETE; the routes answer 204. A repeat finds nothing any more, which is refused as `not_found`. */
  delete: (path: string) => Promise<Result<void, Failure>>;
  /** The same API with another principal's credential. */
  as: (token: string) => Api;
}

interface Outgoing {
  method: 'GET' | 'POST' | 'DELETE';
  url: string;
  headers: Record<string, string>;
  body?: string;
}

type Attempt =
  | { kind: 'answered'; status: number; text: string; askedMs: number | null }
  | { kind: 'unanswered'; why: string };

/** Opens the API for a target. `timeoutMs` is for tests. */
export function openApi(target: Target, world: World, timeoutMs = attemptTimeoutMs): Api {
  const headers = { authorization: `Bearer ${target.token}`, accept: 'application/json' };
  const send = <T extends z.ZodType>(outgoing: Outgoing, answer: T) =>
    sendUntilAnswered(outgoing, answer, world, timeoutMs);
  return {
    url: target.url,
    get: (path, answer, query = {}) => send({ method: 'GET', url: address(target.url, path, query), headers }, answer),
    post: (path, body, answer, options = {}) => {
      const key: Record<string, string> = options.repeatsByItself
        ? {}
        : { 'idempotency-key': hex(world.random(idempotencyKeyBytes)) };
      return send(
        {
          method: 'POST',
          url: address(target.url, path, {}),
          headers: { ...headers, ...key, 'content-type': 'application/json' },
          body: JSON.stringify(body),
        },
        answer,
      );
    },
    delete: (path) => send({ method: 'DELETE', url: address(target.url, path, {}), headers }, z.void()),
    as: (token) => openApi({ ...target, token }, world, timeoutMs),
  };
}

async function sendUntilAnswered<T extends z.ZodType>(
  outgoing: Outgoing,
  answer: T,
  world: World,
  timeoutMs: number,
): Promise<Result<z.output<T>, Failure>> {
  for (let attempt = 1; ; attempt += 1) {
    const got = await tryOnce(outgoing, timeoutMs, world.now());
    const result = got.kind === 'answered' ? readAnswer(outgoing, got, answer) : unanswered(outgoing, got.why);
    const again = got.kind === 'unanswered' || (!result.ok && isNotNow(got.status, codeOf(result.error)));
    if (!again || result.ok) return result;
    const asked = got.kind === 'answered' ? got.askedMs : null;
    const delayMs = delayBefore(attempt, asked, (world.random(1)[0] ?? 0) / 256);
    if (delayMs === null) return err(asUnreachable(outgoing, result.error));
    await world.sleep(delayMs);
  }
}

async function tryOnce(outgoing: Outgoing, timeoutMs: number, now: number): Promise<Attempt> {
  try {
    const { url, ...init } = outgoing;
    // A redirect is not this API's way of answering; following one could carry the token elsewhere.
    const response = await fetch(url, { ...init, redirect: 'manual', signal: AbortSignal.timeout(timeoutMs) });
    const text = await response.text();
    const askedMs = retryAfterMs(response.headers.get('retry-after'), now);
    return { kind: 'answered', status: response.status, text, askedMs };
  } catch (error) {
    return { kind: 'unanswered', why: reasonOf(error, timeoutMs) };
  }
}

function readAnswer<T extends z.ZodType>(
  outgoing: Outgoing,
  { status, text }: { status: number; text: string },
  answer: T,
): Result<z.output<T>, Failure> {
  const what = `${outgoing.method} ${outgoing.url}`;
  const body = parseJson(text);
  if (status >= 200 && status < 300) {
    const read = answer.safeParse(body);
    if (read.success) return ok(read.data);
    const where = read.error.issues[0]?.path.join('.') || 'body';
    return err({
      kind: 'unexpected',
      message: `${what} answered ${status} in a form this version does not know (${where})`,
    });
  }
  const problem = problemBody.safeParse(body);
  if (!problem.success) {
    return err(
      status >= 500
        ? { kind: 'refused', status, code: `http_${status}`, message: `${what} answered ${status}`, requestId: null }
        : { kind: 'unexpected', message: `${what} answered ${status}, not as this API does: is the address right?` },
    );
  }
  const { code, message, request_id: requestId } = problem.data;
  return err({ kind: 'refused', status, code, message, requestId });
}

const unanswered = (outgoing: Outgoing, why: string) =>
  err<Failure>({ kind: 'unreachable', message: `cannot reach ${new URL(outgoing.url).origin}: ${why}` });

const codeOf = (failure: Failure): string => (failure.kind === 'refused' ? failure.code : '');

/** A server that kept saying "not now" was not reached for our purpose; one that limits us said no. */
function asUnreachable(outgoing: Outgoing, failure: Failure): Failure {
  if (failure.kind !== 'refused' || failure.status === 429) return failure;
  const { origin } = new URL(outgoing.url);
  const request = failure.requestId === null ? '' : ` (request ${failure.requestId})`;
  return {
    kind: 'unreachable',
    message: `${origin} cannot answer now: ${failure.code}: ${failure.message}${request}`,
  };
}

function address(base: string, path: string, query: Query): string {
  const url = new URL(`${base}${path}`);
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) url.searchParams.set(name, String(value));
  }
  return url.href;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** fetch hides the reason one or two causes deep, and once more when several addresses were tried. */
function reasonOf(error: unknown, timeoutMs: number): string {
  if (!(error instanceof Error)) return oneLine(String(error));
  if (error.name === 'TimeoutError') return `no answer within ${timeoutMs} ms`;
  const inner = error instanceof AggregateError ? error.errors[0] : error.cause;
  if (inner instanceof Error) return reasonOf(inner, timeoutMs);
  return oneLine(error.message) || error.name;
}
