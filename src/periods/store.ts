/** The rows of `billing_periods`. Triggers refuse overlaps, and that what was free becomes due. */
import { and, asc, desc, eq, lte, sql } from 'drizzle-orm';
import type { Db } from '../db/client.ts';
import { billingPeriods } from '../db/control-schema.ts';
import { guard } from '../db/guards.ts';
import { build, type Write, write } from '../db/write.ts';
import type { AnchoredPeriod } from './period.ts';

export interface BilledPeriod extends AnchoredPeriod {
  /** Whether what is used in it is invoiced. */
  invoiceable: boolean;
}

export interface StoredPeriod extends BilledPeriod {
  /** The last one of its customer, while another may follow. */
  open: boolean;
}

/** Adds a period; one with the same start stays as it is, because two crons may run at once. */
export const insert = (customerId: string, { start, end, ...period }: StoredPeriod): Write =>
  write(
    build
      .insert(billingPeriods)
      .values({
        customerId,
        startAt: start,
        endAt: end,
        ...period,
        source: period.kind === 'paid' ? 'stripe' : 'signup',
      })
      .onConflictDoNothing({ target: [billingPeriods.customerId, billingPeriods.startAt] }),
  );

const fields = {
  start: billingPeriods.startAt,
  end: billingPeriods.endAt,
  anchorDay: billingPeriods.anchorDay,
  kind: billingPeriods.kind,
  ofYear: billingPeriods.ofYear,
  invoiceable: billingPeriods.invoiceable,
  open: billingPeriods.open,
};

/** Says whether the period is the last one of its customer, with another to follow. */
export const setOpen = (customerId: string, start: number, open: boolean): Write =>
  write(
    build
      .update(billingPeriods)
      .set({ open })
      .where(and(eq(billingPeriods.customerId, customerId), eq(billingPeriods.startAt, start))),
  );

/** Moves the end of a period. */
export const setEnd = (customerId: string, start: number, end: number): Write =>
  write(
    build
      .update(billingPeriods)
      .set({ endAt: end })
      .where(and(eq(billingPeriods.customerId, customerId), eq(billingPeriods.startAt, start))),
  );

/** Fails the batch unless the customer's last period is the one that was read. */
export const guardLast = (customerId: string, { start, end, open }: StoredPeriod): Write =>
  guard(
    'period_last',
    sql`(SELECT start_at = ${start} AND end_at = ${end} AND open = ${open ? 1 : 0} FROM billing_periods
      WHERE customer_id = ${customerId} ORDER BY start_at DESC LIMIT 1)`,
  );

/** Fails the batch unless the period is still open. */
export const guardOpen = (customerId: string, start: number): Write =>
  guard(
    'period_open',
    sql`EXISTS (SELECT 1 FROM billing_periods WHERE customer_id = ${customerId} AND start_at = ${start} AND open = 1)`,
  );

export interface EndedPeriod {
  customerId: string;
  /** ms */
  start: number;
  end: number;
}

/** Open periods that have ended, the longest ago first. */
export const findEnded = (db: Db, now: number, limit: number): Promise<EndedPeriod[]> =>
  db
    .select({ customerId: billingPeriods.customerId, start: billingPeriods.startAt, end: billingPeriods.endAt })
    .from(billingPeriods)
    .where(and(eq(billingPeriods.open, true), lte(billingPeriods.endAt, now)))
    .orderBy(asc(billingPeriods.endAt))
    .limit(limit);

/** The newest period of a customer, null when there is none. */
export async function latest(db: Db, customerId: string): Promise<StoredPeriod | null> {
  const rows = await db
    .select(fields)
    .from(billingPeriods)
    .where(eq(billingPeriods.customerId, customerId))
    .orderBy(desc(billingPeriods.startAt))
    .limit(1);
  return rows[0] ?? null;
}

/**
 * The period of a customer that a question about the past is of, as a query: the one that starts at `start`, or (null) the last
 * full one, which a trial is not, that has ended by `now`; where there is none, what runs.
 */
export const queryPast = (db: Db, customerId: string, start: number | null, now: number) =>
  db
    .select(fields)
    .from(billingPeriods)
    .where(
      and(eq(billingPeriods.customerId, customerId), start === null ? undefined : eq(billingPeriods.startAt, start)),
    )
    .orderBy(
      desc(sql`${billingPeriods.endAt} <= ${now} AND ${billingPeriods.kind} <> 'trial'`),
      desc(billingPeriods.startAt),
    )
    .limit(1);

/** Every period of a customer, oldest first: a dozen a year. */
export const findAll = (db: Db, customerId: string): Promise<StoredPeriod[]> =>
  db
    .select(fields)
    .from(billingPeriods)
    .where(eq(billingPeriods.customerId, customerId))
    .orderBy(asc(billingPeriods.startAt));
