/**
 * The one way to call a route: its data (contracts/routes/) says method, path, what it takes and answers; this builds the
 * call, checks the answer against the route's schema and gives it its type. Used by the console, the CLI and tests.
 * Knows neither addresses nor credentials: those are the client's (lib/api-client.ts).
 */
import { z } from 'zod';
import type { ApiClient, ApiFailure, Call } from '../lib/api-client.ts';
import { err, type Result } from '../lib/result.ts';
import type { Answers, Route } from './route.ts';

/** The names of a path's parameters: `customerId` of `/api/customers/:customerId`. */
type ParamsOf<P extends string> = P extends `${string}:${infer Name}/${infer Rest}`
  ? Name | ParamsOf<`/${Rest}`>
  : P extends `${string}:${infer Name}`
    ? Name
    : never;

type Empty = Record<never, never>;
type Good = 200 | 201 | 202 | 204;

/** What a call of the route is made with. */
export type InputOf<R extends Route> = ([ParamsOf<R['path']>] extends [never]
  ? Empty
  : { params: Record<ParamsOf<R['path']>, string> }) &
  (R extends { body: infer B extends z.ZodType } ? { body: z.input<B> } : Empty) &
  (R extends { query: infer Q extends z.ZodType } ? { query?: z.input<Q> } : Empty) &
  (R extends { preview: true } ? { preview?: boolean } : Empty);

type Body<S> = S extends z.ZodType ? z.output<S> : null;

/** What the route answers when it does what was asked; null for an answer without a body. */
export type AnswerTo<R extends Route> = { [S in keyof R['answers'] & Good]: Body<R['answers'][S]> }[keyof R['answers'] &
  Good];

/** How a call is sent, beside what the route says. */
export type CallOptions = Pick<Call, 'key' | 'repeatable' | 'timeoutMs'>;

const good: readonly Good[] = [200, 201, 202, 204];

/** The schema of what the route's answers may be; a status without a body is null. */
function formOf(answers: Answers): z.ZodType {
  const forms = good.filter((status) => status in answers).map((status) => answers[status] ?? z.null());
  const [first, ...rest] = forms;
  if (first === undefined) throw new Error('the route has no good answer');
  return rest.length === 0 ? first : z.union([first, ...rest]);
}

/** A URL loses such a segment together with the one before it, encoded or not (WHATWG URL): another route would be asked. */
const isLostInUrls = (value: string): boolean => value === '' || value === '.' || value === '..';

/** The route's path with its parameters in their places, null for one that no URL can carry. */
function pathOf(path: string, params: Readonly<Record<string, string>>): string | null {
  if (Object.values(params).some(isLostInUrls)) return null;
  return path.replace(/:(\w+)/g, (_, name: string) => {
    const value = params[name];
    if (value === undefined) throw new Error(`${path} needs :${name}`);
    return encodeURIComponent(value);
  });
}

const nothingThere: ApiFailure = {
  kind: 'refused',
  status: 404,
  code: 'not_found',
  message: 'no id looks like that',
  requestId: null,
  retryAfterMs: null,
};

interface AnyInput {
  params?: Record<string, string>;
  body?: unknown;
  query?: Record<string, string | number | undefined>;
  preview?: boolean;
}

/**
 * Calls the route. An answer that is not of the route's schema is `unexpected`: something else than this version of the
 * API has answered.
 * @param options `key`: an Idempotency-Key, which a route that takes one needs for the call to be repeated
 */
export async function callRoute<R extends Route>(
  client: ApiClient,
  route: R,
  input: InputOf<R>,
  options: CallOptions = {},
): Promise<Result<AnswerTo<R>, ApiFailure>> {
  const { params, body, query, preview } = input as AnyInput;
  const path = pathOf(route.path, params ?? {});
  if (path === null) return err(nothingThere);
  const call: Call = {
    ...options,
    method: route.method.toUpperCase() as Call['method'],
    path,
    query: preview ? { ...query, preview: 'true' } : (query ?? {}),
    ...(body === undefined ? {} : { body }),
  };
  return (await client.ask(call, formOf(route.answers))) as Result<AnswerTo<R>, ApiFailure>;
}
