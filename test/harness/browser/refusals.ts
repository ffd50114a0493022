/** What the server says to somebody who calls a route without its button. */
import type { APIRequestContext } from 'playwright-core';
import type { Route } from '../../../src/contracts/route.ts';
import type { Ids } from './every-deed.ts';

/** Where an id of that name is not known: none that there is. */
const nothing = 'none_00000000000000000000000000000000';

/** Calls the route with the session of the request, or a token. @returns the status */
export async function statusOf(
  request: APIRequestContext,
  { method, path }: Route,
  { ids, origin, token, query = '' }: { ids: Ids; origin: string; token?: string; query?: string },
): Promise<number> {
  const url = `${origin}${path.replace(/:(\w+)/g, (_, name: string) => ids[name]?.[0] ?? nothing)}${query}`;
  const answer = await request.fetch(url, {
    method,
    data: {},
    headers: {
      origin,
      'idempotency-key': crypto.randomUUID(),
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
  });
  return answer.status();
}
