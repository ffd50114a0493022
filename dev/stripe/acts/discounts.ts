/** Coupons and codes become discounts. */
import type { Context } from '../context.ts';
import { missing, Refusal, refuse } from '../errors.ts';
import { newId } from '../ids.ts';
import { type Coupon, isCodeActive, isRedeemable, type PromotionCode } from '../objects/coupon.ts';
import { stepFrom } from '../objects/period.ts';
import { secondsOf } from '../seconds.ts';
import { must } from '../wires.ts';

export type Redeem = { coupon?: string | undefined; promotion_code?: string | undefined };

/** Why a code cannot be used by a customer, null when it can. */
export function codeProblem(context: Context, code: PromotionCode, customer: string): string | null {
  const coupon = must(context, 'coupon', code.coupon);
  if (!isCodeActive(code, coupon, secondsOf(context.now))) return 'This code is expired.';
  if (code.customer !== null && code.customer !== customer) return 'This code is invalid.';
  const hasPaid = context.store.list('invoice', { customer, key: 'paid' }).length > 0;
  return code.firstTimeOnly && hasPaid ? 'This code is for a first purchase only.' : null;
}

/** By what a customer types; capitals don't matter. */
export const codeByText = ({ store }: Context, text: string): PromotionCode | null =>
  store.list('promotion_code', { key: text.trim().toLowerCase() }).find(({ active }) => active) ?? null;

/** What would be redeemed. Refuses what is over or is for somebody else. */
export function redeemable(context: Context, { coupon, promotion_code }: Redeem, customer: string) {
  if (promotion_code !== undefined) {
    const code = context.store.get('promotion_code', promotion_code);
    if (code === null) throw new Refusal({ ...missing('promotion code', promotion_code, 'discounts'), status: 400 });
    const problem = codeProblem(context, code, customer);
    if (problem !== null) refuse(problem, 'promotion_code_invalid', 'discounts');
    return { coupon: must(context, 'coupon', code.coupon), code };
  }
  const found = coupon === undefined ? null : context.store.get('coupon', coupon);
  if (found === null || found.deleted) {
    throw new Refusal({ ...missing('coupon', coupon ?? '', 'discounts'), status: 400 });
  }
  if (!isRedeemable(found, secondsOf(context.now))) refuse('Coupon expired.', 'coupon_expired', 'discounts');
  return { coupon: found, code: null };
}

const endOf = ({ duration, months }: Coupon, now: number): number | null =>
  duration === 'repeating' && months !== null ? stepFrom(now, { interval: 'month', count: months }, 1) : null;

/** Redeems it for a customer: gives the id of the discount. */
export function redeem(context: Context, wanted: Redeem, customer: string, session: string | null = null): string {
  const { coupon, code } = redeemable(context, wanted, customer);
  const now = secondsOf(context.now);
  context.store.put('coupon', { ...coupon, timesRedeemed: coupon.timesRedeemed + 1 });
  if (code !== null) context.store.put('promotion_code', { ...code, timesRedeemed: code.timesRedeemed + 1 });
  const discount = {
    id: newId('di'),
    created: now,
    coupon: coupon.id,
    promotionCode: code?.id ?? null,
    customer,
    subscription: null,
    session,
    end: endOf(coupon, now),
    used: false,
  };
  context.store.put('discount', discount);
  return discount.id;
}
