/**
 * A route that changes something: it names a workflow and the form of its answer. Planning, the commit with receipt and
 * audit, planning again where somebody was faster, the delivery of what must leave, and the preview are the same for all.
 */
import type { z } from 'zod';
import type { Failure } from '../contracts/failures.ts';
import type { Answers } from '../contracts/route.ts';
import { GuardFailed } from '../db/failure.ts';
import { reasonOf } from '../lib/reason.ts';
import type { Result } from '../lib/result.ts';
import { contextOf, deliverSoon } from '../wiring.ts';
import { type Context, carryOut, type Plan } from '../workflows/deed.ts';
import type { Answer, AnswerOf, Call, CallOf, Description, Endpoint, Outcome, Receipt } from './endpoint.ts';

export type DeedSpec<
  P extends string,
  A extends Answers,
  T,
  B extends z.ZodType | undefined,
  Q extends z.ZodType | undefined,
> = Omit<Description<P, A>, 'body' | 'query'> & {
  body?: B;
  query?: Q;
  idempotent?: true;
  preview?: true;
  /** The workflow, called with the route's input. Nothing is written by it. */
  plan: (context: Context, call: CallOf<P, B, Q>) => Promise<Result<Plan<T>, Failure>>;
  /** Work on what is committed by then, after the answer; cron does what this cannot. */
  afterwards?: (context: Context, value: T, call: CallOf<P, B, Q>) => Promise<unknown>;
  /** What was planned, as the wire has it. */
  answer: (value: T, call: CallOf<P, B, Q>) => AnswerOf<A>;
};

/** Declares a route that changes something. */
export function deed<
  const P extends string,
  A extends Answers,
  T,
  B extends z.ZodType | undefined = undefined,
  Q extends z.ZodType | undefined = undefined,
>({ plan, answer, afterwards, idempotent, preview, ...description }: DeedSpec<P, A, T, B, Q>): Endpoint {
  const planOf = (context: Context, call: Call) => plan(context, call as CallOf<P, B, Q>);
  const answerTo = (call: Call, value: T): Answer => answer(value, call as CallOf<P, B, Q>);
  return {
    ...(description as Description),
    idempotent: idempotent ?? false,
    preview: preview ?? false,
    async serve(call, receipt, again): Promise<Outcome> {
      const context = contextOf(call);
      if (call.preview) {
        const planned = await planOf(context, call);
        return planned.ok ? { ok: true, value: { ...answerTo(call, planned.value.value), status: 200 } } : planned;
      }
      return await commitPlanned(context, call, receipt, again);
    },
  };

  async function commitPlanned(
    context: Context,
    first: Call,
    receipt: Receipt,
    again: () => Promise<Result<Call, Failure>>,
  ): Promise<Outcome> {
    let current: Call | null = null;
    let answered: Answer | null = null;
    const attempt = async (): Promise<Result<Plan<T>, Failure>> => {
      const call = current === null ? { ok: true as const, value: first } : await again();
      if (!call.ok) return call;
      current = call.value;
      return await planOf(context, call.value);
    };
    const besides = (value: T) => {
      answered = answerTo(current ?? first, value);
      return receipt(answered);
    };
    try {
      const done = await carryOut(context, attempt, besides);
      if (!done.ok || answered === null) return done.ok ? { ok: true, value: answerTo(first, done.value.value) } : done;
      deliverSoon(first, done.value.outbox ?? []);
      if (afterwards) first.defer(logged(context, afterwards(context, done.value.value, first as CallOf<P, B, Q>)));
      return { ok: true, value: answered };
    } catch (error) {
      if (error instanceof GuardFailed && error.guard === 'idempotency_holder') return { ok: false, error: takenOver };
      throw error;
    }
  }
}

/** The answer is out: what fails now has only the log. */
const logged = (context: Context, work: Promise<unknown>): Promise<unknown> =>
  work.catch((error: unknown) => {
    context.log('warn', 'work after an answer failed; cron goes on with it', { error: reasonOf(error) });
  });

/** The marker of the Idempotency-Key ran out while this request was slow, and another request holds it now. */
export const takenOver: Failure = {
  code: 'idempotency_in_progress',
  message: 'another request with this Idempotency-Key has taken over',
  retryAfterSeconds: 1,
};
