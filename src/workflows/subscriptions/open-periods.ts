/**
 * Cron opens billing periods: where a customer's last one has ended, the next begins, with the licence that says so; after
 * a cancellation and after an unpaid trial none does, and the last one is closed. What is paid at Stripe has Stripe's periods:
 * they are asked for, so that a renewal that no webhook told of is made up for. Two crons at once are settled by the
 * batch's guards.
 */
import { notFound } from '../../contracts/failures.ts';
import { findWhole } from '../../customers/store.ts';
import type { Write } from '../../db/write.ts';
import { err, ok } from '../../lib/result.ts';
import * as licenceStore from '../../licences/store.ts';
import * as periodStore from '../../periods/store.ts';
import { findSubscription } from '../../subscriptions/store.ts';
import { meanings } from '../../subscriptions/subscription.ts';
import { begunAfter } from '../billing/current-period.ts';
import { type Context, carryOut, type Planned } from '../deed.ts';
import { each } from '../each.ts';
import { issueLicence, licenceSubject } from '../licensing/issue-licence.ts';
import { refreshSubscription } from './refresh-subscription.ts';

/** Of one tick; what is left waits for the next minute. 500 a minute are 22 million a month. */
const opensPerTick = 500;
const atOnce = 8;

/** Opens what is due. @returns how many customers' periods were opened or closed */
export async function openPeriods(context: Context): Promise<number> {
  const ended = await periodStore.findEnded(context.db, context.now, opensPerTick);
  const done = await each(ended, (last) => openNext(context, last), {
    log: context.log,
    what: 'opening a billing period',
    named: ({ customerId, end }) => ({ customer_id: customerId, period_end: end }),
    atOnce,
  });
  return done.filter((outcome) => outcome.ok && outcome.value.value).length;
}

async function openNext(context: Context, ended: periodStore.EndedPeriod): Promise<Planned<boolean>> {
  const row = await findSubscription(context.db, ended.customerId);
  if (context.stripe !== null && row?.stripeSubscriptionId != null) {
    await refreshSubscription(context, row.stripeSubscriptionId);
  }
  return await carryOut(context, () => planNext(context, ended));
}

async function planNext(context: Context, ended: periodStore.EndedPeriod): Promise<Planned<boolean>> {
  const { db, now } = context;
  const { customerId } = ended;
  // The licence before the customer: whatever changes a customer issues one, and the guard sees that of what comes in between.
  const licence = await licenceStore.newest(db, customerId);
  const whole = await findWhole(db, customerId);
  if (!whole) return err(notFound);
  const last = await periodStore.latest(db, customerId);
  if (!last || last.start !== ended.start || !last.open) return ok({ value: false, writes: [], audit: [] });
  const close = [periodStore.guardOpen(customerId, last.start), periodStore.setOpen(customerId, last.start, false)];
  const { status, stripeSubscriptionId } = whole.subscription;
  if (context.stripe !== null && stripeSubscriptionId !== null) {
    // While the stack stands nothing is renewed; else Stripe renews it any minute.
    const isStill = meanings[status].stack === 'stopped';
    return ok({ value: isStill, writes: isStill ? close : [], audit: [] });
  }
  const begun = begunAfter(last, status, now);
  const next = begun.at(-1);
  if (!next) return ok({ value: true, writes: close, audit: [] });
  return ok({
    value: true,
    writes: [
      ...close,
      ...begun.map((period) => periodStore.insert(customerId, { ...period, open: period === next })),
      ...(await renewal(context, whole, licence, next.end)),
    ],
    audit: [{ action: 'period.opened', subject: customerId, details: { start: next.start, end: next.end } }],
  });
}

/** The licence of the new period; a revoked one stays revoked. */
async function renewal(
  context: Context,
  whole: NonNullable<Awaited<ReturnType<typeof findWhole>>>,
  row: licenceStore.LicenceRow | null,
  periodEndsAt: number,
): Promise<Write[]> {
  if (!row || row.revokedAt !== null) return [];
  const licence = await issueLicence(context, 'renewed', licenceSubject(whole, periodEndsAt));
  return [licenceStore.guardInForce(row.jti), ...licence.writes];
}
