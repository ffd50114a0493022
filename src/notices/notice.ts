/**
 * What a customer's people are told by mail, and what each kind of mail has to know. A notice is told once for what it is
 * about: `about` is the invoice, the trial or the cancellation by whose name it is known. Pure.
 */
import type { SubscriptionStatus } from '../contracts/customers.ts';
import type { CapAction } from '../contracts/spend-caps.ts';

/** What a period costs so far beside its cap. */
interface SpentParams {
  cap_cents: number;
  used_cents: number;
  currency: string;
  period_ends_at: number;
}

/** Times in ms since the epoch; amounts in cents of `currency`, a lower-case ISO 4217 code; addresses absolute. */
export interface NoticeParams {
  /** The free days are about to end. */
  trial_ending: { trial_ends_at: number };
  /** They have ended, and nothing was subscribed. */
  trial_ended: Record<never, never>;
  /** What was tried out is paid for from now on. */
  converted: { plan: string };
  /** A payment has failed; `grace_ends_at`: when the stack is stopped unless it comes. */
  payment_failed: { amount_cents: number; currency: string; payment_url?: string; grace_ends_at?: number };
  /** The bank wants the payment confirmed by a person. */
  payment_action_required: { amount_cents: number; currency: string; payment_url?: string };
  /** A failed payment is about to stop the stack. */
  grace_reminder: { grace_ends_at: number; payment_url?: string };
  /** The stack is stopped, because nothing was paid. */
  suspended: { payment_url?: string };
  /** It is paid, and the stack runs again. */
  recovered: Record<never, never>;
  /** The subscription has ended; `delete_at`: when the data is deleted. */
  canceled: { delete_at: number };
  /** A share of the spend cap is used; `action`: what the whole of it leads to. */
  spend_cap_alert: SpentParams & { percent: number; action: CapAction };
  /** The whole of it is, and the instance is stopped. */
  spend_cap_suspended: SpentParams;
  /** The instance runs again: the cap was raised, or another period has begun. */
  spend_cap_resumed: Record<never, never>;
  /** An invoice waits for an address that tax can be worked out for. */
  tax_address_wrong: Record<never, never>;
  deletion_ahead: { delete_at: number };
  deleted: Record<never, never>;
}

export type NoticeKind = keyof NoticeParams;

/** One notice: at most one mail a person. */
export interface Notice<K extends NoticeKind = NoticeKind> {
  customerId: string;
  kind: K;
  /** What it is about: the same kind about the same thing is told once. */
  about: string;
  params: NoticeParams[K];
}

/**
 * In which states a notice is still true, of those that ask for something or speak of what lies ahead; one that is not true is
 * not sent any more. The others tell what has happened.
 */
const trueIn: Readonly<Partial<Record<NoticeKind, readonly SubscriptionStatus[]>>> = {
  trial_ending: ['trialing'],
  grace_reminder: ['past_due'],
  canceled: ['canceled'],
  deletion_ahead: ['canceled'],
};

export const isTrueIn = (kind: NoticeKind, status: SubscriptionStatus): boolean =>
  trueIn[kind]?.includes(status) ?? true;
