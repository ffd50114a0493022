/** The billing period that runs now. A read: cron opens periods (open-periods.ts), this only computes which one it will be. */

import type { SubscriptionStatus } from '../../contracts/customers.ts';
import type { Db } from '../../db/client.ts';
import { type Period, periodsUntil } from '../../periods/period.ts';
import * as periodStore from '../../periods/store.ts';
import { meanings } from '../../subscriptions/subscription.ts';

/** The customer's running period, ms; of an ended subscription the last one that it had. */
export async function currentPeriod(
  db: Db,
  customer: { id: string; status: SubscriptionStatus },
  now: number,
): Promise<Period> {
  const last = await periodStore.latest(db, customer.id);
  if (!last) throw new Error(`the customer ${customer.id} has no billing period`);
  if (!meanings[customer.status].periodsFollow) return last;
  return periodsUntil(last, last.anchorDay, now).at(-1) ?? last;
}
