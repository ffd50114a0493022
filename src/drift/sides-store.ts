/** Our side of a comparison: customers as Stripe should have them. Reads only. */
import { type SQL, sql } from 'drizzle-orm';
import type { SubscriptionStatus, SuspendedFor } from '../contracts/customers.ts';
import type { Db } from '../db/client.ts';
import type { OurCustomer } from './drift.ts';

interface Row extends Omit<OurCustomer, 'state' | 'paidPeriod' | 'alikePriceIds'> {
  seq: number;
  status: SubscriptionStatus;
  suspendedFor: SuspendedFor | null;
  periodStart: number | null;
  periodEnd: number | null;
  /** JSON. */
  alike: string;
  /** Something of the customer's is on its way to Stripe, or from there. */
  moving: number;
}

export interface OurSide extends OurCustomer {
  seq: number;
  isMoving: boolean;
}

/** What changed in so short a time may be on its way. */
const settleMs = 120_000;

/** What a version costs by the interval of its price, as its definition has it. */
const feeOf = (version: SQL, price: SQL): SQL =>
  sql`CAST(${version}.definition ->> CASE WHEN ${price}.interval = ${version}.definition ->> 'interval' THEN 'fee' ELSE 'annualFee' END AS REAL)`;

const select = (now: number, where: SQL, rest: SQL = sql``): SQL => sql`
  SELECT c.seq, c.id AS customerId, c.stripe_customer_id AS stripeCustomerId, s.status, s.suspended_for AS suspendedFor,
    s.stripe_subscription_id AS stripeSubscriptionId, s.collection, s.cancel_at AS cancelAt,
    (SELECT price_id FROM stripe_prices p WHERE p.plan = s.plan AND p.plan_version = s.plan_version AND p.interval = s.interval) AS priceId,
    (SELECT json_group_array(p.price_id) FROM stripe_prices p
      JOIN plan_versions v ON v.plan = p.plan AND v.version = p.plan_version
      JOIN plan_versions o ON o.plan = s.plan AND o.version = s.plan_version
      WHERE p.plan = s.plan AND p.interval = s.interval AND (${feeOf(sql`v`, sql`p`)} = ${feeOf(sql`o`, sql`p`)}
        OR EXISTS (SELECT 1 FROM plan_changes m WHERE m.customer_id = c.id AND m.pending = 1
          AND m.plan = p.plan AND m.plan_version = p.plan_version))) AS alike,
    (SELECT start_at FROM billing_periods b WHERE b.customer_id = c.id AND b.open = 1 AND b.kind = 'paid') AS periodStart,
    (SELECT end_at FROM billing_periods b WHERE b.customer_id = c.id AND b.open = 1 AND b.kind = 'paid') AS periodEnd,
    (s.updated_at > ${now - settleMs} OR c.created_at > ${now - settleMs}
      OR EXISTS (SELECT 1 FROM outbox o WHERE o.state <> 'confirmed' AND o.state IN ('planned', 'sent')
        AND o.payload ->> 'customer_id' = c.id AND o.kind LIKE 'stripe%')
      OR EXISTS (SELECT 1 FROM stripe_events e WHERE e.customer_id = c.id AND e.state IN ('received', 'failed'))) AS moving
  FROM customers c JOIN subscriptions s ON s.customer_id = c.id WHERE ${where} ${rest}`;

const toSide = ({ status, suspendedFor, periodStart, periodEnd, alike, moving, ...row }: Row): OurSide => ({
  ...row,
  alikePriceIds: JSON.parse(alike) as string[],
  state: { status, suspendedFor },
  paidPeriod: periodStart === null || periodEnd === null ? null : { start: periodStart, end: periodEnd },
  isMoving: moving === 1,
});

const among = (column: SQL, ids: readonly string[]): SQL =>
  sql`${column} IN (SELECT value FROM json_each(${JSON.stringify(ids)}))`;

/** Those with one of these ids: ours, or Stripe's of the customer or subscription. */
export async function findSides(
  db: Db,
  ids: { customerIds?: readonly string[]; stripeCustomerIds?: readonly string[]; subscriptionIds?: readonly string[] },
  now: number,
): Promise<OurSide[]> {
  const where = sql`(${among(sql`c.id`, ids.customerIds ?? [])}
    OR ${among(sql`c.stripe_customer_id`, ids.stripeCustomerIds ?? [])}
    OR ${among(sql`s.stripe_subscription_id`, ids.subscriptionIds ?? [])})`;
  return (await db.all<Row>(select(now, where))).map(toSide);
}

/** Customers behind `after` of whose things at Stripe the comparison has not met one, in order. */
export async function findUnseen(
  db: Db,
  { runId, after, limit, now }: { runId: string; after: number; limit: number; now: number },
): Promise<OurSide[]> {
  const seen = (column: SQL) =>
    sql`(${column} IS NULL OR EXISTS (SELECT 1 FROM drift_seen d WHERE d.run_id = ${runId} AND d.object_id = ${column}))`;
  const where = sql`c.seq > ${after} AND s.status <> 'canceled'
    AND NOT (${seen(sql`c.stripe_customer_id`)} AND ${seen(sql`s.stripe_subscription_id`)} AND c.stripe_customer_id IS NOT NULL)`;
  return (await db.all<Row>(select(now, where, sql`ORDER BY c.seq LIMIT ${limit}`))).map(toSide);
}
