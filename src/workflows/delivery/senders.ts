/** Who sends which kind of outbox row. A new outgoing call is one sender of its own and one line here. */
import type { OutboxKind } from '../../outbox/store.ts';
import type { Sender } from './carriers.ts';
import { sendDoorbell } from './send-doorbell.ts';
import { sendMail } from './send-mail.ts';
import { sendNotice } from './send-notice.ts';
import { sendSignupMail } from './send-signup-mail.ts';
import { sendStripeBilling } from './send-stripe-billing.ts';
import { sendStripeCancel } from './send-stripe-cancel.ts';
import { sendStripeCustomer } from './send-stripe-customer.ts';
import { sendStripeDrop } from './send-stripe-drop.ts';
import { sendStripeFinalise } from './send-stripe-finalise.ts';
import { sendStripeGoOn } from './send-stripe-go-on.ts';
import { sendStripeOrder } from './send-stripe-order.ts';
import { sendStripePause } from './send-stripe-pause.ts';
import { sendStripePrice } from './send-stripe-price.ts';

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
  stripe_go_on: sendStripeGoOn,
  stripe_order: sendStripeOrder,
  stripe_billing: sendStripeBilling,
  stripe_finalise: sendStripeFinalise,
};
