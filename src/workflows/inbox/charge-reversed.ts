/** Money went back, or was asked back, of a charge: all its refunds and disputes are kept as they are now, each change with a row of the log. */
import { recordWhere } from '../../audit/store.ts';
import type { Write } from '../../db/write.ts';
import { isNews, keepReversal } from '../../invoices/reversal-store.ts';
import type { StripeReversal } from '../../stripe/charges.ts';
import { chargeIn } from '../../webhooks/event.ts';
import { findWhose } from '../../webhooks/event-store.ts';
import { raiseFetch, writeFetched } from '../../webhooks/object-store.ts';
import type { Context } from '../deed.ts';
import { type Handler, shown, stripeOf } from './handler.ts';

export const chargeReversed: Handler = async (context, event) => {
  const { db, now } = context;
  const chargeId = chargeIn(event.payload);
  if (chargeId === null) return null;
  const fetchSeq = await raiseFetch(db, { id: chargeId, kind: 'charge', now });
  const { customer, metadata, reversals, ...charge } = shown(
    chargeId,
    await stripeOf(context, chargeId).charges.fetch(chargeId),
  );
  const ours = metadata['tenantry_customer_id'] ?? null;
  const customerId = await findWhose(db, { stripeId: customer, ours });
  if (customerId === null) return null;
  return {
    customerId,
    writes: [
      ...writeFetched({ id: chargeId, fetchSeq, customerId, body: { ...charge }, now }),
      ...reversals.flatMap((reversal) => kept(context, { customerId, chargeId }, reversal)),
    ],
  };
};

/** The log's row first: it is written where the kept one says something else. */
function kept(
  { random, actor, now }: Context,
  of: { customerId: string; chargeId: string },
  reversal: StripeReversal,
): Write[] {
  const row = { ...of, ...reversal };
  const { kind, id, amountCents, currency, status, reason } = reversal;
  const details = { [kind]: id, charge: of.chargeId, amount_cents: amountCents, currency, status, reason };
  const entry = { action: `payment.${kind}`, subject: of.customerId, details };
  return [recordWhere(random, actor, now, entry, isNews(row)), keepReversal(row, now)];
}
