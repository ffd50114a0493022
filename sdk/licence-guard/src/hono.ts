/**
 * The guard as Hono middleware: a request that the licence does not cover is answered with 403 and goes no further. Owns how
 * it is answered; where nothing lasts between requests (workerd), the guard is opened for each of them.
 */
import type { Context, Env, MiddlewareHandler } from 'hono';
import type { Decision, Guard } from './guard.ts';

/** A guard, or how a request comes by its own. */
export type GuardFor<E extends Env> = Guard | ((context: Context<E>) => Guard | Promise<Guard>);

const forbidden = 403;

const guardFor = async <E extends Env>(guard: GuardFor<E>, context: Context<E>): Promise<Guard> =>
  typeof guard === 'function' ? await guard(context) : guard;

const refused = ({ refusal }: Decision): Response => Response.json(refusal, { status: forbidden });

/** Lets requests through while a feature is on. */
export const requireFeature =
  <E extends Env>(guard: GuardFor<E>, name: string): MiddlewareHandler<E> =>
  async (context, next) => {
    const decision = (await guardFor(guard, context)).checkFeature(name);
    return decision.allowed ? await next() : refused(decision);
  };

/** Lets a request that adds one through while there are fewer than the limit. @param current how many there are */
export const requireLimit =
  <E extends Env>(
    guard: GuardFor<E>,
    name: string,
    current: (context: Context<E>) => number | Promise<number>,
  ): MiddlewareHandler<E> =>
  async (context, next) => {
    const decision = (await guardFor(guard, context)).checkLimit(name, await current(context));
    return decision.allowed ? await next() : refused(decision);
  };
