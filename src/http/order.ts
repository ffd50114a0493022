/**
 * A route whose change is made elsewhere while the caller waits: a deed notes what is ordered, the same request has it carried
 * out, and answers by what has become of it. The answer of the Idempotency-Key is stored when it is known.
 */
import type { z } from 'zod';
import type { Failure } from '../contracts/failures.ts';
import type { Answers } from '../contracts/route.ts';
import { commit } from '../db/client.ts';
import { GuardFailed } from '../db/failure.ts';
import { pause } from '../lib/pause.ts';
import type { Result } from '../lib/result.ts';
import { carriersOf, contextOf, deliverSoon } from '../wiring.ts';
import { type Context, carryOut, type Planned } from '../workflows/deed.ts';
import { deliverNow } from '../workflows/delivery/deliver-now.ts';
import { takenOver } from './deed.ts';
import type { Answer, AnswerOf, Call, CallOf, Description, Endpoint, Outcome, Receipt } from './endpoint.ts';

export type OrderSpec<P extends string, A extends Answers, T, U, B extends z.ZodType | undefined> = Omit<
  Description<P, A>,
  'body' | 'query'
> & {
  body?: B;
  idempotent?: true;
  /** The workflow that notes the order. */
  plan: (context: Context, call: CallOf<P, B, undefined>) => Promise<Planned<T>>;
  /** Has the order carried out; `deliver` sends outbox rows that it cannot go on without. */
  act: (
    context: Context,
    planned: T,
    deliver: (outboxIds: readonly string[]) => Promise<number>,
  ) => Promise<Result<U, Failure>>;
  /** Outbox rows of what came of it, to be delivered after the answer. */
  outbox?: (done: U) => readonly string[];
  answer: (done: U, call: CallOf<P, B, undefined>) => AnswerOf<A>;
};

const pauseMs = 250;
const aMoment = () => pause(pauseMs);

/** Declares such a route. */
export function order<const P extends string, A extends Answers, T, U, B extends z.ZodType | undefined = undefined>({
  plan,
  act,
  answer,
  outbox,
  idempotent,
  ...description
}: OrderSpec<P, A, T, U, B>): Endpoint {
  return {
    ...(description as Description),
    idempotent: idempotent ?? false,
    preview: false,
    async serve(given: Call, receipt: Receipt): Promise<Outcome> {
      const call = given as CallOf<P, B, undefined>;
      const context = contextOf(given);
      const planned = await carryOut(context, () => plan(context, call));
      if (!planned.ok) return planned;
      deliverSoon(given, planned.value.outbox ?? []);
      const done = await act(context, planned.value.value, (ids) => deliverNow(carriersOf(given), ids, aMoment));
      if (!done.ok) return done;
      deliverSoon(given, outbox?.(done.value) ?? []);
      const answered: Answer = answer(done.value, call);
      try {
        await commit(given.db, await receipt(answered));
      } catch (error) {
        if (error instanceof GuardFailed && error.guard === 'idempotency_holder')
          return { ok: false, error: takenOver };
        throw error;
      }
      return { ok: true, value: answered };
    },
  };
}
