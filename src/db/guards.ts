/**
 * Guards: how a batch fails when a condition does not hold at the moment it runs. A statement that changes no row stops
 * no batch, so a guard inserts its own name into `guards`, whose trigger refuses every row with that name (decision 0002).
 */
import { type SQL, sql } from 'drizzle-orm';
import { type Write, write } from './write.ts';

/** Every guard, with what it demands. A workflow that meets one reads again and says why in its own words. */
const guards = {
  idempotency_holder: 'the request still holds its Idempotency-Key',
  credential_unrotated: 'the credential is live and no rotation has begun to end it',
  account_key_left: 'the customer keeps another live account key that no rotation ends',
  owner_left: 'the customer keeps another owner',
  member_password: 'the member still has the password that was compared',
  signup_pending: 'the signup still waits for its email to be verified',
  link_unused: 'the link has not been used, and is not too old',
  admin_name: 'no live admin token has the name',
  queue_free: 'no other cluster has the doorbell queue',
  subscription_status: 'the subscription has the status that was read',
  subscription_unchanged: 'the subscription is as it was read',
  stripe_order: 'no other change of the subscription is on its way to Stripe',
  stripe_fetch: 'no later fetch of the object at Stripe has begun',
  period_last: 'the last period of the customer is the one that was read',
  period_open: 'the period is still the last one of its customer',
  licence_in_force: 'the licence is the one in force, and not revoked',
  licence_newest: 'no other licence of the customer has been issued since',
  cluster_room: 'the cluster has room for one more namespace',
  ownership_version: 'nobody changed who owns the meters of the customer',
  minimum_ownership_version: 'no bundle was judged by an older ownership than the shard demands',
  reporter_inactive: 'the reporter was never active',
  namespace_distinct: 'no project of the cluster is taken for a namespace that is to be attached',
  namespace_ownership: 'the namespace has an owner, or none, as it was read',
  reporter_lease: "the lease is a running one of the reporter's own customer",
  reporter_key: 'the hash is a live key of the reporter',
  job_lease: 'the lease still holds the job, for the same generation',
  job_retry: 'the job has failed and nothing of its deployment waits or runs',
  job_promote: 'the job waits for its time',
  job_remove: 'no run of the job is under way',
  jobs_finished: 'the jobs have all ended so, and are in the lists',
  batch_place: 'nobody else has taken the order for many further',
  deployment_standing: 'the deployment is not deleted',
  outbox_refused: 'the other side refused the row, and nobody has decided about it',
  issuer_standing: 'the issuer of the organisation is the one that was read',
  review_open: 'the review waits for a person',
  windows_standing: 'the windows that are corrected stand as they were read',
  windows_corrected: 'the windows hold what the correction says',
  drift_place: 'nobody else has taken the comparison further',
  drift_open: 'the difference waits for a person',
  simulation_place: 'nobody else has taken the simulation further',
  subscriptions_unmoved: 'the subscriptions that are moved are on the version, and in the period, that was read',
  plan_change_due: 'the change of plan has not taken effect yet',
  invoice_unchanged: 'the invoice is as it was read',
  invoices_unchanged: 'no invoice of the customer has changed since they were read',
  line_held: 'the line waits for a decision',
  outbox_undecided: 'nobody has decided yet how the row is carried out',
  outbox_not_again: 'nobody has asked that the row goes once more',
  outbox_shut: 'what waits for Stripe is kept back since the moment that was read',
  event_replayable: 'the event of Stripe waits for nothing, or for longer than a person does',
  credit_unused: 'nothing of the credit was used',
  spend_cap_unchanged: 'the spend cap is as it was read',
  billing_settings_unchanged: 'the billing settings are as they were read',
  draining: 'the deployment still drains at the same generation',
} as const;

export type GuardName = keyof typeof guards;

/** Fails the whole batch unless the condition holds when the batch runs. */
export const guard = (name: GuardName, condition: SQL): Write =>
  write(sql`INSERT INTO guards (failed, name) SELECT 1, ${name} WHERE NOT (${condition})`);

/** The guard of that name, null when there is none. */
export const guardNamed = (name: string): GuardName | null =>
  Object.hasOwn(guards, name) ? (name as GuardName) : null;
