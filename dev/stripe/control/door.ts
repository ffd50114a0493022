/**
 * The control door, `/_stand-in/…` with the secret key: what a test or a person does to the stand-in that no call of Stripe's
 * API does. Owns its addresses as data and the reading of them; what each does is in the files beside.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { z } from 'zod';
import { answerJson } from '../../data/http.ts';
import { Refusal } from '../errors.ts';
import { placesOf, segmentsOf } from '../router.ts';
import type { Area } from '../server.ts';
import { DoorRefusal, readJsonBody, refused } from './answers.ts';

export type DoorCall<Body> = { path: Readonly<Record<string, string>>; query: URLSearchParams; body: Body };
export type DoorRoute = {
  method: 'GET' | 'POST' | 'DELETE';
  /** `/_stand-in/faults/:id` */
  path: string;
  serve: (path: Readonly<Record<string, string>>, query: URLSearchParams, body: string) => Promise<unknown> | unknown;
};

/** A route whose body a schema reads. */
export function doorRoute<T extends z.ZodType>(
  method: DoorRoute['method'],
  path: string,
  body: T,
  run: (call: DoorCall<z.output<T>>) => Promise<unknown> | unknown,
): DoorRoute {
  return { method, path, serve: (places, query, text) => run({ path: places, query, body: readJsonBody(body, text) }) };
}

/** No body. */
export const nothing = z.strictObject({});

export function controlDoor(routes: readonly DoorRoute[]): Area {
  const table = routes.map((route) => ({ route, pattern: segmentsOf(route.path) }));

  function serve(method: string | undefined, url: URL, body: string): Promise<unknown> | unknown {
    const path = segmentsOf(url.pathname);
    for (const { route, pattern } of table) {
      const places = route.method === method ? placesOf(pattern, path) : null;
      if (places !== null) return route.serve(places, url.searchParams, body);
    }
    const there = routes.map((route) => `${route.method} ${route.path}`).join(', ');
    throw new DoorRefusal(404, `the control door has no ${method} ${url.pathname}, but: ${there}`);
  }

  return async (request: IncomingMessage, response: ServerResponse, url: URL, body: string) => {
    try {
      answerJson(response, 200, await serve(request.method, url, body));
    } catch (error) {
      if (error instanceof DoorRefusal) return void refused(response, error.status, error.message);
      if (!(error instanceof Refusal)) throw error;
      answerJson(response, error.refusal.status, { error: error.refusal.error });
    }
  };
}
