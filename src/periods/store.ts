/** The rows of `billing_periods`. Triggers refuse overlaps, and that what was free becomes due. */
import { and, asc, desc, eq, lte, ne, sql } from 'drizzle-orm';
import type { Db } from '../db/client.ts';
import { billingPeriods, subscriptions } from '../db/control-schema.ts';
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
 * A period of a customer that has ended by `now`, as a query: the one that starts at `start`, or the last full one (null): no
 * trial, which has another length and no fee.
 */
export const queryEndedPeriod = (db: Db, customerId: string, start: number | null, now: number) =>
  db
    .select(fields)
    .from(billingPeriods)
    .where(
      and(
        eq(billingPeriods.customerId, customerId),
        lte(billingPeriods.endAt, now),
        start === null ? ne(billingPeriods.kind, 'trial') : eq(billingPeriods.startAt, start),
      ),
    )
    .orderBy(desc(billingPeriods.startAt))
    .limit(1);

/** Whether any customer who has not left has a full period that has ended. */
export async function anyEnded(db: Db, now: number): Promise<boolean> {
  const rows = await db
    .select({ start: billingPeriods.startAt })
    .from(billingPeriods)
    .innerJoin(subscriptions, eq(subscriptions.customerId, billingPeriods.customerId))
    .where(and(lte(billingPeriods.endAt, now), ne(billingPeriods.kind, 'trial'), ne(subscriptions.status, 'canceled')))
    .limit(1);
  return rows.length > 0;
}
/** Every period of a customer, oldest first: a dozen a year. */
export const findAll = (db: Db, customerId: string): Promise<StoredPeriod[]> =>
  db
    .select(fields)
    .from(billingPeriods)
    .where(eq(billingPeriods.customerId, customerId))
    .orderBy(asc(billingPeriods.startAt));
