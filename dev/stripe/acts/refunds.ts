/** Money that goes back: refunds, and disputes, which customers open with their bank. */
import type { Context } from '../context.ts';
import { refuse } from '../errors.ts';
import { newId } from '../ids.ts';
import { begin, move } from '../move.ts';
import type { Charge, Dispute, Refund, RefundReason } from '../objects/charge.ts';
import { secondsOf } from '../seconds.ts';
import { must } from '../wires.ts';

export type Refunding = {
  /** Cents; null: what is left of it. */
  amount: number | null;
  reason: RefundReason | null;
  metadata: Record<string, string>;
};

/** Refuses more than is left, and what was not paid. */
export function refundCharge(context: Context, charge: Charge, { amount, reason, metadata }: Refunding): Refund {
  const left = charge.amount - charge.amountRefunded;
  if (charge.status !== 'succeeded') refuse('This charge has not succeeded.', 'charge_not_refundable');
  if (left === 0) refuse(`Charge ${charge.id} has already been refunded.`, 'charge_already_refunded');
  const cents = amount ?? left;
  if (cents > left) {
    refuse(
      `Refund amount (${cents}) is greater than unrefunded amount on charge (${left})`,
      'amount_too_large',
      'amount',
    );
  }
  const refund = begin(
    context,
    'refund',
    {
      id: newId('re'),
      created: secondsOf(context.now),
      customer: charge.customer,
      charge: charge.id,
      paymentIntent: charge.paymentIntent,
      amount: cents,
      currency: charge.currency,
      reason,
      status: 'succeeded',
      metadata,
    },
    'created',
  );
  move(context, 'charge', charge, 'refunded', { amountRefunded: charge.amountRefunded + cents });
  return refund;
}

/** The bank gives a refund back: the card is gone. */
export function giveRefundBack(context: Context, refund: Refund): Refund {
  const failed = move(context, 'refund', refund, 'given_back');
  const charge = must(context, 'charge', refund.charge);
  move(context, 'charge', charge, 'updated', { amountRefunded: charge.amountRefunded - refund.amount });
  return failed;
}

export function openDispute(context: Context, charge: Charge, reason: string): Dispute {
  if (charge.status !== 'succeeded') refuse('This charge has not succeeded.');
  if (charge.disputed) refuse('This charge is disputed already.', 'charge_disputed');
  const dispute = begin(
    context,
    'dispute',
    {
      id: newId('dp'),
      created: secondsOf(context.now),
      customer: charge.customer,
      charge: charge.id,
      paymentIntent: charge.paymentIntent,
      amount: charge.amount,
      currency: charge.currency,
      reason,
      status: 'needs_response',
    },
    'opened',
  );
  move(context, 'charge', charge, 'updated', { disputed: true });
  return dispute;
}
