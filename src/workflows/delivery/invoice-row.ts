/** The invoice that an outbox row is about, and whether it may go to Stripe now. */
import type { WholeCustomer } from '../../customers/store.ts';
import { findWhole } from '../../customers/store.ts';
import { commit } from '../../db/client.ts';
import type { Write } from '../../db/write.ts';
import { modeOf } from '../../invoices/brake-store.ts';
import { isNearEnd, isOurs, isUnfinished, pausedMs } from '../../invoices/invoice.ts';
import { find, type InvoiceRow, moveHold } from '../../invoices/store.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import { later, needless, type Sent } from '../../outbox/outbox.ts';
import type { OutboxRow } from '../../outbox/store.ts';
import type { StripePort } from '../../stripe/port.ts';
import type { Carriers } from './carriers.ts';

interface AboutInvoice {
  stripe: StripePort;
  invoice: InvoiceRow;
  whole: WholeCustomer;
}

/** While the brake is not live nothing of an invoice goes to Stripe: what is planned waits, and a draft with it. */
export async function aboutInvoice(carriers: Carriers, row: OutboxRow): Promise<Result<AboutInvoice, Sent<Write>>> {
  const { db, stripe, invoicing } = carriers;
  if (!stripe) return err(later('stripe_not_configured'));
  const invoice = await find(db, String(row.payload['invoice_id']));
  const whole = invoice && (await findWhole(db, invoice.customerId));
  if (!invoice || !whole) return err(needless('invoice_gone'));
  const mode = await modeOf(db, invoicing.billingMode);
  if (mode === 'paused') await keepOpen(carriers, stripe, invoice);
  if (mode !== 'live') return err(later('billing_brake'));
  return ok({ stripe, invoice, whole });
}

/**
 * A draft that was on its way when billing was paused; what waits is looked at once an hour at least. One whose deadline has passed stays a
 * draft for a reason of its own (send-stripe-finalize.ts).
 */
async function keepOpen({ db, now }: Carriers, stripe: StripePort, invoice: InvoiceRow): Promise<void> {
  const { id, stripeInvoiceId, holdUntil } = invoice;
  const isOver = holdUntil === null || holdUntil <= now() || !isUnfinished(invoice);
  if (isOurs(invoice) || isOver || stripeInvoiceId === null || !isNearEnd(invoice, now())) return;
  const until = now() + pausedMs;
  const held = await stripe.invoices.hold(stripeInvoiceId, until);
  if (held.ok) await commit(db, [moveHold(id, until)]);
}
