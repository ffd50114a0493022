/** The guard as Hono middleware: a request that the licence does not cover is answered with 403 and goes no further. */
import type { Context, Env, MiddlewareHandler } from 'hono';
import type { Decision, Guard } from './guard.ts';

const forbidden = 403;

const refused = ({ refusal }: Decision): Response => Response.json(refusal, { status: forbidden });

/** Lets requests through while a feature is on. */
export const requireFeature =
  (guard: Guard, name: string): MiddlewareHandler =>
  async (_context, next) => {
    const decision = guard.checkFeature(name);
    return decision.allowed ? await next() : refused(decision);
  };

/** Lets a request that adds one through while there are fewer than the limit. @param current how many there are */
export const requireLimit =
  <E extends Env>(
    guard: Guard,
    name: string,
    current: (context: Context<E>) => number | Promise<number>,
  ): MiddlewareHandler<E> =>
  async (context, next) => {
    const decision = guard.checkLimit(name, await current(context));
    return decision.allowed ? await next() : refused(decision);
  };
