/** The invoice that an outbox row is about, and whether it may go to Stripe now. */
import type { WholeCustomer } from '../../customers/store.ts';
import { findWhole } from '../../customers/store.ts';
import type { Write } from '../../db/write.ts';
import { modeOf } from '../../invoices/brake-store.ts';
import { find, type InvoiceRow } from '../../invoices/store.ts';
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

/** While the brake is not live nothing of an invoice goes to Stripe: what is planned waits. */
export async function aboutInvoice(
  { db, stripe, invoicing }: Carriers,
  row: OutboxRow,
): Promise<Result<AboutInvoice, Sent<Write>>> {
  if (!stripe) return err(later('stripe_not_configured'));
  const invoice = await find(db, String(row.payload['invoice_id']));
  const whole = invoice && (await findWhole(db, invoice.customerId));
  if (!invoice || !whole) return err(needless('invoice_gone'));
  if ((await modeOf(db, invoicing.billingMode)) !== 'live') return err(later('billing_brake'));
  return ok({ stripe, invoice, whole });
}
