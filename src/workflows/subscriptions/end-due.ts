/**
 * Cron's way of ending what is due of subscriptions: each by itself, once Stripe has been asked, because what it knows may end
 * nothing any more. What is due, and what its end is, are the callers'.
 */
import type { Db } from '../../db/client.ts';
import type { Due } from '../../subscriptions/due-store.ts';
import { type Context, carryOut, type Planned } from '../deed.ts';
import { each } from '../each.ts';
import { askStripe } from './ask-stripe.ts';

const atOnce = 8;

export interface Ending {
  find: (db: Db, now: number, limit: number) => Promise<Due[]>;
  /** Of one tick; what is left waits for the next minute. */
  perTick: number;
  /** For the log. */
  what: string;
  /** False where it is not due any more. */
  plan: (context: Context, due: Due) => Promise<Planned<boolean>>;
}

/** Ends what is due. @returns how many */
export async function endDue(context: Context, { find, perTick, what, plan }: Ending): Promise<number> {
  const endOne = async (due: Due): Promise<boolean> => {
    if (!(await askStripe(context, due))) return false;
    const outcome = await carryOut(context, () => plan(context, due));
    return outcome.ok && outcome.value.value;
  };
  const due = await find(context.db, context.now, perTick);
  const done = await each(due, endOne, {
    log: context.log,
    what,
    named: ({ customerId }) => ({ customer_id: customerId }),
    atOnce,
  });
  return done.filter(Boolean).length;
}
