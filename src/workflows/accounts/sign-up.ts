/**
 * Sign-up: organisation, customer, trial, licence, account key, deployment at generation 1, audit and outbox in one batch.
 * Stripe or a queue being down does not fail it: the outbox finishes what it began.
 */
import type { Asker } from '../../clusters/placement.ts';
import type { Place } from '../../clusters/store.ts';
import * as clusterStore from '../../clusters/store.ts';
import type { SubscriptionStatus } from '../../contracts/customers.ts';
import { type Failure, notFound } from '../../contracts/failures.ts';
import { hashPassword } from '../../customers/password.ts';
import * as customerStore from '../../customers/store.ts';
import type { Write } from '../../db/write.ts';
import * as deploymentStore from '../../deployments/store.ts';
import { namespaceOf, newId, shortIdOf } from '../../lib/ids.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import { foldCase } from '../../lib/text.ts';
import { dayMs } from '../../lib/time.ts';
import { insertProject } from '../../organisations/project-store.ts';
import { markedSlug } from '../../organisations/slug.ts';
import { findOrganisation, insertOrganisation } from '../../organisations/store.ts';
import * as outboxStore from '../../outbox/store.ts';
import { type AnchoredPeriod, firstPeriod, trialPeriod } from '../../periods/period.ts';
import * as periodStore from '../../periods/store.ts';
import { type Catalogue, openVersions, soldVersions } from '../../pricing/catalogue.ts';
import { queryCatalogue } from '../../pricing/catalogue-store.ts';
import { featuresOf } from '../../pricing/features.ts';
import type { PlanVersion } from '../../pricing/plan.ts';
import { insertDeploymentReporter } from '../../reporters/deployment-reporter-store.ts';
import { insertSubscription } from '../../subscriptions/store.ts';
import { meanings } from '../../subscriptions/subscription.ts';
import type { Context, Planned } from '../deed.ts';
import { issueLicence } from '../licensing/issue-licence.ts';
import { newAccountKey } from './account-keys.ts';

export interface SignUpInput {
  /** Normalised. */
  email: string;
  companyName: string;
  fullName: string | null;
  /** As it was given: it is hashed when nothing else can refuse the signup, because hashing costs 50 ms of the isolate. */
  password: string | null;
  /** Null: the plan of the lowest order that is offered. */
  plan: string | null;
  /** The plans that may be signed up for; null: those that say so themselves. */
  offered: readonly string[] | 'all' | null;
  /** Set when an admin adds a customer to an organisation. */
  organisationId: string | null;
  /** Who asks for the place in a cluster. */
  asker: Asker;
}

export interface SignedUp {
  input: SignUpInput;
  customerId: string;
  shortId: string;
  organisationId: string;
  plan: string;
  createdAt: number;
  status: SubscriptionStatus;
  /** Null where there are no free days. */
  trialEndsAt: number | null;
  licence: string;
  apiKey: string;
  namespace: string;
  jobId: string;
}

/** Plans a customer. Every attempt draws its ids anew, because a short id of 32 bits may be taken. */
export async function signUp(context: Context, input: SignUpInput): Promise<Planned<SignedUp>> {
  const { db, settings } = context;
  const [owners, loads, versions] = await db.batch([
    customerStore.queryEmail(db, input.email),
    clusterStore.queryLoads(db),
    queryCatalogue(db),
  ]);
  if (owners.length > 0) return err({ code: 'email_exists', message: 'a customer with this email exists' });
  if (input.organisationId !== null && !(await findOrganisation(db, input.organisationId))) {
    return err({ ...notFound, message: 'there is no such organisation' });
  }
  const version = choosePlan({ versions }, input);
  if (!version.ok) return version;
  const { defaultCluster: preferred, unpaidPercent } = settings;
  const place = clusterStore.choosePlace(loads, { preferred, asker: input.asker, unpaidPercent });
  return typeof place === 'string' ? err(noPlace[place]) : await plan(context, input, place, version.value);
}

/** The version that the customer gets: the one that is asked for, or the first of those that are offered. */
export function choosePlan(
  catalogue: Catalogue,
  { plan: asked, offered }: Pick<SignUpInput, 'plan' | 'offered'>,
): Result<PlanVersion, Failure> {
  const sold = soldVersions(catalogue);
  const open = openVersions(catalogue, offered);
  const chosen = asked === null ? open[0] : open.find(({ plan }) => plan === asked);
  if (chosen) return ok(chosen);
  if (asked !== null && sold.length > 0 && !sold.some(({ plan }) => plan === asked)) {
    const message = `there is no plan ${asked}; plans are ${open.map(({ plan }) => plan).join(', ') || 'not offered'}`;
    return err({ code: 'validation_failed', message, details: { issues: [{ path: 'plan', message }] } });
  }
  if (asked !== null && sold.length > 0) {
    return err({ code: 'plan_not_offered', message: `the plan ${asked} is not open for signup` });
  }
  return err(sold.length > 0 ? nothingOpen : nothingSold);
}

const nothingOpen: Failure = { code: 'plan_not_offered', message: 'no plan is open for signup' };

const retryAfterSeconds = 300;
const nothingSold: Failure = {
  code: 'catalogue_empty',
  message: 'no plan is published yet, try again later',
  retryAfterSeconds,
};
const noPlace: Record<'none' | 'full', Failure> = {
  none: { code: 'no_cluster', message: 'no cluster is registered yet, try again later', retryAfterSeconds },
  full: { code: 'cluster_full', message: 'all clusters are full, try again later', retryAfterSeconds },
};

/** What a subscription begins with: a trial, or where there are no free days a month that waits for a payment. */
function beginningOf(
  now: number,
  trialDays: number,
): { status: SubscriptionStatus; trialEndsAt: number | null; period: AnchoredPeriod } {
  if (trialDays === 0) return { status: 'incomplete', trialEndsAt: null, period: firstPeriod(now) };
  const trialEndsAt = now + trialDays * dayMs;
  return { status: 'trialing', trialEndsAt, period: trialPeriod(now, trialEndsAt) };
}

async function plan(
  context: Context,
  input: SignUpInput,
  place: Place,
  version: PlanVersion,
): Promise<Planned<SignedUp>> {
  const { now, random, settings, shards } = context;
  const { clusterId } = place;
  const customerId = newId('customer', random);
  const shortId = shortIdOf(customerId);
  const organisationId = input.organisationId ?? newId('organisation', random);
  const namespace = namespaceOf(shortId);
  const { status, trialEndsAt, period } = beginningOf(now, settings.trialDays);
  const [jobId, doorbellId, stripeId] = [newId('job', random), newId('outbox', random), newId('outbox', random)];
  const licence = await issueLicence(context, 'generated', {
    customerId,
    companyName: input.companyName,
    plan: version.plan,
    status,
    trialEndsAt,
    periodEndsAt: period.end,
    features: featuresOf(version, { status, suspendedFor: null }),
  });
  const account = await newAccountKey(context, customerId, { name: 'signup', expiresAt: null });
  const organisation: Write[] =
    input.organisationId === null
      ? [
          insertOrganisation({
            id: organisationId,
            slug: markedSlug(input.companyName, shortId),
            name: input.companyName,
            createdAt: now,
          }),
        ]
      : [];
  const writes: Write[] = [
    clusterStore.guardPlace(place),
    ...organisation,
    customerStore.insertCustomer({
      id: customerId,
      shortId,
      organisationId,
      email: input.email,
      companyName: input.companyName,
      companySearch: foldCase(input.companyName),
      fullName: input.fullName,
      passwordHash: input.password === null ? null : await hashPassword(input.password, random),
      usageShard: Number.parseInt(shortId, 16) % shards.length,
      createdAt: now,
    }),
    ...insertSubscription(
      {
        customerId,
        plan: version.plan,
        planVersion: version.version,
        status,
        trialEndsAt,
        updatedAt: now,
      },
      now,
    ),
    periodStore.insert(customerId, { ...period, invoiceable: meanings[status].invoiced, open: true }),
    ...licence.writes,
    account.stored,
    insertProject({ clusterId, namespace, organisationId, customerId, own: true, createdAt: now }),
    ...deploymentStore.insertFirst({
      customerId,
      clusterId,
      namespace,
      plan: version.plan,
      jobId,
      now,
    }),
    outboxStore.ringWaiting(customerId, doorbellId, now),
    insertDeploymentReporter({ id: newId('reporter', random), customerId, shortId, now }),
    outboxStore.plan({
      id: stripeId,
      kind: 'stripe_customer',
      payload: { customer_id: customerId, email: input.email, name: input.companyName },
      now,
    }),
  ];
  return ok({
    value: {
      input,
      customerId,
      shortId,
      organisationId,
      plan: version.plan,
      createdAt: now,
      status,
      trialEndsAt,
      licence: licence.token,
      apiKey: account.key.apiKey,
      namespace,
      jobId,
    },
    writes,
    audit: [
      {
        action: 'customer.signed_up',
        subject: customerId,
        details: { plan: version.plan, organisation_id: organisationId, cluster_id: clusterId },
      },
    ],
    outbox: [doorbellId, stripeId],
  });
}
