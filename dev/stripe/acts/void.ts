/** Gives up an open invoice: void, or uncollectible. */
import type { Context } from '../context.ts';
import { move } from '../move.ts';
import type { Invoice } from '../objects/invoice.ts';
import { secondsOf } from '../seconds.ts';
import { must } from '../wires.ts';
import { settleDropped } from './settle.ts';
import { voided } from './voided.ts';

/** Nobody can pay it any more. */
export function voidInvoice(context: Context, invoice: Invoice): Invoice {
  const after = voided(context, invoice);
  settleDropped(context, after, 'voided');
  return must(context, 'invoice', invoice.id);
}

/** It may still be paid, but nobody counts on it. */
export function markUncollectible(context: Context, invoice: Invoice): Invoice {
  context.store.clearAllDue(invoice.id);
  const after = move(context, 'invoice', invoice, 'marked_uncollectible', {
    autoAdvance: false,
    nextAttempt: null,
    uncollectibleAt: secondsOf(context.now),
    uncollectibleReason: 'user_forgiven',
  });
  settleDropped(context, after, 'marked_uncollectible');
  return must(context, 'invoice', invoice.id);
}
