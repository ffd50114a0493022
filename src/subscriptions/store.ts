/** Subscriptions and the history of their plans. Owns `subscriptions` and `plan_changes`. */
import { and, desc, eq, type SQL, sql } from 'drizzle-orm';
import type { SubscriptionStatus } from '../contracts/customers.ts';
import type { Db } from '../db/client.ts';
import { customers, planChanges, subscriptions } from '../db/control-schema.ts';
import { guard } from '../db/guards.ts';
import { build, type Write, write } from '../db/write.ts';

export type SubscriptionRow = typeof subscriptions.$inferSelect;

/** The subscription with its plan history's first entry. */
export const insertSubscription = (row: typeof subscriptions.$inferInsert, effectiveAt: number): Write[] => [
  write(build.insert(subscriptions).values(row)),
  write(
    build.insert(planChanges).values({
      customerId: row.customerId,
      effectiveAt,
      plan: row.plan,
      planVersion: row.planVersion,
    }),
  ),
];

/** Fails the batch unless the subscription still has the status that the plan was made from. */
export const guardStatus = (customerId: string, status: SubscriptionStatus): Write =>
  guard(
    'subscription_status',
    sql`EXISTS (SELECT 1 FROM subscriptions WHERE customer_id = ${customerId} AND status = ${status})`,
  );

/** Fails the batch unless the subscription is still the one that the plan was made from. */
export const guardUnchanged = (row: SubscriptionRow): Write =>
  guard(
    'subscription_unchanged',
    sql`EXISTS (SELECT 1 FROM subscriptions WHERE customer_id = ${row.customerId} AND status = ${row.status}
      AND suspended_for IS ${row.suspendedFor} AND plan = ${row.plan} AND plan_version = ${row.planVersion}
      AND stripe_subscription_id IS ${row.stripeSubscriptionId} AND cancel_at IS ${row.cancelAt} AND updated_at = ${row.updatedAt})`,
  );

/** The subscription at Stripe is over, and nothing of it is ours any more. */
export const forgetStripe = (customerId: string, stripeSubscriptionId: string): Write =>
  write(
    build
      .update(subscriptions)
      .set({ stripeSubscriptionId: null, stripeScheduleId: null, collection: 'none' })
      .where(
        and(eq(subscriptions.customerId, customerId), eq(subscriptions.stripeSubscriptionId, stripeSubscriptionId)),
      ),
  );

/** Puts the row in the place of the one that was. */
export const replace = ({ customerId, ...row }: SubscriptionRow, now: number): Write =>
  write(
    build
      .update(subscriptions)
      .set({ ...row, updatedAt: now })
      .where(eq(subscriptions.customerId, customerId)),
  );

export async function findSubscription(db: Db, customerId: string): Promise<SubscriptionRow | null> {
  const rows = await db.select().from(subscriptions).where(eq(subscriptions.customerId, customerId));
  return rows[0] ?? null;
}

/** Whether the customer's stack stands because nothing was paid. */
export const isUnpaid = (customerId: string): SQL => sql`EXISTS (
  SELECT 1 FROM subscriptions WHERE customer_id = ${customerId} AND status = 'suspended' AND suspended_for = 'unpaid')`;

/** What Stripe says of whose a subscription is. */
export interface Claim {
  id: string;
  /** `cus_…` */
  customer: string;
  /** Our own id, as its metadata has it. */
  metadataId: string | null;
}

/** The customer of a subscription at Stripe: by that subscription, then by Stripe's customer, then by our own id there. */
export async function findCustomerOf(db: Db, { id, customer, metadataId }: Claim): Promise<string | null> {
  const rows = await db.all<{ customerId: string }>(sql`
    SELECT c.id AS customerId FROM ${customers} c JOIN ${subscriptions} s ON s.customer_id = c.id
    WHERE s.stripe_subscription_id = ${id} OR c.stripe_customer_id = ${customer} OR c.id = ${metadataId}
    ORDER BY s.stripe_subscription_id IS ${id} DESC, c.stripe_customer_id IS ${customer} DESC LIMIT 1`);
  return rows[0]?.customerId ?? null;
}

/** When the plan changed last, ms; a change that lies ahead is none. */
export async function lastChangeAt(db: Db, customerId: string): Promise<number> {
  const rows = await db
    .select({ effectiveAt: planChanges.effectiveAt })
    .from(planChanges)
    .where(and(eq(planChanges.customerId, customerId), eq(planChanges.pending, false)))
    .orderBy(desc(planChanges.effectiveAt))
    .limit(1);
  return rows[0]?.effectiveAt ?? 0;
}

/** The plan of the subscription from an instant on. A change that was to come is of the plan that is left, and goes. */
export const changePlan = (row: SubscriptionRow, effectiveAt: number): Write[] => {
  const { customerId, plan, planVersion } = row;
  return [
    write(build.delete(planChanges).where(and(eq(planChanges.customerId, customerId), eq(planChanges.pending, true)))),
    write(
      build
        .insert(planChanges)
        .values({ customerId, effectiveAt, plan, planVersion })
        .onConflictDoUpdate({
          target: [planChanges.customerId, planChanges.effectiveAt],
          set: { plan, planVersion, pending: false },
        }),
    ),
  ];
};
