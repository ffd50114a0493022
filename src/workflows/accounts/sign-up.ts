/**
 * Sign-up: organisation, customer, trial, licence, account key, deployment at generation 1, audit and outbox in one batch.
 * Stripe or a queue being down does not fail it: the outbox finishes what it began.
 */
import { record } from '../../audit/store.ts';
import * as clusterStore from '../../clusters/store.ts';
import type { PlanName } from '../../contracts/plans.ts';
import * as credentialStore from '../../credentials/store.ts';
import { slugOf } from '../../customers/customer.ts';
import * as customerStore from '../../customers/store.ts';
import { commit } from '../../db/client.ts';
import { ConstraintFailed, GuardFailed } from '../../db/failure.ts';
import type { Write } from '../../db/write.ts';
import * as deploymentStore from '../../deployments/store.ts';
import { namespaceOf, newId, shortIdOf } from '../../lib/ids.ts';
import { newKey, sha256Hex } from '../../lib/keys.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import { dayMs } from '../../lib/time.ts';
import type { Keyring } from '../../licences/keyring.ts';
import * as outboxStore from '../../outbox/store.ts';
import { firstPeriod } from '../../periods/period.ts';
import * as periodStore from '../../periods/store.ts';
import { featuresOf } from '../../pricing/features.ts';
import { currentVersionOf } from '../../pricing/versions.ts';
import { insertDeploymentReporter } from '../../reporters/deployment-reporter-store.ts';
import type { Deps } from '../deps.ts';
import { issueLicence } from '../licensing/issue-licence.ts';

export interface SignUpInput {
  /** Normalised. */
  email: string;
  companyName: string;
  fullName: string | null;
  passwordHash: string | null;
  plan: PlanName;
  /** Set when an admin adds a customer to an organisation. */
  organisationId: string | null;
}

export interface SignUpSettings {
  trialDays: number;
  cluster: string;
  usageShards: number;
  issuer: string;
  keyring: Keyring;
}

export interface SignedUp {
  customerId: string;
  shortId: string;
  organisationId: string;
  trialEndsAt: number;
  licence: string;
  apiKey: string;
  namespace: string;
  jobId: string;
  /** To be delivered at once; cron delivers what this request could not. */
  outboxIds: string[];
}

export type SignUpFailure =
  | { code: 'email_exists'; message: string }
  | { code: 'not_found'; message: string }
  | { code: 'no_cluster' | 'cluster_full'; message: string; retryAfterSeconds: number };

/** A short id has 32 bits; with a million customers a draw clashes once in 4,300, so this many in a row never do. */
const drawsMax = 6;

/**
 * Signs a customer up.
 * @param receipt statements that store the answer under its Idempotency-Key, for the same batch
 */
export async function signUp(
  deps: Deps,
  settings: SignUpSettings,
  input: SignUpInput,
  receipt: (result: SignedUp) => Promise<Write[]>,
): Promise<Result<SignedUp, SignUpFailure>> {
  const { db } = deps;
  if (await customerStore.emailExists(db, input.email)) return err(emailExists);
  if (input.organisationId !== null && !(await customerStore.findOrganisation(db, input.organisationId))) {
    return err({ code: 'not_found', message: 'there is no such organisation' });
  }
  for (let draw = 1; draw <= drawsMax; draw++) {
    const cluster = await clusterStore.findRoom(db, settings.cluster);
    if (!cluster) return err(await noRoom(deps));
    const { result, writes } = await plan(deps, settings, input, cluster.id);
    try {
      await commit(db, [...writes, ...(await receipt(result))]);
      return ok(result);
    } catch (error) {
      if (error instanceof ConstraintFailed && error.constraint.includes('customers.email')) return err(emailExists);
      // The short id was taken, or the cluster filled up meanwhile: draw again.
      const again = error instanceof ConstraintFailed || error instanceof GuardFailed;
      if (!again || draw === drawsMax) throw error;
    }
  }
  throw new Error('unreachable: the last draw returns or throws');
}

const emailExists: SignUpFailure = { code: 'email_exists', message: 'a customer with this email exists' };

async function noRoom(deps: Deps): Promise<SignUpFailure> {
  const retryAfterSeconds = 300;
  return (await clusterStore.exists(deps.db))
    ? { code: 'cluster_full', message: 'all clusters are full, try again later', retryAfterSeconds }
    : { code: 'no_cluster', message: 'no cluster is registered yet, try again later', retryAfterSeconds };
}

async function plan(deps: Deps, settings: SignUpSettings, input: SignUpInput, clusterId: string) {
  const { now, random } = deps;
  const customerId = newId('customer', random);
  const shortId = shortIdOf(customerId);
  const organisationId = input.organisationId ?? newId('organisation', random);
  const namespace = namespaceOf(shortId);
  const trialEndsAt = now + settings.trialDays * dayMs;
  const period = firstPeriod(now);
  const apiKey = newKey(customerId, random);
  const jobId = newId('job', random);
  const doorbellId = newId('outbox', random);
  const stripeId = newId('outbox', random);
  const licence = await issueLicence(deps, settings.keyring, settings.issuer, 'generated', {
    customerId,
    companyName: input.companyName,
    plan: input.plan,
    status: 'trialing',
    trialEndsAt,
    periodEndsAt: period.end,
    features: featuresOf(input.plan, 'trialing'),
  });
  const organisation: Write[] =
    input.organisationId === null
      ? [
          customerStore.insertOrganisation({
            id: organisationId,
            slug: slugOf(input.companyName, shortId),
            name: input.companyName,
            createdAt: now,
          }),
        ]
      : [];
  const writes: Write[] = [
    clusterStore.guardRoom(clusterId),
    ...organisation,
    customerStore.insertCustomer({
      id: customerId,
      shortId,
      organisationId,
      email: input.email,
      companyName: input.companyName,
      fullName: input.fullName,
      passwordHash: input.passwordHash,
      usageShard: Number.parseInt(shortId, 16) % settings.usageShards,
      createdAt: now,
    }),
    ...customerStore.insertSubscription(
      {
        customerId,
        plan: input.plan,
        planVersion: currentVersionOf(input.plan),
        status: 'trialing',
        trialEndsAt,
        updatedAt: now,
      },
      now,
    ),
    periodStore.insert(customerId, { ...period, source: 'signup' }),
    licence.write,
    credentialStore.insert({
      id: newId('credential', random),
      kind: 'account',
      ownerId: customerId,
      hash: await sha256Hex(apiKey),
      name: 'signup',
      role: null,
      createdAt: now,
    }),
    clusterStore.insertProject({ clusterId, namespace, organisationId, customerId, own: true, createdAt: now }),
    ...deploymentStore.insertFirst({
      customerId,
      clusterId,
      namespace,
      plan: input.plan,
      jobId,
      outboxId: doorbellId,
      now,
    }),
    insertDeploymentReporter({ id: newId('reporter', random), customerId, shortId, now }),
    outboxStore.plan({
      id: stripeId,
      kind: 'stripe_customer',
      payload: { customer_id: customerId, email: input.email, name: input.companyName },
      now,
    }),
    record(random, deps.actor, now, {
      action: 'customer.signed_up',
      subject: customerId,
      details: { plan: input.plan, organisation_id: organisationId, cluster_id: clusterId },
    }),
  ];
  const result: SignedUp = {
    customerId,
    shortId,
    organisationId,
    trialEndsAt,
    licence: licence.token,
    apiKey,
    namespace,
    jobId,
    outboxIds: [doorbellId, stripeId],
  };
  return { result, writes };
}
