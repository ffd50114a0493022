/** Our lines as an invoice gets them: what a person has to approve is held, the rest is planned. */
import { whyHeld } from '../../invoices/hold-line.ts';
import { deadlineOf, nextLook } from '../../invoices/invoice.ts';
import type { WrittenLine } from '../../invoices/line-store.ts';
import type { NewLine } from '../../invoices/lines.ts';
import type { InvoiceRow } from '../../invoices/store.ts';
import { newId } from '../../lib/ids.ts';
import type { Context } from '../deed.ts';
import { findUsualCosts } from './rate-invoice.ts';

/** @param isFree nothing is held: nobody is asked for what these lines say */
export async function holdLines(
  context: Context,
  customerId: string,
  lines: readonly NewLine[],
  isFree: boolean,
): Promise<WrittenLine[]> {
  const usual = isFree ? new Map<string, number>() : await findUsualCosts(context, customerId);
  return lines.map((line) => {
    const heldWhy = isFree ? null : whyHeld(line, context.settings.holdRules, usual);
    const state = heldWhy === null ? 'planned' : 'held';
    return { ...line, id: newId('invoiceLine', context.random), by: 'tenantry', state, stripeLineId: null, heldWhy };
  });
}

/** What changes of an invoice that has such lines: it waits until they are decided about, or its deadline. */
export const awaitingApproval = (invoice: InvoiceRow, now: number) => ({
  state: 'held' as const,
  holdReason: 'approval' as const,
  lookAt: nextLook(now, deadlineOf(invoice)),
});
