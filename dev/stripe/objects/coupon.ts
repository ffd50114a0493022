/** Coupons, promotion codes and the discounts that they become. Pure. */
import type { Wire } from '../wire.ts';

export type Coupon = {
  id: string;
  created: number;
  name: string | null;
  percentOff: number | null;
  amountOff: number | null;
  currency: string | null;
  duration: 'once' | 'repeating' | 'forever';
  months: number | null;
  maxRedemptions: number | null;
  redeemBy: number | null;
  timesRedeemed: number;
  metadata: Record<string, string>;
  deleted: boolean;
};

export type PromotionCode = {
  id: string;
  created: number;
  code: string;
  coupon: string;
  active: boolean;
  customer: string | null;
  expiresAt: number | null;
  firstTimeOnly: boolean;
  maxRedemptions: number | null;
  timesRedeemed: number;
  metadata: Record<string, string>;
};

export type Discount = {
  id: string;
  created: number;
  coupon: string;
  promotionCode: string | null;
  customer: string;
  subscription: string | null;
  session: string | null;
  end: number | null;
  /** A coupon of one use has been on an invoice. */
  used: boolean;
};

const isFull = ({ maxRedemptions, timesRedeemed }: Coupon | PromotionCode): boolean =>
  maxRedemptions !== null && timesRedeemed >= maxRedemptions;

/** @param at Unix seconds */
export const isRedeemable = (coupon: Coupon, at: number): boolean =>
  !coupon.deleted && !isFull(coupon) && (coupon.redeemBy === null || coupon.redeemBy > at);

export const isCodeActive = (code: PromotionCode, coupon: Coupon, at: number): boolean =>
  code.active && !isFull(code) && isRedeemable(coupon, at) && (code.expiresAt === null || code.expiresAt > at);

export const couponWire = (coupon: Coupon, at: number): Wire => {
  if (coupon.deleted) return { id: coupon.id, object: 'coupon', deleted: true } as Wire;
  return {
    id: coupon.id,
    object: 'coupon',
    amount_off: coupon.amountOff,
    created: coupon.created,
    currency: coupon.currency,
    duration: coupon.duration,
    duration_in_months: coupon.months,
    livemode: false,
    max_redemptions: coupon.maxRedemptions,
    metadata: coupon.metadata,
    name: coupon.name,
    percent_off: coupon.percentOff,
    redeem_by: coupon.redeemBy,
    times_redeemed: coupon.timesRedeemed,
    valid: isRedeemable(coupon, at),
  } as Wire;
};

export const promotionCodeWire = (code: PromotionCode, coupon: Coupon, at: number): Wire =>
  ({
    id: code.id,
    object: 'promotion_code',
    active: isCodeActive(code, coupon, at),
    code: code.code,
    created: code.created,
    customer: code.customer,
    customer_account: null,
    expires_at: code.expiresAt,
    livemode: false,
    max_redemptions: code.maxRedemptions,
    metadata: code.metadata,
    promotion: { coupon: code.coupon, type: 'coupon' },
    restrictions: {
      first_time_transaction: code.firstTimeOnly,
      minimum_amount: null,
      minimum_amount_currency: null,
    },
    times_redeemed: code.timesRedeemed,
  }) as Wire;

export const discountWire = (discount: Discount): Wire =>
  ({
    id: discount.id,
    object: 'discount',
    checkout_session: discount.session,
    customer: discount.customer,
    customer_account: null,
    end: discount.end,
    invoice: null,
    invoice_item: null,
    promotion_code: discount.promotionCode,
    source: { coupon: discount.coupon, type: 'coupon' },
    start: discount.created,
    subscription: discount.subscription,
    subscription_item: null,
  }) as Wire;
