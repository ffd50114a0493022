/** Payment intents, setup intents and what joins a payment to an invoice. Pure. */
import type { Wire } from '../wire.ts';
import type { Decline } from './cards.ts';

export type PaymentIntentStatus = 'requires_payment_method' | 'requires_action' | 'succeeded' | 'canceled';
export type PaymentIntent = {
  id: string;
  created: number;
  customer: string;
  amount: number;
  currency: string;
  status: PaymentIntentStatus;
  secret: string;
  /** What it pays: an invoice, or a Checkout session that has no invoice yet. */
  invoice: string | null;
  session: string | null;
  /** The session's code and card, until it is authenticated. */
  promotionCode: string | null;
  paymentMethod: string | null;
  latestCharge: string | null;
  lastError: Decline | null;
  canceledAt: number | null;
};

export type InvoicePayment = {
  id: string;
  created: number;
  invoice: string;
  amountRequested: number;
  amountPaid: number | null;
  currency: string;
  paymentIntent: string;
  status: 'open' | 'paid' | 'canceled';
  paidAt: number | null;
  canceledAt: number | null;
};

export type SetupIntent = {
  id: string;
  created: number;
  customer: string;
  status: 'requires_action' | 'succeeded' | 'canceled';
  secret: string;
  session: string | null;
  promotionCode: string | null;
  paymentMethod: string | null;
};

const actionOf = (status: string, url: string) =>
  status === 'requires_action' ? { type: 'redirect_to_url', redirect_to_url: { return_url: null, url } } : null;

/** @param pages where the stand-in's 3-D Secure page is */
export const paymentIntentWire = (intent: PaymentIntent, pages: string): Wire =>
  ({
    id: intent.id,
    object: 'payment_intent',
    allowed_payment_method_types: null,
    amount: intent.amount,
    amount_capturable: 0,
    amount_received: intent.status === 'succeeded' ? intent.amount : 0,
    application: null,
    application_fee_amount: null,
    automatic_payment_methods: null,
    canceled_at: intent.canceledAt,
    cancellation_reason: intent.canceledAt === null ? null : 'void_invoice',
    capture_method: 'automatic',
    client_secret: intent.secret,
    confirmation_method: 'automatic',
    created: intent.created,
    currency: intent.currency,
    customer: intent.customer,
    customer_account: null,
    description: null,
    excluded_payment_method_types: null,
    last_payment_error:
      intent.lastError === null
        ? null
        : {
            type: 'card_error',
            code: intent.lastError.code,
            decline_code: intent.lastError.declineCode,
            message: intent.lastError.message,
          },
    latest_charge: intent.latestCharge,
    livemode: false,
    managed_payments: null,
    metadata: {},
    next_action: actionOf(intent.status, `${pages}/3d-secure/${intent.id}`),
    on_behalf_of: null,
    payment_method: intent.paymentMethod,
    payment_method_configuration_details: null,
    payment_method_options: {},
    payment_method_types: ['card'],
    payment_record: null,
    processing: null,
    receipt_email: null,
    review: null,
    setup_future_usage: 'off_session',
    shipping: null,
    source: null,
    statement_descriptor: null,
    statement_descriptor_suffix: null,
    status: intent.status,
    transfer_data: null,
    transfer_group: null,
  }) as Wire;

export const invoicePaymentWire = (payment: InvoicePayment): Wire =>
  ({
    id: payment.id,
    object: 'invoice_payment',
    amount_paid: payment.amountPaid,
    amount_requested: payment.amountRequested,
    created: payment.created,
    currency: payment.currency,
    invoice: payment.invoice,
    is_default: true,
    livemode: false,
    payment: { payment_intent: payment.paymentIntent, type: 'payment_intent' },
    status: payment.status,
    status_transitions: { canceled_at: payment.canceledAt, paid_at: payment.paidAt },
  }) as Wire;

export const setupIntentWire = (intent: SetupIntent, pages: string): Wire =>
  ({
    id: intent.id,
    object: 'setup_intent',
    allowed_payment_method_types: null,
    application: null,
    automatic_payment_methods: null,
    cancellation_reason: null,
    client_secret: intent.secret,
    created: intent.created,
    customer: intent.customer,
    customer_account: null,
    description: null,
    excluded_payment_method_types: null,
    flow_directions: null,
    last_setup_error: null,
    latest_attempt: null,
    livemode: false,
    managed_payments: null,
    mandate: null,
    metadata: {},
    next_action: actionOf(intent.status, `${pages}/3d-secure/${intent.id}`),
    on_behalf_of: null,
    payment_method: intent.paymentMethod,
    payment_method_configuration_details: null,
    payment_method_options: {},
    payment_method_types: ['card'],
    single_use_mandate: null,
    status: intent.status,
    usage: 'off_session',
  }) as Wire;
