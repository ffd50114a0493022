/** The parameters that creating and updating a subscription share, and what they mean. */
import { cardFrom } from '../acts/cards.ts';
import type { ItemChange } from '../acts/change-items.ts';
import type { Redeem } from '../acts/discounts.ts';
import { redeem } from '../acts/discounts.ts';
import { locationRefused } from '../acts/finalise.ts';
import type { Context } from '../context.ts';
import { Refusal, refuse } from '../errors.ts';
import { taxRateOf } from '../objects/tax.ts';
import type { Parameters, ValuesOf } from '../parameters.ts';
import { find, merged } from './shared.ts';

const endBehavior = {
  of: { missing_payment_method: { must: { one: ['create_invoice', 'pause', 'cancel'] } } },
} as const;

export const itemShape = {
  of: {
    deleted: 'boolean',
    id: 'text',
    metadata: 'metadata',
    price: 'text',
    quantity: { whole: [0, 999_999] },
  },
} as const;

export const subscriptionFields = {
  automatic_tax: { of: { enabled: { must: 'boolean' } } },
  cancel_at: { unset: 'time' },
  cancel_at_period_end: 'boolean',
  collection_method: { one: ['charge_automatically', 'send_invoice'] },
  days_until_due: { whole: [0, 365] },
  default_payment_method: 'text',
  description: { unset: 'text' },
  discounts: { unset: { many: { of: { coupon: 'text', promotion_code: 'text' } } } },
  items: { many: itemShape },
  metadata: 'metadata',
  payment_behavior: { one: ['allow_incomplete', 'default_incomplete', 'error_if_incomplete', 'pending_if_incomplete'] },
  proration_behavior: { one: ['create_prorations', 'always_invoice', 'none'] },
  trial_settings: { of: { end_behavior: { must: endBehavior } } },
} as const satisfies Parameters;

export const prorationFields = {
  billing_cycle_anchor: { of: { type: { must: { one: ['now', 'unchanged'] } } } },
  proration_date: 'time',
  trial_end: { word: 'now', or: 'time' },
} as const satisfies Parameters;

/** Whether tax is worked out from now on, which is switched on only where it can be. */
export function taxedOf(
  context: Context,
  customer: string,
  given: { enabled: boolean } | undefined,
  before: boolean,
): boolean {
  if (given?.enabled === true && taxRateOf(find(context, 'customer', customer)) === null)
    throw new Refusal(locationRefused());
  return given?.enabled ?? before;
}

export type ItemValues = ValuesOf<(typeof itemShape)['of']>;

export const itemChange = (context: Context, given: ItemValues): ItemChange => ({
  id: given.id,
  price: given.price === undefined ? undefined : find(context, 'price', given.price, 'items[0][price]'),
  quantity: given.quantity,
  deleted: given.deleted,
  metadata: given.metadata == null ? undefined : merged({}, given.metadata),
});

/** A card of that customer. */
export function methodOf(context: Context, customer: string, id: string): string {
  const method = find(context, 'payment_method', id, 'default_payment_method');
  cardFrom(method.number);
  if (method.customer !== customer) {
    refuse(
      `The customer does not have a payment method with the ID ${id}.`,
      'resource_missing',
      'default_payment_method',
    );
  }
  return method.id;
}

/** The discounts after a call: an empty text takes all away, an empty list leaves them. */
export function discountsOf(
  context: Context,
  customer: string,
  before: string[],
  given: readonly Redeem[] | null | undefined,
): string[] {
  if (given === null) return [];
  if (given === undefined || given.length === 0) return before;
  return given.map((each) => redeem(context, each, customer));
}

/** Sent invoices need a time to pay; charged ones have none. */
export function checkDue(collection: string | undefined, days: number | null | undefined): void {
  if (collection === 'send_invoice' && days == null) {
    refuse(
      'If `collection_method` is `send_invoice`, you must set `days_until_due`.',
      'parameter_missing',
      'days_until_due',
    );
  }
  if (collection === 'charge_automatically' && days != null) {
    refuse(
      'You may only set `days_until_due` when `collection_method` is `send_invoice`.',
      undefined,
      'days_until_due',
    );
  }
}
