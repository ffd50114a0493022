/**
 * Orders that go once more because what they were refused for may be mended, also while they are under way: of a mending and a refusal
 * that cross neither is lost. Rows of the outbox (store.ts); decides nothing.
 */
import { sql } from 'drizzle-orm';
import { guard } from '../db/guards.ts';
import { type Write, write } from '../db/write.ts';
import { discard, planUnless } from './store.ts';

/**
 * Plans that an invoice is finalised because what hindered it may be mended. An order that is on its way is told so: it goes once more where
 * Stripe refuses it.
 */
export const planFinalizeAgain = (row: { customerId: string; invoiceId: string; now: number }): Write[] => {
  const own = sql`kind = 'stripe_finalize' AND payload ->> 'invoice_id' = ${row.invoiceId} AND state IN ('planned', 'sent')`;
  const payload = { customer_id: row.customerId, invoice_id: row.invoiceId };
  const isNoneFailed = sql`NOT EXISTS (SELECT 1 FROM invoices WHERE id = ${row.invoiceId} AND state = 'failed')`;
  return [
    write(sql`UPDATE outbox SET payload = json_set(payload, '$.again', 1) WHERE ${own}`),
    planUnless(
      { kind: 'stripe_finalize', payload, now: row.now },
      sql`(EXISTS (SELECT 1 FROM outbox WHERE ${own}) OR ${isNoneFailed})`,
    ),
  ];
};

/** What was refused is not sent any more. Fails the batch where it is to go once more. */
export const discardRefused = (id: string, why: string): Write[] => [
  guard('outbox_not_again', sql`NOT EXISTS (SELECT 1 FROM outbox WHERE id = ${id} AND payload ->> 'again' = 1)`),
  discard(id, why),
];

/** Once more, under a key that was never used. */
export const goOnceMore = (id: string, now: number): Write =>
  write(
    sql`UPDATE outbox SET epoch = epoch + 1, sent_at = ${now}, payload = json_remove(payload, '$.again') WHERE id = ${id}`,
  );
