/** Changes of plan that lie ahead: scheduled at the end of a running period, carried out by cron. Writes `plan_changes`. */
import { and, asc, eq, lte, sql } from 'drizzle-orm';
import type { SubscriptionStatus } from '../contracts/customers.ts';
import type { Db } from '../db/client.ts';
import { planChanges, subscriptions } from '../db/control-schema.ts';
import { guard } from '../db/guards.ts';
import { build, type Write, write } from '../db/write.ts';

/** A subscription that may be moved to another plan version. */
export interface Movable {
  customerId: string;
  plan: string;
  planVersion: string;
  status: SubscriptionStatus;
  interval: 'month' | 'year';
  stripeSubscriptionId: string | null;
  /** When it ends, if it is cancelled, ms. */
  cancelAt: number | null;
  /** The end of what runs, ms: of the period, or of the year that is paid at Stripe; null after the last period. */
  periodEnd: number | null;
  /** Whether a change is scheduled already, by us or by the customer. */
  pending: boolean;
}

/** Until when the subscription `s` runs as it was bought, by its open period `p`: who pays by the year has bought the year. */
const boughtUntil = sql`max(p.end_at, coalesce((
  SELECT o.body ->> '$.item.end' FROM stripe_objects o WHERE o.id = s.stripe_subscription_id AND s.interval = 'year'), 0))`;

const isScheduled = sql`(s.stripe_schedule_id IS NOT NULL
  OR EXISTS (SELECT 1 FROM plan_changes c WHERE c.customer_id = s.customer_id AND c.pending = 1))`;

/** The subscriptions of some customers, or all of one version whose customers have not left. */
export async function findMovable(
  db: Db,
  from: { plan: string; version: string },
  customerIds: readonly string[] | null,
): Promise<Movable[]> {
  const chosen =
    customerIds === null
      ? sql`s.plan = ${from.plan} AND s.plan_version = ${from.version} AND s.status <> 'canceled'`
      : sql`s.customer_id IN (SELECT value FROM json_each(${JSON.stringify(customerIds)}))`;
  const rows = await db.all<Omit<Movable, 'pending'> & { pending: number }>(sql`
    SELECT s.customer_id AS customerId, s.plan, s.plan_version AS planVersion, s.status,
      s.interval, s.stripe_subscription_id AS stripeSubscriptionId, s.cancel_at AS cancelAt,
      (SELECT ${boughtUntil} FROM billing_periods p WHERE p.customer_id = s.customer_id AND p.open = 1) AS periodEnd,
      ${isScheduled} AS pending
    FROM subscriptions s WHERE ${chosen} ORDER BY s.customer_id`);
  return rows.map((row) => ({ ...row, pending: row.pending === 1 }));
}

export interface Schedule {
  plan: string;
  fromVersion: string;
  toVersion: string;
  /** Whom, and the end of what runs, ms. */
  moves: readonly { customerId: string; at: number }[];
}

/** Of one statement: a parameter of D1 may have 2 MB. */
const movesPerStatement = 5000;

/** Schedules the change of every move, or of none: somebody who is no longer as they were read fails the batch. */
export function schedule({ plan, fromVersion, toVersion, moves }: Schedule): Write[] {
  const chunks = Array.from({ length: Math.ceil(moves.length / movesPerStatement) }, (_, n) =>
    JSON.stringify(moves.slice(n * movesPerStatement, (n + 1) * movesPerStatement)),
  );
  return chunks.flatMap((chunk) => [
    guard(
      'subscriptions_unmoved',
      sql`NOT EXISTS (SELECT 1 FROM json_each(${chunk}) m WHERE NOT EXISTS (
        SELECT 1 FROM subscriptions s JOIN billing_periods p ON p.customer_id = s.customer_id AND p.open = 1
        WHERE s.customer_id = m.value ->> 'customerId' AND ${boughtUntil} = m.value ->> 'at'
          AND s.plan = ${plan} AND s.plan_version = ${fromVersion} AND s.status <> 'canceled'
          AND NOT ${isScheduled}))`,
    ),
    write(sql`INSERT INTO plan_changes (customer_id, effective_at, plan, plan_version, pending)
      SELECT value ->> 'customerId', value ->> 'at', ${plan}, ${toVersion}, 1 FROM json_each(${chunk})`),
  ]);
}

export type DueChange = Pick<typeof planChanges.$inferSelect, 'customerId' | 'effectiveAt' | 'plan' | 'planVersion'>;

/** Scheduled changes whose instant has come, the longest ago first. */
export const findDueChanges = (db: Db, now: number, limit: number): Promise<DueChange[]> =>
  db
    .select({
      customerId: planChanges.customerId,
      effectiveAt: planChanges.effectiveAt,
      plan: planChanges.plan,
      planVersion: planChanges.planVersion,
    })
    .from(planChanges)
    .where(and(eq(planChanges.pending, true), lte(planChanges.effectiveAt, now)))
    .orderBy(asc(planChanges.effectiveAt))
    .limit(limit);

const due = ({ customerId, effectiveAt }: DueChange) =>
  sql`EXISTS (SELECT 1 FROM plan_changes WHERE customer_id = ${customerId} AND effective_at = ${effectiveAt} AND pending = 1)`;

/** Whether the change has still to be carried out. */
export async function isDue(db: Db, change: DueChange): Promise<boolean> {
  const rows = await db.all<{ due: number }>(sql`SELECT ${due(change)} AS due`);
  return rows[0]?.due === 1;
}

/** The subscription is on the plan of the change from now on; fails the batch when somebody else has seen to it. */
export const takeEffect = (change: DueChange, now: number): Write[] => {
  const { customerId, effectiveAt, plan, planVersion } = change;
  return [
    guard('plan_change_due', due(change)),
    write(
      build
        .update(planChanges)
        .set({ pending: false })
        .where(and(eq(planChanges.customerId, customerId), eq(planChanges.effectiveAt, effectiveAt))),
    ),
    write(
      build
        .update(subscriptions)
        .set({ plan, planVersion, updatedAt: now })
        .where(eq(subscriptions.customerId, customerId)),
    ),
  ];
};

/** The change of a customer that lies ahead until an instant, ms; null where there is none. */
export async function findPending(db: Db, customerId: string, until: number): Promise<DueChange | null> {
  const { effectiveAt, plan, planVersion } = planChanges;
  const rows = await db
    .select({ customerId: planChanges.customerId, effectiveAt, plan, planVersion })
    .from(planChanges)
    .where(and(eq(planChanges.customerId, customerId), eq(planChanges.pending, true), lte(effectiveAt, until)));
  return rows[0] ?? null;
}

/** A change that lies ahead takes effect at another instant, ms. */
export const postpone = ({ customerId, effectiveAt }: DueChange, at: number): Write =>
  write(
    build
      .update(planChanges)
      .set({ effectiveAt: at })
      .where(
        and(
          eq(planChanges.customerId, customerId),
          eq(planChanges.effectiveAt, effectiveAt),
          eq(planChanges.pending, true),
        ),
      ),
  );

/** A change that lies ahead is not made. */
export const drop = ({ customerId, effectiveAt }: DueChange): Write =>
  write(
    build
      .delete(planChanges)
      .where(
        and(
          eq(planChanges.customerId, customerId),
          eq(planChanges.effectiveAt, effectiveAt),
          eq(planChanges.pending, true),
        ),
      ),
  );
