/**
 * The period of a subscription that comes back: the last one while it lasts (a trial as the trial that it was), else a month
 * from now, with a new anchor.
 */
import type { Write } from '../../db/write.ts';
import { firstPeriod, type Period } from '../../periods/period.ts';
import * as periodStore from '../../periods/store.ts';
import type { Context } from '../deed.ts';

/** The running period of the customer that returns, and the statements that open it. */
export async function resumePeriod(
  { db, now }: Context,
  customerId: string,
): Promise<{ period: Period; writes: Write[] }> {
  const last = await periodStore.latest(db, customerId);
  if (last && last.end > now) return { period: last, writes: [periodStore.setOpen(customerId, last.start, true)] };
  const period = firstPeriod(now);
  return { period, writes: [periodStore.insert(customerId, { ...period, invoiceable: true, open: true })] };
}
