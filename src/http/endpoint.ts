/**
 * What a route is: data that the app mounts, the battery walks and the OpenAPI page is made of. A handler gets parsed
 * input and services, never Hono's context, and returns an answer or a failure as a value. Routes that change something
 * are deeds (deed.ts); the others have a handler of their own.
 */
import type { z } from 'zod';
import type { Failure } from '../contracts/failures.ts';
import type { Answers, Route } from '../contracts/route.ts';
import type { Principal } from '../credentials/principal.ts';
import type { WholeCustomer } from '../customers/store.ts';
import type { Write } from '../db/write.ts';
import { ok, type Result } from '../lib/result.ts';
import type { Services } from '../services.ts';
import type { Limit } from './limits.ts';

interface Headed {
  headers?: Record<string, string>;
  /** Values of `Set-Cookie` beside one in `headers`. */
  cookies?: readonly string[];
}

/** A body is only read from here on; so a literal in a handler keeps its literal type (`status: 'ok'`). */
type Frozen<T> = T extends readonly (infer Item)[]
  ? readonly Frozen<Item>[]
  : T extends object
    ? { readonly [K in keyof T]: Frozen<T[K]> }
    : T;

/** An answer on its way out: its status is one of the route's, its body has that status' schema. */
export type AnswerOf<A extends Answers> = {
  [S in keyof A & number]: A[S] extends z.ZodType
    ? Headed & { status: S; body: Frozen<z.input<A[S]>> }
    : Headed & { status: S; body?: undefined };
}[keyof A & number];

/** An answer whose body is not JSON (CSV, PEM); a stream where it may be large. */
export interface TextAnswer extends Headed {
  status: 200;
  text: Text;
}
interface Text {
  content: string | ReadableStream<Uint8Array>;
  type: string;
}

/** An answer that becomes a WebSocket: the caller's end of it. */
export interface SocketAnswer extends Headed {
  status: 101;
  socket: WebSocket;
}

/** Any route's answer. */
export interface Answer extends Headed {
  status: number;
  body?: unknown;
  text?: Text;
  socket?: WebSocket;
}

/** A handler's outcome. */
export type Outcome = Result<Answer, Failure>;

/** Stores an answer under the request's Idempotency-Key, in the deed's own batch; without the header it adds nothing. */
export type Receipt = (answer: Answer) => Promise<readonly Write[]>;

/** A path with `:customerId` reaches its handler with the customer. */
type CustomerOf<Path extends string> = Path extends `${string}:customerId${string}` ? WholeCustomer : null;

export interface Call<B = unknown, Q = unknown, C = WholeCustomer | null> extends Services {
  principal: Principal;
  params: Record<string, string>;
  body: B;
  query: Q;
  customer: C;
  /** What would be done is asked for, on a route that takes `?preview=true`. */
  preview: boolean;
  /** The caller's address as the edge saw it, for limits. */
  address: string;
  request: Request;
}

/** How a route serves a call; `again` reads the customer anew, for a deed that plans once more. */
export type Serve = (call: Call, receipt: Receipt, again: () => Promise<Result<Call, Failure>>) => Promise<Outcome>;

/** A route of the wire, and what only the Worker knows of it. */
export interface Description<Path extends string = string, A extends Answers = Answers>
  extends Omit<Route<Path, A>, 'idempotent' | 'preview'> {
  /** Limits of rate, counted before the body is read. */
  limits?: readonly Limit[];
  /** Text that is not well-formed Unicode is mended instead of refused, where items of a body are judged one by one. */
  mendsText?: true;
}

export interface Endpoint extends Description {
  /** Takes an Idempotency-Key (every mutating POST but usage, provisioner and webhooks). */
  idempotent: boolean;
  /** Takes `?preview=true`: the same answer, nothing stored. */
  preview: boolean;
  serve: Serve;
}

/** The parsed input's type by its schema. */
export type Parsed<S extends z.ZodType | undefined> = S extends z.ZodType ? z.output<S> : undefined;

/** A typed call of a route. */
export type CallOf<P extends string, B extends z.ZodType | undefined, Q extends z.ZodType | undefined> = Call<
  Parsed<B>,
  Parsed<Q>,
  CustomerOf<P>
>;

/** Declares a route that plans nothing: reads, and what has a durable store of its own. */
export const endpoint = <
  const P extends string,
  A extends Answers,
  B extends z.ZodType | undefined = undefined,
  Q extends z.ZodType | undefined = undefined,
>({
  handle,
  ...description
}: Omit<Description<P, A>, 'body' | 'query'> & {
  body?: B;
  query?: Q;
  handle: (call: CallOf<P, B, Q>) => Promise<Result<AnswerOf<A> | TextAnswer | SocketAnswer, Failure>>;
}): Endpoint => ({
  ...(description as Description),
  idempotent: false,
  preview: false,
  serve: (call) => handle(call as CallOf<P, B, Q>),
});

type Headers = Record<string, string>;
type Bodied<S, B> = Headed & { status: S; body: B };

/** A JSON answer. */
export const json = <const S extends number, const B>(status: S, body: B, headers?: Headers): Bodied<S, B> => ({
  status,
  body,
  ...(headers ? { headers } : {}),
});

/** An answer without a body. */
export const empty = <const S extends number>(status: S, headers?: Headers): Headed & { status: S } => ({
  status,
  ...(headers ? { headers } : {}),
});

/** A JSON answer as a handler's outcome. */
export const reply = <const S extends number, const B>(status: S, body: B, headers?: Headers) =>
  ok(json(status, body, headers));

/** A path parameter that the route's own path declares. */
export function param(call: { params: Record<string, string> }, name: string): string {
  const value = call.params[name];
  if (value === undefined) throw new Error(`the path has no :${name}`);
  return value;
}

/** A failure as an outcome. */
export const refuse = (failure: Failure): Result<never, Failure> => ({ ok: false, error: failure });
