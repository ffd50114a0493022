/**
 * An invoice: its states, how long it waits, and which state Stripe's means. Stripe makes and collects; what of ours is on it stands in
 * lines.ts. Pure.
 */
import type { InvoiceKind, InvoiceState } from '../contracts/invoices.ts';
import { dayMs, hourMs, minuteMs } from '../lib/time.ts';

/** States in which our lines may still be put on it. */
const drafts: readonly InvoiceState[] = ['draft', 'held'];
export const isDraft = ({ state }: { state: InvoiceState }): boolean => drafts.includes(state);

/** States in which it is still a draft at Stripe: what it says may change. */
const unfinished: readonly InvoiceState[] = [...drafts, 'finalizing', 'failed'];
export const isUnfinished = ({ state }: { state: InvoiceState }): boolean => unfinished.includes(state);

/** Stripe finalises by itself when the hold ends: our lines have to be there so long before it. */
const leadMs = hourMs / 4;

/** When what is known is billed, ms. */
export const deadlineOf = ({ holdUntil, createdAt }: { holdUntil: number | null; createdAt: number }): number =>
  (holdUntil ?? createdAt) - leadMs;

/** Reports settle and travel: before that nobody can say that a period's usage is all there. */
export const settleMs = hourMs / 4;

/** How often a draft that waits is looked at. */
const lookMs = 5 * minuteMs;

/** When to look again, ms: at the deadline at the latest. */
export const nextLook = (now: number, deadline: number): number =>
  deadline > now ? Math.min(now + lookMs, deadline) : now + lookMs;

/**
 * While billing is paused Stripe must not finalise a draft by itself: so long before it would, it is told to keep it longer, and for how
 * long at least, ms.
 */
const pausedLeadMs = 2 * hourMs;
export const pausedMs = 4 * hourMs;

/** Whether Stripe finalises the draft soon, unless it is told to keep it longer. */
export const isNearEnd = (
  { holdUntil, stripeInvoiceId }: { holdUntil: number | null; stripeInvoiceId: string | null },
  now: number,
): boolean => holdUntil !== null && stripeInvoiceId !== null && holdUntil <= now + pausedLeadMs;

/** What no invoice has billed yet is billed for so long after its period's end; usage is taken for as long after its window's. */
export const openMs = 62 * dayMs;

/** A report that was taken in time may wait so long in a queue before it is stored. */
const queuedMs = 14 * dayMs;

/**
 * The end, ms, of the oldest period of which something may have changed since the customer's invoices were made: what was taken after the
 * newest of them ended 62 days before that at most, however long ago that is by now. One that went without lines of ours has settled nothing.
 * @param others all of the customer's
 */
export function changedSince(
  others: readonly { state: InvoiceState; ratedAt: number | null; late: boolean }[],
): number {
  const settled = others.flatMap(({ state, ratedAt, late }) =>
    state === 'void' || late || ratedAt === null ? [] : [ratedAt],
  );
  return Math.max(0, ...settled) - openMs - queuedMs;
}

/** So long after a period's end, or a subscription's, it is seen that something of it has changed: what is too old is written off then. */
export const afterMs = openMs + 31 * dayMs;

/** A month for which no renewal has come by then is billed by an invoice of ours. */
export const renewalMs = 3 * dayMs;

/** Less than this is not worth an invoice of its own; Stripe does not charge it either. */
export const ownInvoiceCentsMin = 50;

/** An invoice at Stripe, as far as its state goes. */
interface AtStripe {
  status: 'draft' | 'open' | 'paid' | 'uncollectible' | 'void';
  /** Why it could not be finalised. */
  finalizationError: string | null;
}

/** The state that Stripe's means; of a draft the one that we have, unless Stripe cannot finalise it. */
export function stateAfter(before: InvoiceState, { status, finalizationError }: AtStripe): InvoiceState {
  if (status !== 'draft') return status;
  return finalizationError === null ? before : 'failed';
}

/** Whether what it says of its period is fixed: what changes from then on is a line of another one. */
export const isFixed = ({ ratedAt, finalizedAt }: { ratedAt: number | null; finalizedAt: number | null }): boolean =>
  ratedAt !== null || finalizedAt !== null;

/** Who makes an invoice of this kind. */
export const isOurs = ({ kind }: { kind: InvoiceKind }): boolean => kind !== 'cycle';

/** What the customer reads on an invoice that we make. */
export const titleOf: Readonly<Record<Exclude<InvoiceKind, 'cycle'>, string>> = {
  usage: 'Usage',
  closing: 'Last usage of your subscription',
  delta: 'Usage that was reported late or corrected',
};
