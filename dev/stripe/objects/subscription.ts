/** A subscription in flexible billing, and its items. Pure. */
import type { Wire } from '../wire.ts';
import { type Price, planWire, priceWire } from './product.ts';

export type SubscriptionStatus =
  | 'incomplete'
  | 'incomplete_expired'
  | 'trialing'
  | 'active'
  | 'past_due'
  | 'unpaid'
  | 'paused'
  | 'canceled';
export type Collection = 'charge_automatically' | 'send_invoice';
export type PauseReason = 'pause_requested' | 'trial_end_without_payment_method';

export type Item = {
  id: string;
  created: number;
  price: string;
  /** Null: metered. */
  quantity: number | null;
  metadata: Record<string, string>;
  /** The current period, Unix seconds, `[start, end)`. */
  start: number;
  end: number;
};

/** What waits for its invoice to be paid. */
export type PendingUpdate = {
  invoice: string;
  expiresAt: number;
  items: Item[];
  anchor: number;
  trialEnd: number | null;
  /** The first payment has been tried and has not gone through. */
  waits: boolean;
};

export type Subscription = {
  id: string;
  created: number;
  customer: string;
  status: SubscriptionStatus;
  currency: string;
  items: Item[];
  anchor: number;
  automaticTax: boolean;
  /** Tax was switched off for want of a location. */
  taxDropped?: boolean;
  cancelAt: number | null;
  cancelAtPeriodEnd: boolean;
  canceledAt: number | null;
  cancellation: { comment: string | null; feedback: string | null; reason: string | null };
  collection: Collection;
  daysUntilDue: number | null;
  defaultPaymentMethod: string | null;
  description: string | null;
  discounts: string[];
  endedAt: number | null;
  latestInvoice: string | null;
  metadata: Record<string, string>;
  pendingUpdate: PendingUpdate | null;
  schedule: string | null;
  paused: { reason: PauseReason; at: number } | null;
  /** The invoice whose payment makes a paused subscription go on. */
  resumption: { invoice: string; since: number; onSuccessOnly: boolean; anchor: number; items: Item[] } | null;
  trialStart: number | null;
  trialEnd: number | null;
  missingPaymentMethod: 'create_invoice' | 'pause' | 'cancel';
};

const itemWire = (item: Item, subscription: string, price: Price) => ({
  id: item.id,
  object: 'subscription_item',
  billing_thresholds: null,
  created: item.created,
  current_period_end: item.end,
  current_period_start: item.start,
  current_trial: null,
  discounts: [],
  metadata: item.metadata,
  plan: planWire(price),
  price: priceWire(price),
  ...(item.quantity === null ? {} : { quantity: item.quantity }),
  subscription,
  tax_rates: [],
});

const pendingWire = (update: PendingUpdate, id: string, priceOf: (id: string) => Price) => ({
  billing_cycle_anchor: update.anchor,
  cancel_at_period_end: null,
  discount: null,
  discounts: null,
  expires_at: update.expiresAt,
  metadata: null,
  subscription_items: update.items.map((item) => itemWire(item, id, priceOf(item.price))),
  trial_end: update.trialEnd,
  trial_from_plan: null,
});

/** The end of the period that it is in: the latest of its items'. */
export const periodEndOf = ({ items }: Subscription): number => Math.max(...items.map(({ end }) => end));
export const periodStartOf = ({ items }: Subscription): number => Math.max(...items.map(({ start }) => start));

/** Nothing happens to it any more. */
export const isOver = ({ status }: Subscription): boolean => status === 'canceled' || status === 'incomplete_expired';

export const subscriptionWire = (subscription: Subscription, priceOf: (id: string) => Price): Wire => {
  const { id, items, paused, pendingUpdate } = subscription;
  return {
    id,
    object: 'subscription',
    application: null,
    application_fee_percent: null,
    automatic_tax: {
      disabled_reason: subscription.taxDropped ? 'requires_location_inputs' : null,
      enabled: subscription.automaticTax,
      liability: subscription.automaticTax ? { type: 'self' } : null,
    },
    billing_cycle_anchor: subscription.anchor,
    billing_cycle_anchor_config: null,
    billing_mode: { flexible: { proration_discounts: 'included' }, type: 'flexible' },
    billing_schedules: [],
    billing_thresholds: null,
    cancel_at: subscription.cancelAt,
    cancel_at_period_end: subscription.cancelAtPeriodEnd,
    canceled_at: subscription.canceledAt,
    cancellation_details: { ...subscription.cancellation, feedback_option: null },
    collection_method: subscription.collection,
    created: subscription.created,
    currency: subscription.currency,
    customer: subscription.customer,
    customer_account: null,
    days_until_due: subscription.daysUntilDue,
    default_payment_method: subscription.defaultPaymentMethod,
    default_source: null,
    default_tax_rates: [],
    description: subscription.description,
    discounts: subscription.discounts,
    ended_at: subscription.endedAt,
    invoice_settings: {
      account_tax_ids: null,
      custom_fields: null,
      description: null,
      footer: null,
      issuer: { type: 'self' },
    },
    items: {
      object: 'list',
      data: items.map((item) => itemWire(item, id, priceOf(item.price))),
      has_more: false,
      url: `/v1/subscription_items?subscription=${id}`,
    },
    latest_invoice: subscription.latestInvoice,
    livemode: false,
    managed_payments: null,
    metadata: subscription.metadata,
    next_pending_invoice_item_invoice: null,
    on_behalf_of: null,
    pause_collection: null,
    payment_settings: {
      payment_method_options: null,
      payment_method_types: null,
      save_default_payment_method: 'off',
    },
    pending_invoice_item_interval: null,
    pending_setup_intent: null,
    pending_update: pendingUpdate === null ? null : pendingWire(pendingUpdate, id, priceOf),
    schedule: subscription.schedule,
    start_date: subscription.created,
    status: subscription.status,
    ...(paused === null
      ? {}
      : {
          status_details: {
            paused: { subscription: { type: paused.reason }, transitioned_at: paused.at, type: 'subscription' },
          },
        }),
    test_clock: null,
    transfer_data: null,
    trial_end: subscription.trialEnd,
    trial_settings: {
      end_behavior: {
        billing_cycle_anchor: null,
        missing_payment_method: subscription.missingPaymentMethod,
      },
    },
    trial_start: subscription.trialStart,
  } as Wire;
};
