/**
 * What API 2026-10-28 has, by the types of the official client, and the OpenAPI of the tests, 2026-08-26, has not. Everything else is
 * held against the document; what it has by now is refused here.
 */
import type { Newer } from '../../harness/stripe-openapi.ts';

export const newerThanTheDocument: readonly Newer[] = [
  { method: 'POST', path: '/v1/subscriptions/{subscription}/pause', answers: 'subscription' },
  { schema: 'charge', field: 'source' },
  { schema: 'checkout.session', field: 'allowed_payment_method_types' },
  { schema: 'dispute', field: 'intended_submission_method' },
  { schema: 'dispute_evidence_details', field: 'submission_method' },
  { schema: 'invoice', field: 'status_details' },
  { schema: 'payment_intent', field: 'payment_record' },
  { schema: 'payment_intent', field: 'source' },
  { schema: 'portal_features', field: 'subscription_pause' },
  { schema: 'product', field: 'tax_details' },
  { schema: 'product', field: 'type' },
  { schema: 'recurring', field: 'trial_period_days' },
  { schema: 'subscription_schedule_configuration_item', field: 'plan' },
  { schema: 'subscription', field: 'status_details' },
  { schema: 'subscription_item', field: 'current_trial' },
  { schema: 'subscription_item', field: 'plan' },
  { schema: 'subscription_schedule', field: 'pause_schedules' },
  { schema: 'subscriptions_resource_pending_update', field: 'cancel_at_period_end' },
  { schema: 'subscriptions_resource_trial_settings_end_behavior', field: 'billing_cycle_anchor' },
];
