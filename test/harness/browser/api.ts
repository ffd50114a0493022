/** The API beside the page, by the same typed routes: what a test prepares, and the numbers that a page must show. */
import { type AnswerTo, callRoute, type InputOf } from '../../../src/contracts/call.ts';
import type { Route } from '../../../src/contracts/route.ts';
import { openApiClient } from '../../../src/lib/api-client.ts';

const timeoutMs = 30_000;

export interface Api {
  /** Calls the route. Throws with the API's words where it refuses. */
  call: <R extends Route>(route: R, input: InputOf<R>) => Promise<AnswerTo<R>>;
}

export function apiOf(url: string, token: string): Api {
  const client = openApiClient({
    baseUrl: url,
    credential: () => token,
    transport: async (address, outgoing) => await fetch(address, outgoing),
    now: Date.now,
    timeoutMs,
  });
  return {
    async call(route, input) {
      const answer = await callRoute(client, route, input, { key: crypto.randomUUID() });
      if (!answer.ok) throw new Error(`${route.operation}: ${answer.error.message}`);
      return answer.value;
    },
  };
}
