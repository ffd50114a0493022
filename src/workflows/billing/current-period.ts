/** The billing period that runs now. Before Stripe names periods they go on monthly from signup, stored as they begin. */
import { commit, type Db } from '../../db/client.ts';
import { type Period, periodsUntil } from '../../periods/period.ts';
import * as periodStore from '../../periods/store.ts';

/** The customer's running period; those that began since the last look are stored first. */
export async function currentPeriod(db: Db, customer: { id: string }, now: number): Promise<Period> {
  const last = await periodStore.latest(db, customer.id);
  if (!last) throw new Error(`the customer ${customer.id} has no billing period`);
  const begun = periodsUntil(last, last.anchorDay, now);
  const { anchorDay } = last;
  await commit(
    db,
    begun.map((period) => periodStore.insert(customer.id, { ...period, anchorDay, source: 'signup' })),
  );
  return begun.at(-1) ?? last;
}
