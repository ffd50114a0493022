/** What cron has to do about invoices, and about periods that none bills. Reads only. */
import { sql } from 'drizzle-orm';
import type { Db } from '../db/client.ts';
import { afterMs, openMs, renewalMs } from './invoice.ts';

/** Drafts that are to be looked at, the longest waiting first. */
export const findToLookAt = (db: Db, now: number, limit: number): Promise<{ id: string; customerId: string }[]> =>
  db.all(sql`
    SELECT id, customer_id AS customerId FROM invoices WHERE look_at IS NOT NULL AND look_at <= ${now} ORDER BY look_at LIMIT ${limit}`);

/** A period for which we make an invoice. */
export interface UnbilledPeriod {
  customerId: string;
  kind: 'usage' | 'closing';
  /** ms */
  start: number;
  end: number;
  /** When the last usage of it was: its end, or the subscription's. */
  endedAt: number;
}

const noInvoice = sql`NOT EXISTS (SELECT 1 FROM invoices i WHERE i.customer_id = p.customer_id AND i.period_start = p.start_at)`;

/**
 * Months of yearly subscriptions that have ended; also those of others, where no renewal has come.
 * @param backMs how far back to look
 */
export const findMonths = (db: Db, now: number, backMs: number, limit: number): Promise<UnbilledPeriod[]> =>
  db.all(sql`
    SELECT p.customer_id AS customerId, 'usage' AS kind, p.start_at AS start, p.end_at AS "end", p.end_at AS endedAt
    FROM billing_periods p JOIN subscriptions s ON s.customer_id = p.customer_id JOIN customers c ON c.id = p.customer_id
    WHERE p.end_at > ${now - Math.min(backMs, openMs)} AND p.end_at <= ${now} AND p.invoiceable = 1 AND p.kind = 'paid'
      AND s.stripe_subscription_id IS NOT NULL AND s.status <> 'canceled' AND c.stripe_customer_id IS NOT NULL
      AND (s.interval = 'year' OR p.end_at <= ${now - renewalMs}) AND ${noInvoice}
    LIMIT ${limit}`);

/** Of the customer of the subscription `s`. */
const lastStart = sql`(SELECT max(start_at) FROM billing_periods WHERE customer_id = s.customer_id AND invoiceable = 1)`;

/** Last periods of customers who have left. A subscription that has ended at Stripe has no draft that could take them. */
export const findLast = (db: Db, now: number, limit: number): Promise<UnbilledPeriod[]> =>
  db.all(sql`
    SELECT p.customer_id AS customerId, 'closing' AS kind, p.start_at AS start, p.end_at AS "end", min(p.end_at, s.canceled_at) AS endedAt
    FROM subscriptions s JOIN customers c ON c.id = s.customer_id JOIN billing_periods p ON p.customer_id = s.customer_id
    WHERE s.status = 'canceled' AND s.canceled_at > ${now - openMs} AND s.canceled_at <= ${now}
      AND c.stripe_customer_id IS NOT NULL AND p.invoiceable = 1 AND p.kind = 'paid'
      AND p.start_at = ${lastStart}
      AND p.start_at < s.canceled_at AND p.end_at > ${now - openMs} AND ${noInvoice}
    LIMIT ${limit}`);

/** Customers who have left and whose last period has been billed: what changes now is billed by itself. */
export interface Ended {
  customerId: string;
  /** When their usage was read last, ms. */
  ratedAt: number;
}

/** By a closing invoice; or by another, which came before it was known that the subscription ends, and after which none is claimed. */
const isBilled = sql`(i.rated_at IS NOT NULL AND (i.kind = 'closing' OR i.period_start = ${lastStart}))`;

export const findEnded = (db: Db, now: number, after: string, limit: number): Promise<Ended[]> =>
  db.all(sql`
    SELECT s.customer_id AS customerId, max(i.rated_at) AS ratedAt FROM subscriptions s JOIN invoices i ON i.customer_id = s.customer_id
    WHERE s.status = 'canceled' AND s.canceled_at > ${now - afterMs} AND s.customer_id > ${after}
    GROUP BY s.customer_id
    HAVING sum(${isBilled}) > 0 AND sum(i.state IN ('draft', 'held', 'finalizing')) = 0
    ORDER BY s.customer_id LIMIT ${limit}`);
