/**
 * Failures that a caller may see: one closed list, each code with its status and short word. A workflow cannot fail with
 * a code that does not stand here. Raw error text never leaves the system.
 */

const failures = {
  invalid_json: [400, 'Invalid JSON'],
  body_incomplete: [400, 'Body incomplete'],
  invalid_gzip: [400, 'Invalid gzip body'],
  unknown_field: [400, 'Unknown field'],
  conflicting_fields: [400, 'Conflicting fields'],
  invalid_idempotency_key: [400, 'Invalid Idempotency-Key'],
  signature_invalid: [400, 'Invalid signature'],
  unauthenticated: [401, 'Authentication required'],
  sign_in_failed: [401, 'Sign-in failed'],
  link_invalid: [401, 'Link is not valid'],
  payment_failed: [402, 'Payment failed'],
  payment_action_required: [402, 'Payment needs confirmation'],
  forbidden: [403, 'Forbidden'],
  cross_site: [403, 'Cross-site request'],
  password_wrong: [403, 'Wrong password'],
  token_required: [401, 'Authentication token required'],
  namespace_denied: [403, 'Access denied to namespace'],
  customer_mismatch: [403, 'Customer mismatch'],
  plan_not_offered: [403, 'Plan not offered'],
  not_found: [404, 'Not found'],
  email_exists: [409, 'Email already registered'],
  member_exists: [409, 'Member already exists'],
  last_owner: [409, 'Last owner'],
  name_taken: [409, 'Name taken'],
  key_revoked: [409, 'Key revoked'],
  last_key: [409, 'Last key'],
  already_rotated: [409, 'Already rotated'],
  key_of_deployment: [409, 'Key of a deployment'],
  cluster_exists: [409, 'Cluster already exists'],
  slug_taken: [409, 'Slug taken'],
  queue_taken: [409, 'Queue taken'],
  version_changed: [409, 'Published version changed'],
  currency_mismatch: [409, 'Currency mismatch'],
  simulation_required: [409, 'Simulation required'],
  cluster_full: [503, 'No capacity'],
  no_cluster: [503, 'No cluster'],
  catalogue_empty: [503, 'No plans published'],
  reporter_exists: [409, 'Reporter already exists'],
  meter_changed: [409, 'Published meter changed'],
  meter_owned: [409, 'Meter already owned'],
  namespace_taken: [409, 'Namespace taken'],
  namespace_ambiguous: [409, 'Namespace ambiguous'],
  project_own: [409, 'Own namespace'],
  reporter_ended: [409, 'Reporter already ended'],
  already_deactivated: [409, 'Already deactivated'],
  not_deactivated: [409, 'Not deactivated'],
  already_subscribed: [409, 'Already subscribed'],
  checkout_required: [409, 'Checkout required'],
  same_plan: [409, 'Same plan'],
  change_pending: [409, 'Change pending'],
  preview_expired: [409, 'Preview expired'],
  nothing_to_resume: [409, 'Nothing to resume'],
  subscription_ended: [409, 'Subscription ended'],
  event_not_replayable: [409, 'Event cannot be replayed'],
  drift_closed: [409, 'Drift closed'],
  drift_not_fixable: [409, 'No fix is known'],
  deployment_deleted: [409, 'Deployment is deleted'],
  job_not_failed: [409, 'Job has not failed'],
  job_not_delayed: [409, 'Job is not delayed'],
  job_active: [409, 'Job is running'],
  lease_lost: [409, 'Lease lost'],
  generation_stale: [409, 'Generation is stale'],
  licence_revoked: [409, 'Licence revoked'],
  statement_not_ready: [409, 'Statement not ready'],
  outbox_not_refused: [409, 'Row was not refused'],
  review_closed: [409, 'Review closed'],
  window_not_found: [409, 'Window not found'],
  window_exists: [409, 'Window exists'],
  invoice_not_draft: [409, 'Invoice is no draft'],
  billing_paused: [409, 'Billing is paused'],
  line_not_held: [409, 'Line is not held'],
  outbox_not_shut: [409, 'Outbox is not shut'],
  drift_required: [409, 'Drift run required'],
  credit_used: [409, 'Credit used'],
  already_replayed: [409, 'Already replayed'],
  idempotency_conflict: [409, 'Idempotency-Key was used with another request'],
  idempotency_in_progress: [409, 'The first request is still running'],
  too_large: [413, 'Body too large'],
  too_many_items: [413, 'Too many items'],
  unsupported_media_type: [415, 'Unsupported media type'],
  validation_failed: [422, 'Validation failed'],
  unknown_reporter: [422, 'Unknown reporter'],
  unknown_namespace: [422, 'Unknown namespace'],
  window_length: [422, 'Wrong window length'],
  window_unaligned: [422, 'Window not aligned'],
  window_reversed: [422, 'Window reversed'],
  window_future: [422, 'Window in the future'],
  window_too_old: [422, 'Window too old'],
  window_not_owned: [422, 'Window not owned'],
  revision_future: [422, 'Revision in the future'],
  value_out_of_range: [422, 'Value out of range'],
  no_quantities: [422, 'No quantities'],
  unknown_meter: [422, 'Unknown meter'],
  period_closed: [422, 'Period closed'],
  cap_below_fee: [422, 'Cap below the fee'],
  tax_id_invalid: [422, 'Tax id invalid'],
  tax_location_invalid: [422, 'No location for tax'],
  return_url_not_allowed: [422, 'Return URL not allowed'],
  issuer_unusable: [422, 'Issuer unusable'],
  upgrade_required: [426, 'Upgrade required'],
  rate_limited: [429, 'Too many requests'],
  too_many_sockets: [429, 'Too many sockets'],
  internal: [500, 'Internal error'],
  issuer_unavailable: [503, 'Issuer not reachable'],
  price_missing: [503, 'Price not at Stripe'],
  stripe_unavailable: [503, 'Stripe not reachable'],
  unavailable: [503, 'Temporarily unavailable'],
  billing_unavailable: [503, 'Billing service unreachable'],
} as const satisfies Record<string, readonly [number, string]>;

/** Every code that an answer can carry. */
export type FailureCode = keyof typeof failures;

/** An expected failure on its way to the caller; `message` is for people and never carries a secret. */
export interface Failure<C extends FailureCode = FailureCode> {
  code: C;
  message: string;
  details?: Record<string, unknown>;
  retryAfterSeconds?: number;
}

/** The HTTP status of a code. */
export const statusOf = (code: FailureCode): number => failures[code][0];

/** The short word of a code. */
export const titleOf = (code: FailureCode): string => failures[code][1];

/** Codes for which the routes of organisation billing have their own. */
const inBilling: Partial<Record<FailureCode, FailureCode>> = {
  unauthenticated: 'token_required',
  unavailable: 'billing_unavailable',
  issuer_unavailable: 'billing_unavailable',
};

/** The code as a route of these words says it (route.ts, `words`). */
export const codeInWordsOf = (words: 'billing' | undefined, code: FailureCode): FailureCode =>
  (words === 'billing' ? inBilling[code] : undefined) ?? code;

/** The failure as a route of these words says it. */
export const inWordsOf = (words: 'billing' | undefined, failure: Failure): Failure => ({
  ...failure,
  code: codeInWordsOf(words, failure.code),
});

/** What a missing id and somebody else's id both answer: the same words, so that nothing can be told from them. */
export const notFound: Failure<'not_found'> = { code: 'not_found', message: 'there is nothing here, or not for you' };
