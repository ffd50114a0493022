/**
 * Cron drops the renewal invoices of customers whose stack stands for an unpaid invoice and who pay by invoice: their subscription
 * is not paused at Stripe (decision 15), and goes on making invoices for what nobody has. What was owed before is still owed.
 */
import { ok } from '../../lib/result.ts';
import { planUnless } from '../../outbox/store.ts';
import { findRenewals, isDropped } from '../../webhooks/renewal-store.ts';
import { type Context, carryOut } from '../deed.ts';
import { each } from '../each.ts';

/** Of one tick; what is left waits for the next hour, in which a draft is held. */
const perTick = 200;

/** Plans the drops. @returns how many invoices were found */
export async function dropRenewals(context: Context): Promise<number> {
  const { db, now, log } = context;
  const found = await findRenewals(db, perTick);
  const done = await each(
    found,
    ({ customerId, invoiceId }) => {
      const payload = { customer_id: customerId, invoice_id: invoiceId };
      const write = planUnless({ kind: 'stripe_drop', payload, now }, isDropped(invoiceId));
      const audit = [{ action: 'invoice.dropped', subject: customerId, details: { stripe_invoice_id: invoiceId } }];
      return carryOut(context, async () => ok({ value: null, writes: [write], audit }));
    },
    {
      log,
      what: 'dropping a renewal',
      named: ({ customerId, invoiceId }) => ({ customer_id: customerId, invoice: invoiceId }),
    },
  );
  return done.length;
}
