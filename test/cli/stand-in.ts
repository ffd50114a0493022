/**
 * A stand-in for the API's routes that a command uses: what is sent and what is answered is held against the contract of the
 * route, so that a command that sends something else is refused as the API would refuse it.
 */
import type { z } from 'zod';
import { pageQuery } from '../../src/contracts/common.ts';
import { type Heard, problem, type Told } from './harness.ts';

export interface Route {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** With `:name` for a part of it. */
  path: string;
  body?: z.ZodType;
  query?: z.ZodType;
  status: number;
  /** Null for an answer without a body. */
  answer: z.ZodType | null;
  tell: (heard: Heard) => unknown;
}

const fits = (path: string, heard: string): boolean =>
  new RegExp(`^${path.replaceAll(/:[a-z]+/gi, '[^/]+')}$`).test(heard);

const refusal = (status: number, code: string, message: string): Told => ({ status, body: problem(code, message) });

/** Answers as the routes say; what is none of them is 404. A mutating POST without an Idempotency-Key is 400. */
export const standIn =
  (routes: readonly Route[]) =>
  (heard: Heard): Told => {
    const route = routes.find(({ method, path }) => method === heard.method && fits(path, heard.path));
    if (route === undefined) return refusal(404, 'not_found', 'there is nothing here, or not for you');
    if (route.method === 'POST' && heard.headers['idempotency-key'] === undefined) {
      return refusal(400, 'invalid_idempotency_key', 'an Idempotency-Key is expected');
    }
    const sent = [route.body?.safeParse(heard.body), route.query?.safeParse(Object.fromEntries(heard.query))];
    const wrong = sent.flatMap((read) => (read === undefined || read.success ? [] : read.error.issues))[0];
    if (wrong !== undefined) return refusal(422, 'validation_failed', `${wrong.path.join('.')}: ${wrong.message}`);
    if (route.answer === null) return { status: route.status };
    return { status: route.status, body: route.answer.parse(route.tell(heard)) };
  };

/** A GET that answers this; a list takes a page unless `query` says otherwise. */
export const get = (
  path: string,
  answer: Route['answer'],
  value: unknown,
  query: Route['query'] = pageQuery,
): Route => ({
  method: 'GET',
  path,
  ...(query === undefined ? {} : { query }),
  status: 200,
  answer,
  tell: () => value,
});

/** A POST that answers this. */
export const post = (
  path: string,
  body: Route['body'],
  status: number,
  answer: Route['answer'],
  value: unknown,
): Route => ({
  method: 'POST',
  path,
  ...(body === undefined ? {} : { body }),
  status,
  answer,
  tell: () => value,
});

/** A DELETE without an answer. */
export const remove = (path: string): Route => ({
  method: 'DELETE',
  path,
  status: 204,
  answer: null,
  tell: () => null,
});
