/**
 * The states of a subscription as one table: what each means for the stack, the licence, the account keys and the bill,
 * and which event leads from where to where. Whoever asks "may this customer …" asks this table. Pure.
 */
import type { SubscriptionStatus } from '../contracts/customers.ts';

interface Meaning {
  /** What the deployment should do; a stopped one drains first (src/deployments/drain.ts). */
  stack: 'running' | 'stopped';
  /** Whether the licence in force counts; a revoked one comes back only by a new one. */
  licence: 'in_force' | 'revoked';
  /** Whether account keys and reporters may be made; where not, the account keys that are there are revoked. */
  accountKeys: boolean;
  /** Whether a billing period follows the one that ends. None follows the one that holds a cancellation (spec §1). */
  periodsFollow: boolean;
  /** Whether what is used is invoiced; a trial is rated and shown only. */
  invoiced: boolean;
}

export const meanings: Readonly<Record<SubscriptionStatus, Meaning>> = {
  trialing: { stack: 'running', licence: 'in_force', accountKeys: true, periodsFollow: true, invoiced: false },
  active: { stack: 'running', licence: 'in_force', accountKeys: true, periodsFollow: true, invoiced: true },
  past_due: { stack: 'running', licence: 'in_force', accountKeys: true, periodsFollow: true, invoiced: true },
  incomplete: { stack: 'running', licence: 'in_force', accountKeys: true, periodsFollow: true, invoiced: false },
  suspended: { stack: 'stopped', licence: 'in_force', accountKeys: true, periodsFollow: true, invoiced: true },
  paused: { stack: 'stopped', licence: 'in_force', accountKeys: true, periodsFollow: true, invoiced: true },
  canceled: { stack: 'stopped', licence: 'revoked', accountKeys: false, periodsFollow: false, invoiced: true },
};

/** Statuses of customers who pay, or have paid: their work comes first. */
export const paying: readonly SubscriptionStatus[] = ['active', 'past_due', 'suspended', 'paused'];

/** What an operator does to a subscription; what Stripe tells comes with the webhooks. */
export type SubscriptionEvent = 'deactivate' | 'reactivate';

/** The status after an event, null where the event does not apply. `trialRuns`: the trial's end is still ahead. */
export function statusAfter(
  status: SubscriptionStatus,
  event: SubscriptionEvent,
  trialRuns: boolean,
): SubscriptionStatus | null {
  switch (event) {
    case 'deactivate':
      return status === 'canceled' ? null : 'canceled';
    case 'reactivate':
      if (status !== 'canceled') return null;
      return trialRuns ? 'trialing' : 'active';
  }
}
