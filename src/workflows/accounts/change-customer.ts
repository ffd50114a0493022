/**
 * Deactivate and reactivate: each changes subscription, keys, licence and the stack's desired state in one batch.
 * A suspended stack drains: its exporter and the reporter's key live on until the last window of usage is reported.
 */

import { record } from '../../audit/store.ts';
import * as credentialStore from '../../credentials/store.ts';
import type { WholeCustomer } from '../../customers/store.ts';
import * as customerStore from '../../customers/store.ts';
import { commit } from '../../db/client.ts';
import type { Write } from '../../db/write.ts';
import { verbOf } from '../../deployments/deployment.ts';
import { lastWindowEnd } from '../../deployments/drain.ts';
import * as deploymentStore from '../../deployments/store.ts';
import { newId } from '../../lib/ids.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import type { Keyring } from '../../licences/keyring.ts';
import * as licenceStore from '../../licences/store.ts';
import { featuresOf } from '../../pricing/features.ts';
import { findDeploymentReporter } from '../../reporters/deployment-reporter-store.ts';
import { currentPeriod } from '../billing/current-period.ts';
import type { Deps } from '../deps.ts';
import { issueLicence } from '../licensing/issue-licence.ts';
import { planAccountKey } from './account-keys.ts';

export type ChangeFailure = { code: 'not_found' | 'already_deactivated' | 'not_deactivated'; message: string };

const missing: ChangeFailure = { code: 'not_found', message: 'there is nothing here, or not for you' };

/** The customer as it will be read after a change of status and phase. */
function after(
  whole: WholeCustomer,
  status: WholeCustomer['subscription']['status'],
  phase: 'running' | 'suspended',
  jobId: string,
  deactivatedAt: number | null,
): WholeCustomer {
  return {
    customer: { ...whole.customer, deactivatedAt },
    subscription: { ...whole.subscription, status },
    deployment: { ...whole.deployment, phase, specGeneration: whole.deployment.specGeneration + 1 },
    // A job that waits already is raised to the new generation instead of a new one being made.
    jobId: whole.waitingJobId ?? jobId,
    waitingJobId: whole.waitingJobId ?? jobId,
  };
}

/** Cancels at once, suspends the stack (data kept, its last window still reported), revokes account keys and licence. */
export async function deactivate(
  deps: Deps,
  customerId: string,
  reason: string,
  receipt: (whole: WholeCustomer) => Promise<Write[]>,
): Promise<Result<{ whole: WholeCustomer; outboxIds: string[] }, ChangeFailure>> {
  const { db, now, random } = deps;
  const before = await customerStore.findWhole(db, customerId);
  if (!before) return err(missing);
  if (before.customer.deactivatedAt !== null) {
    return err({ code: 'already_deactivated', message: 'the customer is deactivated already' });
  }
  const outboxId = newId('outbox', random);
  const jobId = newId('job', random);
  const whole = after(before, 'canceled', 'suspended', jobId, now);
  const drainWindowEnd = lastWindowEnd(await findDeploymentReporter(db, customerId), now);
  await commit(db, [
    customerStore.guardDeactivated(customerId, false),
    customerStore.setStatus(customerId, 'canceled', now),
    customerStore.setDeactivated(customerId, now),
    credentialStore.revokeAll('account', customerId, now),
    licenceStore.revokeAll(customerId, reason, now),
    ...deploymentStore.desire({
      customerId,
      phase: 'suspended',
      drainWindowEnd,
      verb: 'suspend',
      jobId,
      outboxId,
      now,
    }),
    record(random, deps.actor, now, { action: 'customer.deactivated', subject: customerId, details: { reason } }),
    ...(await receipt(whole)),
  ]);
  return ok({ whole, outboxIds: [outboxId] });
}

/** Brings a deactivated customer back: trialing while the trial lasts, else active; a new licence and account key. */
export async function activate(
  deps: Deps,
  settings: { issuer: string; keyring: Keyring },
  customerId: string,
  receipt: (whole: WholeCustomer, apiKey: string) => Promise<Write[]>,
): Promise<Result<{ whole: WholeCustomer; apiKey: string; outboxIds: string[] }, ChangeFailure>> {
  const { db, now, random } = deps;
  const before = await customerStore.findWhole(db, customerId);
  if (!before) return err(missing);
  if (before.customer.deactivatedAt === null) {
    return err({ code: 'not_deactivated', message: 'the customer is not deactivated' });
  }
  const { plan, trialEndsAt } = before.subscription;
  const status = trialEndsAt !== null && trialEndsAt > now ? 'trialing' : 'active';
  const outboxId = newId('outbox', random);
  const jobId = newId('job', random);
  const whole = after(before, status, 'running', jobId, null);
  const period = await currentPeriod(db, before.customer, now);
  const licence = await issueLicence(deps, settings.keyring, settings.issuer, 'resumed', {
    customerId,
    companyName: before.customer.companyName,
    plan,
    status,
    trialEndsAt,
    periodEndsAt: period.end,
    features: featuresOf(plan, status),
  });
  const account = await planAccountKey(deps, customerId, 'reactivation');
  const verb = verbOf(before.deployment.phase, 'running');
  await commit(db, [
    customerStore.guardDeactivated(customerId, true),
    customerStore.setStatus(customerId, status, now),
    customerStore.setDeactivated(customerId, null),
    ...account.writes,
    licence.write,
    ...deploymentStore.desire({ customerId, phase: 'running', drainWindowEnd: null, verb, jobId, outboxId, now }),
    record(random, deps.actor, now, { action: 'customer.reactivated', subject: customerId, details: { status } }),
    ...(await receipt(whole, account.key.apiKey)),
  ]);
  return ok({ whole, apiKey: account.key.apiKey, outboxIds: [outboxId] });
}
