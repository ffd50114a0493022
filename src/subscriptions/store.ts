/** Subscriptions and the history of their plans. Owns `subscriptions` and `plan_changes`. */
import { eq, sql } from 'drizzle-orm';
import type { SubscriptionStatus } from '../contracts/customers.ts';
import { planChanges, subscriptions } from '../db/control-schema.ts';
import { guard } from '../db/guards.ts';
import { build, type Write, write } from '../db/write.ts';
import type { SubscriptionState } from './transitions.ts';

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

/** Sets the status with the reason why the stack stands. A state that is no suspension after a failed payment has no grace. */
export const setState = (customerId: string, { status, suspendedFor }: SubscriptionState, now: number): Write =>
  write(
    build
      .update(subscriptions)
      .set({
        status,
        suspendedFor,
        canceledAt: status === 'canceled' ? now : null,
        ...(status === 'past_due' ? {} : { graceEndsAt: null }),
        updatedAt: now,
      })
      .where(eq(subscriptions.customerId, customerId)),
  );

/** Fails the batch unless the subscription still has the status that the plan was made from. */
export const guardStatus = (customerId: string, status: SubscriptionStatus): Write =>
  guard(
    'subscription_status',
    sql`EXISTS (SELECT 1 FROM subscriptions WHERE customer_id = ${customerId} AND status = ${status})`,
  );
