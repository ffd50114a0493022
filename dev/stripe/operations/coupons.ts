/** `/v1/coupons` and `/v1/promotion_codes`: https://docs.stripe.com/api/coupons, https://docs.stripe.com/api/promotion_codes */
import { codeByText } from '../acts/discounts.ts';
import type { Operation } from '../context.ts';
import { refuse } from '../errors.ts';
import { newId } from '../ids.ts';
import { differences } from '../move.ts';
import { operation } from '../operation.ts';
import { secondsOf } from '../seconds.ts';
import { rendered } from '../wires.ts';
import { find, findCustomer, listed, merged, or, paging, retrieval } from './shared.ts';

const couponsUrl = '/v1/coupons';
const codesUrl = '/v1/promotion_codes';
const codeCharacters = 8;

export const coupons: readonly Operation[] = [
  operation({
    method: 'POST',
    path: couponsUrl,
    parameters: {
      amount_off: { whole: [1, 99_999_999] },
      currency: 'text',
      duration: { one: ['forever', 'once', 'repeating'] },
      duration_in_months: { whole: [1, 240] },
      id: 'text',
      max_redemptions: { whole: [1, 999_999_999] },
      metadata: 'metadata',
      name: 'text',
      percent_off: 'decimal',
      redeem_by: 'time',
    },
    run(context, { values }) {
      const {
        amount_off: amountOff = null,
        currency = null,
        duration = 'once',
        duration_in_months: months = null,
      } = values;
      const percentOff = values.percent_off === undefined ? null : Number(values.percent_off);
      if ((percentOff === null) === (amountOff === null))
        refuse('You must pass one of percent_off, amount_off.', 'parameter_missing');
      if (percentOff !== null && (percentOff <= 0 || percentOff > 100)) {
        refuse('Invalid percent_off: must be above 0 and at most 100.', undefined, 'percent_off');
      }
      if (amountOff !== null && currency === null)
        refuse('You must pass currency with amount_off.', 'parameter_missing', 'currency');
      if ((duration === 'repeating') !== (months !== null)) {
        refuse('`duration_in_months` is for repeating coupons, which need it.', undefined, 'duration_in_months');
      }
      const id = values.id ?? newId('co').slice(3, 11);
      if (context.store.kindOf(id) !== null) refuse('Coupon already exists.', 'resource_already_exists', 'id');
      const coupon = {
        id,
        created: secondsOf(context.now),
        name: values.name ?? null,
        percentOff,
        amountOff,
        currency,
        duration,
        months,
        maxRedemptions: values.max_redemptions ?? null,
        redeemBy: values.redeem_by ?? null,
        timesRedeemed: 0,
        metadata: merged({}, values.metadata),
        deleted: false,
      };
      context.store.put('coupon', coupon);
      const wire = rendered(context, 'coupon', coupon);
      context.emit('coupon.created', wire);
      return wire;
    },
  }),
  operation({
    method: 'GET',
    path: couponsUrl,
    parameters: { ...paging, created: 'span' },
    run: (context, { values }) => listed(context, 'coupon', couponsUrl, values, {}, ({ deleted }) => !deleted),
  }),
  retrieval('coupon', couponsUrl),
  operation({
    method: 'POST',
    path: `${couponsUrl}/:id`,
    parameters: { metadata: 'metadata', name: { unset: 'text' } },
    run(context, { path: { id = '' }, values }) {
      const before = find(context, 'coupon', id);
      const after = {
        ...before,
        name: or(values.name, before.name),
        metadata: merged(before.metadata, values.metadata),
      };
      context.store.put('coupon', after);
      const wire = rendered(context, 'coupon', after);
      context.emit('coupon.updated', wire, differences(rendered(context, 'coupon', before), wire));
      return wire;
    },
  }),
  operation({
    method: 'DELETE',
    path: `${couponsUrl}/:id`,
    parameters: {},
    run(context, { path: { id = '' } }) {
      const coupon = find(context, 'coupon', id);
      context.emit('coupon.deleted', rendered(context, 'coupon', coupon));
      // Discounts that it has become go on.
      const gone = { ...coupon, deleted: true };
      context.store.put('coupon', gone);
      return rendered(context, 'coupon', gone);
    },
  }),
];

export const promotionCodes: readonly Operation[] = [
  operation({
    method: 'POST',
    path: codesUrl,
    parameters: {
      active: 'boolean',
      code: 'text',
      customer: 'text',
      expires_at: 'time',
      max_redemptions: { whole: [1, 999_999_999] },
      metadata: 'metadata',
      promotion: { must: { of: { coupon: { must: 'text' }, type: { must: { one: ['coupon'] } } } } },
      restrictions: { of: { first_time_transaction: 'boolean' } },
    },
    run(context, { values }) {
      const coupon = find(context, 'coupon', values.promotion.coupon, 'promotion[coupon]');
      if (values.customer !== undefined) findCustomer(context, values.customer);
      const code =
        values.code ??
        newId('c')
          .slice(2, 2 + codeCharacters)
          .toUpperCase();
      if (!/^[A-Za-z0-9-]+$/.test(code))
        refuse('Promotion codes can only contain letters, digits and dashes.', undefined, 'code');
      if (codeByText(context, code) !== null) {
        refuse('An active promotion code with that code already exists.', 'resource_already_exists', 'code');
      }
      const promotionCode = {
        id: newId('promo'),
        created: secondsOf(context.now),
        code,
        coupon: coupon.id,
        active: values.active ?? true,
        customer: values.customer ?? null,
        expiresAt: values.expires_at ?? null,
        firstTimeOnly: values.restrictions?.first_time_transaction ?? false,
        maxRedemptions: values.max_redemptions ?? null,
        timesRedeemed: 0,
        metadata: merged({}, values.metadata),
      };
      context.store.put('promotion_code', promotionCode);
      const wire = rendered(context, 'promotion_code', promotionCode);
      context.emit('promotion_code.created', wire);
      return wire;
    },
  }),
  operation({
    method: 'GET',
    path: codesUrl,
    parameters: { ...paging, active: 'boolean', code: 'text', coupon: 'text', created: 'span', customer: 'text' },
    run: (context, { values: { active, code, coupon: parent, customer, ...page } }) =>
      listed(
        context,
        'promotion_code',
        codesUrl,
        page,
        { key: code?.toLowerCase(), parent, customer },
        (each) => active === undefined || each.active === active,
      ),
  }),
  retrieval('promotion_code', codesUrl),
  operation({
    method: 'POST',
    path: `${codesUrl}/:id`,
    parameters: { active: 'boolean', metadata: 'metadata' },
    run(context, { path: { id = '' }, values }) {
      const before = find(context, 'promotion_code', id);
      const metadata = merged(before.metadata, values.metadata);
      const after = { ...before, active: values.active ?? before.active, metadata };
      context.store.put('promotion_code', after);
      const wire = rendered(context, 'promotion_code', after);
      context.emit('promotion_code.updated', wire, differences(rendered(context, 'promotion_code', before), wire));
      return wire;
    },
  }),
];
