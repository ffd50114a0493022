/** Checkout: Stripe's own page where a subscription is bought. The session makes nothing until somebody pays on it. */
import type Stripe from 'stripe';
import { attempt, type StripeResult } from './call.ts';

const secondMs = 1000;

export interface CheckoutInput {
  /** `cus_…` */
  customer: string;
  priceId: string;
  successUrl: string;
  cancelUrl: string;
  /** Free until then, ms; null: paid at once. Stripe takes whole seconds that lie 48 h ahead. */
  trialEnd: number | null;
  /** What is taken off: nothing, a code that is typed in on the page, or the `promo_…` of one that is given already. */
  promotion: 'none' | 'typed' | { id: string };
  /** Whether Stripe works out tax, by the address that is typed in, and asks for tax ids. */
  tax: boolean;
  customerId: string;
  plan: string;
  planVersion: string;
  /** The order that it is made for. */
  orderId: string;
}

export interface CheckoutSession {
  /** `cs_…` */
  id: string;
  /** Null once it is over. */
  url: string | null;
  expiresAt: number;
  orderId: string | null;
}

const read = (session: Stripe.Checkout.Session): CheckoutSession => ({
  id: session.id,
  url: session.url,
  expiresAt: session.expires_at * secondMs,
  orderId: session.metadata?.['tenantry_order_id'] ?? null,
});

function promotionOf({ promotion }: CheckoutInput): Stripe.Checkout.SessionCreateParams {
  if (promotion === 'none') return {};
  return promotion === 'typed' ? { allow_promotion_codes: true } : { discounts: [{ promotion_code: promotion.id }] };
}

/** The codes are unique while they are active. */
const codesMax = 1;
const sessionsMax = 100;

export const checkoutOf = (stripe: Stripe) => ({
  create: (input: CheckoutInput, idempotencyKey: string): Promise<StripeResult<CheckoutSession>> =>
    attempt(async () => {
      const metadata = {
        tenantry_customer_id: input.customerId,
        tenantry_plan: input.plan,
        tenantry_version: input.planVersion,
      };
      const session = await stripe.checkout.sessions.create(
        {
          mode: 'subscription',
          customer: input.customer,
          client_reference_id: input.customerId,
          line_items: [{ price: input.priceId, quantity: 1 }],
          success_url: input.successUrl,
          cancel_url: input.cancelUrl,
          metadata: { ...metadata, tenantry_order_id: input.orderId },
          subscription_data: {
            metadata,
            ...(input.trialEnd === null ? {} : { trial_end: Math.floor(input.trialEnd / secondMs) }),
          },
          ...(input.tax
            ? {
                automatic_tax: { enabled: true },
                customer_update: { address: 'auto' as const, name: 'auto' as const },
                tax_id_collection: { enabled: true },
              }
            : {}),
          ...promotionOf(input),
        },
        { idempotencyKey },
      );
      return read(session);
    }),
  /** The sessions of a customer that somebody can still pay on. */
  listOpen: (customer: string): Promise<StripeResult<CheckoutSession[]>> =>
    attempt(async () => {
      const { data } = await stripe.checkout.sessions.list({ customer, status: 'open', limit: sessionsMax });
      return data.map(read);
    }),
  /** Nobody can pay on it any more; a refusal says that it is over already, which it may be because it was paid. */
  expire: async (id: string): Promise<StripeResult<null>> => {
    const expired = await attempt(() => stripe.checkout.sessions.expire(id));
    return expired.ok || expired.error.kind === 'refused' ? { ok: true, value: null } : expired;
  },
  /** The `promo_…` of a code that people type in; null where no such code is active. */
  findPromotion: (code: string): Promise<StripeResult<string | null>> =>
    attempt(async () => {
      const { data } = await stripe.promotionCodes.list({ code, active: true, limit: codesMax });
      return data[0]?.id ?? null;
    }),
});
