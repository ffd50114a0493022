/** Calls of the API from the pages: by a route's data, with the session's cookie. A failure is thrown, for React Query. */
import './without-eval.ts';
import { type AnswerTo, type CallOptions, callRoute, type InputOf } from '../../../src/contracts/call.ts';
import type { Route } from '../../../src/contracts/route.ts';
import { type ApiFailure, openApiClient } from '../../../src/lib/api-client.ts';
import { browserTransport } from './transport.ts';

const timeoutMs = 20_000;

const client = openApiClient({
  baseUrl: window.location.origin,
  credential: () => null,
  transport: browserTransport,
  now: Date.now,
  timeoutMs,
});

/** What a call failed of. */
export class CallFailed extends Error {
  override name = 'CallFailed';
  readonly failure: ApiFailure;
  constructor(failure: ApiFailure) {
    super(failure.message);
    this.failure = failure;
  }
}

/** Calls the route. Throws CallFailed. */
export async function call<R extends Route>(route: R, input: InputOf<R>, options?: CallOptions): Promise<AnswerTo<R>> {
  const answer = await callRoute(client, route, input, options);
  if (!answer.ok) throw new CallFailed(answer.error);
  return answer.value;
}
