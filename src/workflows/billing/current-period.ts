/**
 * The billing periods of a customer, with those that cron is about to open (open-periods.ts). A read: it computes which ones
 * they will be, and stores none.
 */
import type { SubscriptionStatus } from '../../contracts/customers.ts';
import { type Failure, notFound } from '../../contracts/failures.ts';
import type { Db } from '../../db/client.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import { iso } from '../../lib/time.ts';
import { periodsUntil } from '../../periods/period.ts';
import type { BilledPeriod } from '../../periods/store.ts';
import * as periodStore from '../../periods/store.ts';
import { meanings, periodFollows } from '../../subscriptions/subscription.ts';

/** What begins after `last` until one period contains `now`; nothing where none follows. */
export function begunAfter(last: BilledPeriod, status: SubscriptionStatus, now: number): BilledPeriod[] {
  if (!periodFollows(status, last.kind)) return [];
  const { invoiced: invoiceable } = meanings[status];
  return periodsUntil(last, now).map((period) => ({ ...period, invoiceable }));
}

/** The customer's running period; of one whose periods have ended the last one that it had. */
export async function currentPeriod(
  db: Db,
  customer: { id: string; status: SubscriptionStatus },
  now: number,
): Promise<BilledPeriod> {
  const last = await periodStore.latest(db, customer.id);
  if (!last) throw new Error(`the customer ${customer.id} has no billing period`);
  return begunAfter(last, customer.status, now).at(-1) ?? last;
}

/** All of the customer's periods, oldest first. */
export async function allPeriods(
  db: Db,
  customer: { id: string; status: SubscriptionStatus },
  now: number,
): Promise<BilledPeriod[]> {
  const stored = await periodStore.findAll(db, customer.id);
  const last = stored.at(-1);
  if (!last) throw new Error(`the customer ${customer.id} has no billing period`);
  return [...stored, ...begunAfter(last, customer.status, now)];
}

/** A period by what people call it: the one that runs, the last one that has ended, or one by its start, ms. */
export type PeriodChoice = 'current' | 'previous' | { start: number };

/** The chosen one of a customer's periods, oldest first; in words where there is none. */
export function choosePeriod(
  periods: readonly BilledPeriod[],
  choice: PeriodChoice,
  now: number,
): Result<BilledPeriod, Failure<'not_found'>> {
  const chosen =
    choice === 'current'
      ? periods.at(-1)
      : periods.findLast((period) => (choice === 'previous' ? period.end <= now : period.start === choice.start));
  if (chosen) return ok(chosen);
  const message =
    typeof choice === 'object'
      ? `no billing period of the customer begins at ${iso(choice.start)}; the list of periods says when they begin`
      : 'no billing period of the customer has ended yet';
  return err({ ...notFound, message });
}
