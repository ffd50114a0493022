/** Who sends which kind of outbox row. A new outgoing call is one sender of its own and one line here. */
import type { OutboxKind } from '../../outbox/store.ts';
import type { Sender } from './carriers.ts';
import { sendDoorbell } from './send-doorbell.ts';
import { sendMail } from './send-mail.ts';
import { sendNotice } from './send-notice.ts';
import { sendStripeCustomer } from './send-stripe-customer.ts';
import { sendStripePause, sendStripeResume } from './send-stripe-pause.ts';

export const senders: Readonly<Record<OutboxKind, Sender>> = {
  doorbell: sendDoorbell,
  mail: sendMail,
  notice: sendNotice,
  stripe_customer: sendStripeCustomer,
  stripe_pause: sendStripePause,
  stripe_resume: sendStripeResume,
};
