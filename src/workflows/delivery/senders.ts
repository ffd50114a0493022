/** Who sends which kind of outbox row. A new outgoing call is one sender of its own and one line here. */
import type { OutboxKind } from '../../outbox/store.ts';
import type { Sender } from './carriers.ts';
import { sendDoorbell } from './send-doorbell.ts';
import { sendMail } from './send-mail.ts';
import { sendStripeCustomer } from './send-stripe-customer.ts';
import { sendStripeGoOn } from './send-stripe-go-on.ts';
import { sendStripeOrder } from './send-stripe-order.ts';
import { sendStripePrice } from './send-stripe-price.ts';

export const senders: Readonly<Record<OutboxKind, Sender>> = {
  doorbell: sendDoorbell,
  mail: sendMail,
  stripe_customer: sendStripeCustomer,
  stripe_price: sendStripePrice,
  stripe_go_on: sendStripeGoOn,
  stripe_order: sendStripeOrder,
};
