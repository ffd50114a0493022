/**
 * The hold of a draft: one hour, and as long as the webhook of `invoice.created` is not answered up to 72 hours, unless somebody
 * has said when it is to be finalised. https://docs.stripe.com/billing/subscriptions/webhooks#understand
 */
import type { Context } from '../context.ts';
import type { Invoice } from '../objects/invoice.ts';
import { hourSeconds, secondsOf } from '../seconds.ts';
import { withoutUnknownTax } from './drop-tax.ts';
import { collect, finalise } from './finalise.ts';
import { draftSeconds } from './invoice.ts';

const holdSecondsMax = 72 * hourSeconds;
/** Not longer than a draft waits after the answer: so none is seen too late. */
const lookSeconds = hourSeconds;

/** Until when it is held, Unix seconds, null: no longer. */
function heldUntil(context: Context, invoice: Invoice): number | null {
  const now = secondsOf(context.now);
  if (invoice.finalizesAtIsSet || !context.webhooks) return null;
  const event = context.store.eventAbout('invoice.created', invoice.id);
  const answered = event === null ? null : context.answeredAt(event);
  const until = answered === null ? now + lookSeconds : secondsOf(answered) + draftSeconds;
  const last = invoice.created + holdSecondsMax;
  return Math.min(until, last) > now ? Math.min(until, last) : null;
}

export function finaliseWhenDue(context: Context, invoice: Invoice): void {
  if (invoice.status !== 'draft' || !invoice.autoAdvance) return;
  const until = heldUntil(context, invoice);
  if (until !== null) {
    context.store.setDue('finalise', invoice.id, until * 1000);
    return;
  }
  const event = context.store.eventAbout('invoice.created', invoice.id);
  const answered = event === null ? null : context.answeredAt(event);
  const webhooksDeliveredAt = answered === null ? invoice.webhooksDeliveredAt : secondsOf(answered);
  const { invoice: after, error } = finalise(context, withoutUnknownTax(context, { ...invoice, webhooksDeliveredAt }));
  if (error === null) collect(context, after);
}
