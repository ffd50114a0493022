/**
 * Rules of our own ledger, each as a query of the control database that must return no row. What needs a usage shard as well is
 * asked beside these (workflows/watching). Owns what must hold, not when it is asked.
 */
import { type SQL, sql } from 'drizzle-orm';
import type { SubscriptionStatus } from '../contracts/customers.ts';
import { dayMs, hourMs } from '../lib/time.ts';
import { meanings } from '../subscriptions/subscription.ts';

/** Rows of one answer. */
export const rowsMax = 20;
/** An intent that is older is no longer on its way: the outbox retries within an hour. */
const intentAgeMax = dayMs;
/** What Stripe tells is applied within minutes; a day is an outage that a person must know of. */
const eventAgeMax = dayMs;
/** Stripe finalises at the deadline by itself. */
const draftAgeMax = dayMs;
/** Cron follows a state within minutes. */
const settleMs = hourMs;

const statusesWith = (holds: (meaning: (typeof meanings)[SubscriptionStatus]) => boolean): string =>
  JSON.stringify(Object.entries(meanings).flatMap(([status, meaning]) => (holds(meaning) ? [status] : [])));

const stopped = statusesWith(({ stack }) => stack === 'stopped');
const running = statusesWith(({ stack }) => stack === 'running');
const licensed = statusesWith(({ licence }) => licence === 'in_force');
const unlicensed = statusesWith(({ licence }) => licence === 'revoked');
const keyless = statusesWith(({ accountKeys }) => !accountKeys);

/** By name; `now` in ms. */
export const invariants: Readonly<Record<string, (now: number) => SQL>> = {
  periods_do_not_overlap: () => sql`
    SELECT a.customer_id, a.start_at, a.end_at, b.start_at AS other_start_at FROM billing_periods a
    JOIN billing_periods b ON b.customer_id = a.customer_id AND b.start_at > a.start_at AND b.start_at < a.end_at`,
  one_open_period: () => sql`
    SELECT customer_id, count(*) AS open_periods FROM billing_periods WHERE open = 1
    GROUP BY customer_id HAVING count(*) > 1`,
  trials_are_not_invoiced: () => sql`
    SELECT customer_id, start_at FROM billing_periods WHERE kind = 'trial' AND invoiceable = 1`,
  canceled_has_no_open_period: (now) => sql`
    SELECT p.customer_id, p.start_at FROM billing_periods p JOIN subscriptions s ON s.customer_id = p.customer_id
    WHERE s.status = 'canceled' AND p.open = 1 AND p.end_at <= ${now - settleMs}`,
  intents_are_confirmed_or_young: (now) => sql`
    SELECT id, kind, attempts, last_error, created_at FROM outbox
    WHERE state <> 'confirmed' AND state IN ('planned', 'sent') AND next_at <= ${now} AND created_at <= ${now - intentAgeMax}
      AND kind <> 'mail'`,
  events_are_applied: (now) => sql`
    SELECT id, type, state, attempts, error_code, received_at FROM stripe_events
    WHERE state IN ('received', 'failed') AND received_at <= ${now - eventAgeMax}`,
  a_reason_for_each_suspension: () => sql`
    SELECT customer_id, status, suspended_for FROM subscriptions
    WHERE status <> 'suspended' AND suspended_for IS NOT NULL AND suspended_for <> 'spend_cap'`,
  one_customer_a_subscription: () => sql`
    SELECT stripe_subscription_id, count(*) AS customers FROM subscriptions WHERE stripe_subscription_id IS NOT NULL
    GROUP BY stripe_subscription_id HAVING count(*) > 1`,
  grace_is_of_who_owes: () => sql`
    SELECT customer_id, status, grace_ends_at FROM subscriptions WHERE grace_ends_at IS NOT NULL AND status <> 'past_due'`,
  grace_ends: (now) => sql`
    SELECT customer_id, grace_ends_at FROM subscriptions WHERE grace_ends_at <= ${now - settleMs}`,
  trials_end: (now) => sql`
    SELECT customer_id, trial_ends_at FROM subscriptions
    WHERE status = 'trialing' AND trial_ends_at <= ${now - settleMs}`,
  stopped_stacks_stand: () => sql`
    SELECT d.customer_id, d.phase, s.status FROM deployments d JOIN subscriptions s ON s.customer_id = d.customer_id
    WHERE d.phase = 'running' AND (s.suspended_for = 'spend_cap' OR s.status IN (SELECT value FROM json_each(${stopped})))`,
  paid_stacks_run: () => sql`
    SELECT d.customer_id, d.phase, s.status FROM deployments d JOIN subscriptions s ON s.customer_id = d.customer_id
    WHERE d.phase <> 'running' AND s.suspended_for IS NULL AND s.status IN (SELECT value FROM json_each(${running}))`,
  one_licence_in_force: () => sql`
    SELECT customer_id, count(*) AS licences FROM licences WHERE in_force = 1 GROUP BY customer_id HAVING count(*) > 1`,
  licences_of_who_has_left_are_revoked: () => sql`
    SELECT l.customer_id, l.jti FROM licences l JOIN subscriptions s ON s.customer_id = l.customer_id
    WHERE l.in_force = 1 AND l.revoked_at IS NULL AND s.status IN (SELECT value FROM json_each(${unlicensed}))`,
  who_pays_has_a_licence: () => sql`
    SELECT s.customer_id, s.status FROM subscriptions s WHERE s.status IN (SELECT value FROM json_each(${licensed}))
      AND NOT EXISTS (SELECT 1 FROM licences l WHERE l.customer_id = s.customer_id AND l.in_force = 1)`,
  keys_of_who_has_left_are_revoked: (now) => sql`
    SELECT c.id, c.owner_id FROM credentials c JOIN subscriptions s ON s.customer_id = c.owner_id
    WHERE c.kind = 'account' AND s.status IN (SELECT value FROM json_each(${keyless}))
      AND (c.revoked_at IS NULL OR c.revoked_at > ${now}) AND (c.expires_at IS NULL OR c.expires_at > ${now})`,
  invoices_are_frozen: () => sql`
    SELECT l.invoice_id, l.line_id, i.state FROM invoice_lines l JOIN invoices i ON i.id = l.invoice_id
    WHERE l.state = 'planned' AND i.finalized_at IS NOT NULL AND i.state <> 'void' AND i.shadow = 0`,
  invoices_without_usage_say_so: () => sql`
    SELECT id, customer_id, period_start FROM invoices
    WHERE period_start IS NOT NULL AND rated_at IS NULL AND finalized_at IS NOT NULL AND state <> 'void' AND late = 0`,
  drafts_are_finalised: (now) => sql`
    SELECT id, customer_id, state, hold_reason, hold_until FROM invoices
    WHERE state IN ('draft', 'held', 'finalizing') AND coalesce(hold_until, created_at) <= ${now - draftAgeMax}`,
  plans_change_when_due: (now) => sql`
    SELECT customer_id, effective_at, plan_version FROM plan_changes
    WHERE pending = 1 AND effective_at <= ${now - settleMs}`,
  credit_is_the_sum_of_its_entries: () => sql`
    SELECT g.id, g.left_cents, sum(e.amount_cents) AS entries FROM credit_grants g
    LEFT JOIN credit_entries e ON e.credit_id = g.id
    GROUP BY g.id HAVING g.left_cents <> coalesce(sum(e.amount_cents), 0)`,
  invoices_take_the_credit_they_say: () => sql`
    SELECT r.invoice_id, r.state, r.amount_cents, coalesce(-sum(e.amount_cents), 0) AS taken FROM credit_reservations r
    LEFT JOIN credit_entries e ON e.invoice_id = r.invoice_id
    GROUP BY r.invoice_id HAVING taken <> iif(r.state = 'released', 0, r.amount_cents)`,
};
