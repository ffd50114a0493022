/**
 * The one way from a command to the API: the shared client with retries, an Idempotency-Key on every mutating POST, and
 * its failures as a person at a terminal needs them. Owns no route; routes are named in calls.ts. It cannot tell whether a
 * POST whose attempts all went unanswered took effect, and the same command run again sends another POST with a key of its own.
 */
import { z } from 'zod';
import { type AnswerTo, callRoute, type InputOf } from '../src/contracts/call.ts';
import type { Route } from '../src/contracts/route.ts';
import { type ApiFailure, openApiClient } from '../src/lib/api-client.ts';
import { hex } from '../src/lib/ids.ts';
import { err, type Result } from '../src/lib/result.ts';
import type { Failure } from './failure.ts';
import type { Target } from './target.ts';
import type { World } from './world.ts';

/** One attempt, from connecting to the last byte. */
const attemptTimeoutMs = 15_000;
/** With these an outage of two seconds is not noticed; whoever asks for a longer pause is not waited for. */
export const retries = { attemptsMax: 4, waitMsMax: 15_000, backoff: { baseMs: 500, maxMs: 2_000, jitter: 0.25 } };
const idempotencyKeyBytes = 16;
const byteValues = 256;

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
  delete: (path: string) => Promise<Result<null, Failure>>;
  /**
   * Calls a route of src/contracts/routes. Every POST gets an Idempotency-Key and is repeated until it is answered. A DELETE is
   * repeated too: its repeat finds nothing any more, which is refused as `not_found`.
   */
  call: <R extends Route>(route: R, input: InputOf<R>) => Promise<Result<AnswerTo<R>, Failure>>;
  /** This API, asked with another principal's credential. */
  as: (token: string) => Api;
}

/** Opens the API for a target. `timeoutMs` is for tests. */
export function openApi(target: Target, world: World, timeoutMs = attemptTimeoutMs): Api {
  const client = openApiClient({
    baseUrl: target.url,
    credential: () => target.token,
    transport: fetch,
    now: world.now,
    timeoutMs,
    retries: { ...retries, sleep: world.sleep, random: () => (world.random(1)[0] ?? 0) / byteValues },
  });
  const toFailure = (failure: ApiFailure) => err(failureOf(failure, new URL(target.url).origin));
  return {
    url: target.url,
    get: async (path, form, query = {}) => {
      const answer = await client.ask({ method: 'GET', path, query }, form);
      return answer.ok ? answer : toFailure(answer.error);
    },
    post: async (path, body, form, options = {}) => {
      const repeat = options.repeatsByItself ? { repeatable: true } : { key: hex(world.random(idempotencyKeyBytes)) };
      const answer = await client.ask({ method: 'POST', path, body, ...repeat }, form);
      return answer.ok ? answer : toFailure(answer.error);
    },
    delete: async (path) => {
      const answer = await client.ask({ method: 'DELETE', path, repeatable: true }, z.null());
      return answer.ok ? answer : toFailure(answer.error);
    },
    call: async (route, input) => {
      const repeat = route.method === 'post' ? { key: hex(world.random(idempotencyKeyBytes)) } : { repeatable: true };
      const answer = await callRoute(client, route, input, repeat);
      return answer.ok ? answer : toFailure(answer.error);
    },
    as: (token) => openApi({ ...target, token }, world, timeoutMs),
  };
}

/** A server that kept saying "not now" was not reached for our purpose; one that limits us, or broke, said no. */
function failureOf({ kind, status, code, message, requestId }: ApiFailure, origin: string): Failure {
  if (kind === 'unreachable' || kind === 'unexpected') return { kind, message };
  if (kind === 'refused' || status === 429 || status === 500) {
    return { kind: 'refused', status: status ?? 0, code, message, requestId };
  }
  const request = requestId === null ? '' : ` (request ${requestId})`;
  return { kind: 'unreachable', message: `${origin} cannot answer now: ${code}: ${message}${request}` };
}
