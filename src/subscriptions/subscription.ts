/**
 * The states of a subscription as one table: what each means for the stack, the licence, the account keys and the bill.
 * Whoever asks "may this customer …" asks this table. Which event leads from where to where: transitions.ts. Pure.
 */
import type { SubscriptionStatus, SuspendedFor } from '../contracts/customers.ts';
import type { PeriodKind } from '../periods/period.ts';

interface Meaning {
  /** What the deployment should do; a stopped one drains first (src/deployments/drain.ts). A spend cap stops it, too (`stackOf`). */
  stack: 'running' | 'stopped';
  /** Whether the licence in force counts; a revoked one comes back only by a new one. */
  licence: 'in_force' | 'revoked';
  /** Whether account keys and reporters may be made; where not, the account keys that are there are revoked. */
  accountKeys: boolean;
  /** Whether a month follows one that ends. None follows the one that holds a cancellation (spec §1). */
  periodsFollow: boolean;
  /** Whether a month that begins now is invoiced; what is invoiced never changes for one that has begun. */
  invoiced: boolean;
}

export const meanings: Readonly<Record<SubscriptionStatus, Meaning>> = {
  trialing: { stack: 'running', licence: 'in_force', accountKeys: true, periodsFollow: false, invoiced: false },
  active: { stack: 'running', licence: 'in_force', accountKeys: true, periodsFollow: true, invoiced: true },
  past_due: { stack: 'running', licence: 'in_force', accountKeys: true, periodsFollow: true, invoiced: true },
  incomplete: { stack: 'running', licence: 'in_force', accountKeys: true, periodsFollow: true, invoiced: false },
  suspended: { stack: 'stopped', licence: 'in_force', accountKeys: true, periodsFollow: true, invoiced: true },
  paused: { stack: 'stopped', licence: 'in_force', accountKeys: true, periodsFollow: true, invoiced: true },
  canceled: { stack: 'stopped', licence: 'revoked', accountKeys: false, periodsFollow: false, invoiced: true },
};

/** What the deployment of a subscription should do: a spend cap stops it whatever the status, which stays as it is (decision 5). */
export const stackOf = (row: { status: SubscriptionStatus; suspendedFor: SuspendedFor | null }): Meaning['stack'] =>
  row.suspendedFor === 'spend_cap' ? 'stopped' : meanings[row.status].stack;

/**
 * Whether a billing period follows one of that kind. After a trial one does only for who has gone over to paying: an unpaid
 * trial's end opens none, whatever becomes of the subscription (decision 2).
 */
export function periodFollows(status: SubscriptionStatus, kind: PeriodKind): boolean {
  const { periodsFollow, invoiced, stack } = meanings[status];
  return periodsFollow && (kind !== 'trial' || (invoiced && stack === 'running'));
}

/** Statuses of customers who pay, or have paid: their work comes first. */
export const paying: readonly SubscriptionStatus[] = ['active', 'past_due', 'suspended', 'paused'];
