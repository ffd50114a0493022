/** Who sends which kind of outbox row. A new outgoing call is one sender of its own and one line here. */
import type { OutboxKind } from '../../outbox/store.ts';
import type { Sender } from './carriers.ts';
import { sendDoorbell } from './send-doorbell.ts';
import { sendMail } from './send-mail.ts';
import { sendNotice } from './send-notice.ts';
import { sendSignupMail } from './send-signup-mail.ts';
import { sendStripeBilling } from './send-stripe-billing.ts';
import { sendStripeCancel } from './send-stripe-cancel.ts';
import { sendStripeCredit } from './send-stripe-credit.ts';
import { sendStripeCustomer } from './send-stripe-customer.ts';
import { sendStripeDrop } from './send-stripe-drop.ts';
import { sendStripeFinalize } from './send-stripe-finalize.ts';
import { sendStripeGoOn } from './send-stripe-go-on.ts';
import { sendStripeHold } from './send-stripe-hold.ts';
import { sendStripeInvoice } from './send-stripe-invoice.ts';
import { sendStripeLines } from './send-stripe-lines.ts';
import { sendStripeMove } from './send-stripe-move.ts';
import { sendStripeOrder } from './send-stripe-order.ts';
import { sendStripePause } from './send-stripe-pause.ts';
import { sendStripePrice } from './send-stripe-price.ts';
import { sendStripeUsage } from './send-stripe-usage.ts';

export const senders: Readonly<Record<OutboxKind, Sender>> = {
  doorbell: sendDoorbell,
  mail: sendMail,
  notice: sendNotice,
  signup_mail: sendSignupMail,
  stripe_customer: sendStripeCustomer,
  stripe_price: sendStripePrice,
  stripe_cancel: sendStripeCancel,
  stripe_drop: sendStripeDrop,
  stripe_pause: sendStripePause,
  stripe_move: sendStripeMove,
  stripe_go_on: sendStripeGoOn,
  stripe_order: sendStripeOrder,
  stripe_usage: sendStripeUsage,
  stripe_lines: sendStripeLines,
  stripe_invoice: sendStripeInvoice,
  stripe_hold: sendStripeHold,
  stripe_finalize: sendStripeFinalize,
  stripe_credit: sendStripeCredit,
  stripe_billing: sendStripeBilling,
};
