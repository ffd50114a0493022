/**
 * What a route is: data that the app mounts, the battery walks and the OpenAPI page is made of. A handler gets parsed
 * input and services, never Hono's context, and returns an answer or a failure as a value.
 */
import type { z } from 'zod';
import type { Allow, Principal } from '../credentials/principal.ts';
import type { Db } from '../db/client.ts';
import type { Write } from '../db/write.ts';
import type { Env } from '../env.ts';
import type { Random } from '../lib/ids.ts';
import type { Log } from '../lib/log.ts';
import type { Result } from '../lib/result.ts';
import type { Failure } from './problem.ts';

/** Made once a request (or queue batch, or cron tick) by the entry. */
export interface Services {
  env: Env;
  db: Db;
  /** The clock, ms since the epoch. */
  now: () => number;
  random: Random;
  log: Log;
  requestId: string;
  /** Keeps work alive after the answer. Only for what is durable already (an outbox row), never for the first attempt to be. */
  defer: (work: Promise<unknown>) => void;
}

/** An answer on its way out; `body` undefined sends none. */
export interface Answer {
  status: number;
  body?: unknown;
  /** For bodies that are not JSON (CSV, PEM). */
  text?: { content: string; type: string };
  headers?: Record<string, string>;
}

/** A handler's outcome. */
export type Outcome = Result<Answer, Failure>;

/** Stores the first answer in the effect's own batch; without an Idempotency-Key it adds nothing. */
export type Receipt = (status: number, body: unknown) => Promise<Write[]>;

export interface Call<B, Q> extends Services {
  principal: Principal;
  params: Record<string, string>;
  body: B;
  query: Q;
  receipt: Receipt;
  /** The caller's address as the edge saw it, for limits. */
  address: string;
  request: Request;
}

export interface Endpoint {
  method: 'get' | 'post' | 'put' | 'delete';
  /** Hono's path syntax; a customer's id is always `:customerId`, which the mount checks against the principal. */
  path: string;
  summary: string;
  allow: Allow;
  body?: z.ZodType;
  query?: z.ZodType;
  wireBytesMax?: number;
  /** Gzip is taken when set. */
  inflatedBytesMax?: number;
  /** Takes an Idempotency-Key (every mutating POST but usage, provisioner and webhooks). */
  idempotent?: boolean;
  /** Signups, by address. */
  limit?: 'signup';
  answers: Record<number, z.ZodType | null>;
  handle: (call: Call<unknown, unknown>) => Promise<Outcome>;
}

type Spec<B extends z.ZodType | undefined, Q extends z.ZodType | undefined> = Omit<
  Endpoint,
  'body' | 'query' | 'handle'
> & {
  body?: B;
  query?: Q;
  handle: (
    call: Call<B extends z.ZodType ? z.output<B> : undefined, Q extends z.ZodType ? z.output<Q> : undefined>,
  ) => Promise<Outcome>;
};

/** Declares a route; body and query reach the handler with their schemas' types. */
export const endpoint = <B extends z.ZodType | undefined = undefined, Q extends z.ZodType | undefined = undefined>(
  spec: Spec<B, Q>,
): Endpoint => spec as unknown as Endpoint;

/** A JSON answer. */
export const reply = (status: number, body?: unknown, headers?: Record<string, string>): Outcome => ({
  ok: true,
  value: { status, ...(body === undefined ? {} : { body }), ...(headers ? { headers } : {}) },
});

/** A path parameter that the route's own path declares. */
export function param(call: { params: Record<string, string> }, name: string): string {
  const value = call.params[name];
  if (value === undefined) throw new Error(`the path has no :${name}`);
  return value;
}

/** A failure as an outcome. */
export const refuse = (failure: Failure): Outcome => ({ ok: false, error: failure });
