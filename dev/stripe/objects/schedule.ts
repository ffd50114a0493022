/** A subscription's schedule: phases, each with its items, that follow one another. Pure. */
import type { Wire } from '../context.ts';

export type ScheduleStatus = 'active' | 'released' | 'canceled' | 'completed';
export type Prorating = 'create_prorations' | 'always_invoice' | 'none';

export type Phase = {
  /** Unix seconds, `[start, end)`. */
  start: number;
  end: number;
  items: { price: string; quantity: number | null; metadata: Record<string, string> }[];
  prorating: Prorating;
  metadata: Record<string, string>;
};

export type Schedule = {
  id: string;
  created: number;
  customer: string;
  subscription: string;
  currency: string;
  status: ScheduleStatus;
  endBehavior: 'release' | 'cancel';
  phases: Phase[];
  /** Index of the phase that has begun. */
  current: number;
  metadata: Record<string, string>;
  canceledAt: number | null;
  completedAt: number | null;
  releasedAt: number | null;
};

const phaseWire = (phase: Phase, currency: string) => ({
  add_invoice_items: [],
  application_fee_percent: null,
  billing_cycle_anchor: null,
  billing_thresholds: null,
  collection_method: null,
  currency,
  default_payment_method: null,
  default_tax_rates: [],
  description: null,
  discounts: [],
  end_date: phase.end,
  invoice_settings: null,
  items: phase.items.map(({ price, quantity, metadata }) => ({
    billing_thresholds: null,
    discounts: [],
    metadata,
    plan: price,
    price,
    ...(quantity === null ? {} : { quantity }),
    tax_rates: [],
  })),
  metadata: phase.metadata,
  on_behalf_of: null,
  proration_behavior: phase.prorating,
  start_date: phase.start,
  transfer_data: null,
  trial_end: null,
});

export const scheduleWire = (schedule: Schedule): Wire => {
  const phase = schedule.status === 'active' ? schedule.phases[schedule.current] : undefined;
  return {
    id: schedule.id,
    object: 'subscription_schedule',
    application: null,
    billing_mode: { flexible: { proration_discounts: 'included' }, type: 'flexible' },
    canceled_at: schedule.canceledAt,
    completed_at: schedule.completedAt,
    created: schedule.created,
    current_phase: phase === undefined ? null : { start_date: phase.start, end_date: phase.end },
    customer: schedule.customer,
    customer_account: null,
    default_settings: {
      application_fee_percent: null,
      automatic_tax: { disabled_reason: null, enabled: false, liability: null },
      billing_cycle_anchor: 'automatic',
      billing_thresholds: null,
      collection_method: 'charge_automatically',
      default_payment_method: null,
      description: null,
      invoice_settings: { account_tax_ids: null, days_until_due: null, issuer: { type: 'self' } },
      on_behalf_of: null,
      transfer_data: null,
    },
    end_behavior: schedule.endBehavior,
    livemode: false,
    metadata: schedule.metadata,
    pause_schedules: [],
    phases: schedule.phases.map((each) => phaseWire(each, schedule.currency)),
    released_at: schedule.releasedAt,
    released_subscription: schedule.status === 'released' ? schedule.subscription : null,
    status: schedule.status,
    subscription: schedule.status === 'released' ? null : schedule.subscription,
    test_clock: null,
  } as Wire;
};
