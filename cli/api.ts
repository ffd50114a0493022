/**
 * The one way from a command to the API: the shared client with retries, an Idempotency-Key on every mutating POST, and
 * its failures as a person at a terminal needs them. Owns no route: those are src/contracts/routes. It cannot tell whether a
 * POST whose attempts all went unanswered took effect, and the same command run again sends another POST with a key of its own.
 */
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

export interface Api {
  url: string;
  /**
   * Calls a route of src/contracts/routes. Every POST gets an Idempotency-Key and is repeated until it is answered. A DELETE is
   * repeated too: its repeat finds nothing any more, which is refused as `not_found`.
   * @param options `repeatable`: the route knows a repeat by what is in the body (usage reports) and takes no key; `key`: an
   * Idempotency-Key of the command's own, under which the same command run again is the same request
   */
  call: <R extends Route>(
    route: R,
    input: InputOf<R>,
    options?: { repeatable?: true; key?: string },
  ) => Promise<Result<AnswerTo<R>, Failure>>;
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
    call: async (route, input, options = {}) => {
      const takesKey = route.method === 'post' && !options.repeatable;
      const repeat = takesKey ? { key: options.key ?? hex(world.random(idempotencyKeyBytes)) } : { repeatable: true };
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
