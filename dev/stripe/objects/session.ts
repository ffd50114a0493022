/** A Checkout session that makes a subscription. Pure. */
import type { Wire } from '../wire.ts';
import type { Customer } from './customer.ts';

export type SessionStatus = 'open' | 'complete' | 'expired';

export type Session = {
  id: string;
  created: number;
  customer: string;
  status: SessionStatus;
  currency: string;
  items: { id: string; price: string; quantity: number | null }[];
  successUrl: string;
  cancelUrl: string | null;
  expiresAt: number;
  allowPromotionCodes: boolean | null;
  automaticTax: boolean;
  taxIdCollection: boolean;
  /** The address of the page is kept with the customer. */
  takesAddress: boolean;
  addressCollection: 'auto' | 'required' | null;
  clientReferenceId: string | null;
  /** What its link asks for: discounts that are there before anyone types a code. */
  discounts: { coupon: string | null; promotionCode: string | null }[];
  metadata: Record<string, string>;
  subscription: string | null;
  invoice: string | null;
  paid: boolean;
  data: {
    description: string | null;
    metadata: Record<string, string>;
    trialEnd: number | null;
    missingPaymentMethod: 'create_invoice' | 'pause' | 'cancel';
  };
};

export type SessionSums = { subtotal: number; discount: number; tax: number; total: number };

/** @param pages where Checkout's page is */
export const sessionWire = (session: Session, customer: Customer, sums: SessionSums, pages: string): Wire =>
  ({
    id: session.id,
    object: 'checkout.session',
    adaptive_pricing: null,
    after_expiration: null,
    allow_promotion_codes: session.allowPromotionCodes,
    allowed_payment_method_types: null,
    amount_subtotal: sums.subtotal,
    amount_total: sums.total,
    automatic_tax: {
      enabled: session.automaticTax,
      liability: session.automaticTax ? { type: 'self' } : null,
      provider: session.automaticTax ? 'stripe' : null,
      status: session.automaticTax && session.status === 'complete' ? 'complete' : null,
    },
    billing_address_collection: session.addressCollection,
    cancel_url: session.cancelUrl,
    client_reference_id: session.clientReferenceId,
    client_secret: null,
    collected_information: null,
    consent: null,
    consent_collection: null,
    created: session.created,
    currency: session.currency,
    currency_conversion: null,
    custom_fields: [],
    custom_text: { after_submit: null, shipping_address: null, submit: null, terms_of_service_acceptance: null },
    customer: session.customer,
    customer_account: null,
    customer_creation: null,
    customer_details: {
      address: customer.address,
      business_name: null,
      email: customer.email,
      individual_name: null,
      name: customer.name,
      phone: customer.phone,
      tax_exempt: customer.taxExempt,
      tax_ids: null,
    },
    customer_email: null,
    discounts: session.discounts.map(({ coupon, promotionCode }) => ({ coupon, promotion_code: promotionCode })),
    expires_at: session.expiresAt,
    integration_identifier: null,
    invoice: session.invoice,
    invoice_creation: null,
    livemode: false,
    locale: null,
    managed_payments: null,
    metadata: session.metadata,
    mode: 'subscription',
    origin_context: null,
    payment_intent: null,
    payment_link: null,
    payment_method_collection: 'always',
    payment_method_configuration_details: null,
    payment_method_options: {},
    payment_method_types: ['card'],
    payment_status: session.status === 'complete' ? (session.paid ? 'paid' : 'no_payment_required') : 'unpaid',
    permissions: null,
    phone_number_collection: { enabled: false },
    recovered_from: null,
    saved_payment_method_options: {
      allow_redisplay_filters: ['always'],
      payment_method_remove: 'disabled',
      payment_method_save: null,
    },
    setup_intent: null,
    shipping_address_collection: null,
    shipping_cost: null,
    shipping_options: [],
    status: session.status,
    submit_type: null,
    subscription: session.subscription,
    success_url: session.successUrl,
    tax_id_collection: { enabled: session.taxIdCollection, required: 'never' },
    total_details: { amount_discount: sums.discount, amount_shipping: 0, amount_tax: sums.tax },
    ui_mode: 'hosted_page',
    url: session.status === 'open' ? `${pages}/checkout/${session.id}` : null,
    wallet_options: null,
  }) as Wire;
