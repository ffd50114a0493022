/**
 * Cron makes invoices of our own: for months of yearly subscriptions, for months whose renewal has not come, and for the last period
 * of customers who have left. The row alone is made here; it is rated, and made at Stripe, as any other (close-period.ts).
 */
import { findLast, findMonths, type UnbilledPeriod } from '../../invoices/due-store.ts';
import { openMs } from '../../invoices/invoice.ts';
import * as invoiceStore from '../../invoices/store.ts';
import { newId } from '../../lib/ids.ts';
import { ok } from '../../lib/result.ts';
import { dayMs } from '../../lib/time.ts';
import { isShut } from '../../outbox/gate-store.ts';
import { type Context, carryOut } from '../deed.ts';
import { each } from '../each.ts';

const perTick = 500;
/** What no tick of two days has seen is found by the look once an hour. */
const backMs = 2 * dayMs;

/** Makes them; none while the outbox is shut, for Stripe may have them already. @param isThorough whether to look back as far as anything is billed @returns how many */
export async function claimPeriods(context: Context, isThorough: boolean): Promise<number> {
  const { db, now, log } = context;
  if (await isShut(db)) return 0;
  const months = await findMonths(db, now, isThorough ? openMs : backMs, perTick);
  const last = await findLast(db, now, perTick);
  const done = await each([...months, ...last], (period) => claim(context, period), {
    log,
    what: 'an invoice of a period',
    named: ({ customerId, start }) => ({ customer_id: customerId, period_start: start }),
  });
  return done.length;
}

/** The unique key of (customer, period) leaves one of two that come at once. */
function claim(context: Context, { customerId, kind, start, end, endedAt }: UnbilledPeriod) {
  const { now, random, settings } = context;
  const row: invoiceStore.NewInvoice = {
    id: newId('invoice', random),
    customerId,
    kind,
    periodStart: start,
    periodEnd: end,
    state: 'draft',
    holdUntil: Math.max(endedAt + settings.holdMs, now),
    lookAt: now,
    createdAt: now,
    updatedAt: now,
  };
  return carryOut(context, async () => ok({ value: null, writes: [invoiceStore.insert(row)], audit: [] }));
}
