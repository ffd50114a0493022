/**
 * The guard as Express middleware, version 4 or 5: a request that the licence does not cover is answered with 403 and goes
 * no further. Needs nothing of Express; any server whose answers have `status` and `json` will do.
 */
import type { Decision, Guard } from './guard.ts';

/** What is used of an answer. */
export interface Answering {
  status(code: number): { json(body: unknown): unknown };
}

export type Handler<Request> = (request: Request, response: Answering, next: (error?: unknown) => void) => void;

const forbidden = 403;

const refuse = (response: Answering, { refusal }: Decision): void => void response.status(forbidden).json(refusal);

/** Lets requests through while a feature is on. */
export const requireFeature =
  (guard: Guard, name: string): Handler<unknown> =>
  (_request, response, next) => {
    const decision = guard.checkFeature(name);
    if (decision.allowed) next();
    else refuse(response, decision);
  };

/** Lets a request that adds one through while there are fewer than the limit. @param current how many there are */
export const requireLimit =
  <Request>(guard: Guard, name: string, current: (request: Request) => number | Promise<number>): Handler<Request> =>
  (request, response, next) => {
    const decide = (count: number): void => {
      const decision = guard.checkLimit(name, count);
      if (decision.allowed) next();
      else refuse(response, decision);
    };
    // The count's own failure is the host's to answer (Express 4 would not see a promise that fails).
    Promise.resolve()
      .then(() => current(request))
      .then(decide)
      .catch(next);
  };
