/**
 * Puts the lines of an invoice on its draft at Stripe, all in one call, and orders that it is finalised. What the call says follows
 * from the rows alone, which were fixed before: the same key always says the same.
 */
import { isDraft } from '../../invoices/invoice.ts';
import { findLines, markBilled } from '../../invoices/line-store.ts';
import { find as findInvoice, move } from '../../invoices/store.ts';
import { type StripeLineInput, toStripeLines } from '../../invoices/stripe-lines.ts';
import { err, ok } from '../../lib/result.ts';
import { later, needless } from '../../outbox/outbox.ts';
import { planForInvoice } from '../../outbox/store.ts';
import type { StripeResult } from '../../stripe/call.ts';
import type { StripePort } from '../../stripe/port.ts';
import type { Sender } from './carriers.ts';
import { aboutInvoice } from './invoice-row.ts';
import { nextRowId, sendIntent } from './stripe-intent.ts';

type Pair = [ours: string, theirs: string];

/** Which of our lines the invoice has at Stripe. */
async function pairsOn(
  stripe: StripePort,
  id: string,
  lines: readonly StripeLineInput[],
): Promise<StripeResult<Pair[]>> {
  const shown = await stripe.drafts.lines(id);
  if (!shown.ok) return shown;
  const byMark = new Map(
    shown.value.flatMap(({ id: theirs, mark }) => (mark === null ? [] : [[mark, theirs] as const])),
  );
  return ok(
    lines.flatMap(({ mark, ids }) => {
      const theirs = byMark.get(mark);
      return theirs === undefined ? [] : ids.map((ours): Pair => [ours, theirs]);
    }),
  );
}

export const sendStripeLines: Sender = async (carriers, row) => {
  const about = await aboutInvoice(carriers, row);
  if (!about.ok) return about.error;
  const { stripe, invoice } = about.value;
  const { id: invoiceId, customerId, stripeInvoiceId } = invoice;
  if (!isDraft(invoice)) return needless('not_wanted_any_more');
  if (stripeInvoiceId === null) return later('no_stripe_invoice');
  const rows = await findLines(carriers.db, invoiceId);
  const planned = rows.filter(({ by, state }) => by === 'tenantry' && state === 'planned');
  const lines = toStripeLines(planned.map(({ body, ...line }) => ({ ...line, description: body.description })));
  const next = nextRowId(row);
  let pairs: Pair[] = [];
  /** Stripe's id of the invoice where our lines are on it; null where none of them is. */
  const look = async (): Promise<StripeResult<string | null>> => {
    const found = await pairsOn(stripe, stripeInvoiceId, lines);
    if (!found.ok) return found;
    pairs = found.value;
    return ok(pairs.length > 0 ? stripeInvoiceId : null);
  };
  const sent = await sendIntent(carriers, row, {
    find: look,
    async send(key) {
      const to = { id: stripeInvoiceId, invoiceId };
      const added = await stripe.drafts.addLines(to, lines, carriers.invoicing.lineTax, key);
      if (!added.ok) return added;
      const found = await look();
      // What was added a moment ago and is not shown is looked for again.
      return found.ok && found.value === null
        ? err({ kind: 'unclear', code: 'lines_not_shown' })
        : (found as StripeResult<string>);
    },
    settle: () => [
      markBilled(invoiceId, pairs),
      move(invoiceId, ['draft', 'held'], 'finalizing'),
      planForInvoice({ id: next, kind: 'stripe_finalize', customerId, invoiceId, now: carriers.now() }),
    ],
  });
  if (sent.outcome === 'ok') return { ...sent, outbox: [next] };
  // It was finalised, voided or deleted meanwhile: what became of it says which lines the next invoice has.
  if (sent.outcome === 'never') {
    await carriers.refreshInvoice(customerId, stripeInvoiceId);
    if (await isOver(carriers, invoiceId)) return needless('not_a_draft_any_more');
  }
  return sent;
};

const isOver = async ({ db }: Parameters<Sender>[0], id: string): Promise<boolean> => {
  const invoice = await findInvoice(db, id);
  return invoice === null || !isDraft(invoice);
};
