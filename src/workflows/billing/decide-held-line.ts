/**
 * A person decides about a line that is held. Approved while its invoice still waits it is on that one; later it comes on the customer's
 * next, or on one of its own where none follows.
 */
import { type Failure, notFound } from '../../contracts/failures.ts';
import { isDraft } from '../../invoices/invoice.ts';
import { decide, findLine, guardHeld, type LineRow } from '../../invoices/line-store.ts';
import * as invoiceStore from '../../invoices/store.ts';
import { err, ok } from '../../lib/result.ts';
import type { Context, Planned } from '../deed.ts';

export interface HeldLine {
  line: LineRow;
  invoice: invoiceStore.InvoiceRow;
}

const notHeld: Failure = { code: 'line_not_held', message: 'nothing waits for a decision here: somebody has decided' };

export async function decideHeldLine(
  context: Context,
  { id, verdict, reason }: { id: string; verdict: 'release' | 'reject'; reason: string },
): Promise<Planned<HeldLine>> {
  const { db, now } = context;
  const line = await findLine(db, id);
  const invoice = line && (await invoiceStore.find(db, line.invoiceId));
  if (!line || !invoice) return err(notFound);
  if (line.state !== 'held') return err(notHeld);
  const isWaiting = isDraft(invoice) && invoice.orderedAt === null;
  const to = verdict === 'reject' ? 'rejected' : isWaiting ? 'planned' : 'released';
  return ok({
    value: { line: { ...line, state: to }, invoice },
    writes: [
      guardHeld(id),
      invoiceStore.guardUnchanged(invoice),
      decide(id, to),
      invoiceStore.change(invoice, isWaiting ? { lookAt: now } : {}, now),
    ],
    audit: [
      {
        action: `invoice.line_${to}`,
        subject: invoice.customerId,
        details: { invoice_id: invoice.id, line_id: line.lineId, amount_cents: line.amountCents, reason },
      },
    ],
  });
}
