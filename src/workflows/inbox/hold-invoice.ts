/**
 * Has Stripe keep a renewal's invoice a draft until its usage is in. Setting the time switches Stripe's own hold off, and a webhook
 * that is answered without it leaves one hour: so it is set before the answer, and whoever answers depends on it.
 */
import type { Write } from '../../db/write.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import { hourMs } from '../../lib/time.ts';
import type { StripeFailure } from '../../stripe/call.ts';
import { findObject, noteHeld } from '../../webhooks/object-store.ts';
import type { Context } from '../deed.ts';

/** However late we hear of it: what is left is long enough to rate the period. */
const leastMs = hourMs;

export interface Draft {
  /** `in_…` */
  id: string;
  customerId: string;
  /** When Stripe made it, ms. */
  madeAt: number;
}

interface Held {
  /** ms */
  until: number | null;
  writes: Write[];
}

const noKey: StripeFailure = { kind: 'denied', code: 'stripe_not_configured' };

/**
 * Sets the time unless we have done so before. An invoice that is no draft any more, or not there, is past holding.
 * @returns until when it is held, null where it is not, and what notes it
 */
export async function holdInvoice(context: Context, draft: Draft): Promise<Result<Held, StripeFailure>> {
  const { db, now, stripe, settings } = context;
  const known = await findObject(db, draft.id);
  if (known?.heldUntil != null) return ok({ until: known.heldUntil, writes: [] });
  if (!stripe) return err(noKey);
  const until = Math.max(draft.madeAt + settings.holdMs, now + leastMs);
  const held = await stripe.invoices.hold(draft.id, until);
  if (held.ok) return ok({ until, writes: [noteHeld(draft, until, now)] });
  if (held.error.kind !== 'refused') return held;
  const found = await stripe.invoices.fetch(draft.id);
  const isPast = found.ok ? found.value.status !== 'draft' : found.error.code === 'resource_missing';
  return isPast ? ok({ until: null, writes: [] }) : held;
}
